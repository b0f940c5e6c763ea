/* manager_totals.h - the counts of an organization. */
#ifndef SERVICE_MANAGER_MANAGER_TOTALS_H
#define SERVICE_MANAGER_MANAGER_TOTALS_H

#include "service/ledger/organization_lock.h"
#include "service/manager/manager.h"

/* Fills in the licenses left and the counts of `out`. Inside a transaction. */
enum status manager_totals(struct call *call, const struct organization_lock *look,
                           struct manager_page *out);

#endif
