/* damage.h - rows of the store that cannot be read. Compaction sets them aside (compaction.h). */
#ifndef SERVICE_MEASUREMENT_DAMAGE_H
#define SERVICE_MEASUREMENT_DAMAGE_H

#include "service/core/call.h"
#include "service/measurement/damage_log.h"

struct damage_summary {
    int64_t count;
    /* Of the row that was found first; in the arena. */
    const char *kind;   /* "message", "block", "status" */
    const char *serial; /* "" when its sensor is removed */
    int64_t organization_id, sensor_id;
    day_number day; /* block: of its samples; message: of its arrival; status: when it was found */
};

/* Logs a row that cannot be read, once since the start: damage_log.h. */
void damage_report(const struct call *call, const struct damage *damage);

/* Counts the rows that were set aside. Reads only. */
enum status damage_summary(struct call *call, struct damage_summary *out);

#endif
