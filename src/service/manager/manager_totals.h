/* manager_totals.h - how an organization stands as a whole. */
#ifndef SERVICE_MANAGER_MANAGER_TOTALS_H
#define SERVICE_MANAGER_MANAGER_TOTALS_H

#include "service/manager/manager.h"

/* The licenses left and the counts of `out`. Inside a transaction; `committed`: that has not
 * changed the ledger. */
enum status manager_totals(struct call *call, int64_t organization_id, bool committed,
                           struct manager_page *out);

#endif
