/* manager_fill.h - fills the rows of given sensors. */
#ifndef SERVICE_MANAGER_MANAGER_FILL_H
#define SERVICE_MANAGER_MANAGER_FILL_H

#include "service/ledger/organization_lock.h"
#include "service/manager/manager.h"

/* Fills `rows` (zeroed) in the order of `ids`. Inside a transaction of the caller, so that all rows
 * show one state. */
enum status manager_fill(struct call *call, const struct organization_lock *look,
                         const int64_t *ids, size_t count, struct manager_row *rows);

#endif
