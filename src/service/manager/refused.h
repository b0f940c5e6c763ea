/* refused.h - the samples of a sensor that were not saved, counted as they arrived. */
#ifndef SERVICE_MANAGER_REFUSED_H
#define SERVICE_MANAGER_REFUSED_H

#include "domain/gate.h"
#include "service/core/call.h"

struct refused {
    int64_t count;
    utc_seconds first_at, last_at; /* 0 when there are none */
    int64_t
        reasons[GATE_VERDICT_COUNT]; /* those of GATE_ADMIT and GATE_REFUSE_UNKNOWN_SENSOR are 0 */
};

/* Reads the counts of the first sensors, at most 32, in the order of `ids`; *count: the number of
 * sensors. */
enum status refused_read(struct call *call, int64_t organization_id, const int64_t *ids,
                         size_t *count, struct refused *out);

#endif
