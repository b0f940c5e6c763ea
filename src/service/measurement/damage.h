/* damage.h - what compaction has set aside (compaction.h): rows of the store that cannot be read.
 */
#ifndef SERVICE_MEASUREMENT_DAMAGE_H
#define SERVICE_MEASUREMENT_DAMAGE_H

#include "service/core/call.h"

struct damage_summary {
    int64_t count;
    /* Of the one that was found first; in the arena. */
    const char *kind;   /* "message", "block", "status" */
    const char *serial; /* "" when its sensor is removed */
    int64_t organization_id, sensor_id;
    day_number day; /* block: of its samples; message: on which it was received; status: found */
};

/* Reads only. */
enum status damage_summary(struct call *call, struct damage_summary *out);

#endif
