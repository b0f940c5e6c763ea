/* assignments_pick.h - the sensors that a bulk assignment is for: assignments.c's. */
#ifndef SERVICE_MANAGER_ASSIGNMENTS_PICK_H
#define SERVICE_MANAGER_ASSIGNMENTS_PICK_H

#include "service/manager/assignments.h"

struct picked_sensor {
    int64_t id;
    const char *serial;
    utc_seconds from; /* where its next license starts: covered until, or now */
    size_t standing;  /* licenses that run or wait */
};

/* At most `most`. Inside a transaction; failures as assignments_make(). */
enum status assignments_pick(struct call *call, int64_t organization_id,
                             const struct assignment_request *request, size_t most,
                             struct picked_sensor **out, size_t *count);

#endif
