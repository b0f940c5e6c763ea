/* manager_fill.h - what there is to say of given sensors. */
#ifndef SERVICE_MANAGER_MANAGER_FILL_H
#define SERVICE_MANAGER_MANAGER_FILL_H

#include "service/ledger/organization_lock.h"
#include "service/manager/manager.h"

/* The rows of `count` sensors, in the order of `ids`, into `rows` (zeroed). Inside a
 * transaction of the caller, so that all of it is one state. */
enum status manager_fill(struct call *call, const struct organization_lock *look,
                         const int64_t *ids, size_t count, struct manager_row *rows);

#endif
