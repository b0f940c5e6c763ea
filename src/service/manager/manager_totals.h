/* manager_totals.h - the counts of an organization. */
#ifndef SERVICE_MANAGER_MANAGER_TOTALS_H
#define SERVICE_MANAGER_MANAGER_TOTALS_H

#include "domain/serial.h"
#include "service/ledger/organization_lock.h"
#include "service/manager/manager.h"

/* Coverage that ends until then ends within EXPIRING_DAYS. */
utc_seconds manager_soon(const struct organization_lock *look, utc_seconds now);

/* Measurements refused since then were refused within the last day. */
utc_seconds manager_refused_since(utc_seconds now);

/* The first sensor of the renewal queue that the pool does not renew. */
struct manager_left_out {
    utc_seconds ends_at; /* UTC_NEVER: all are renewed */
    char serial[SERIAL_TEXT_SIZE];
};

/* Of the sensors whose coverage ends by `until`. Inside a transaction. */
enum status manager_find_left_out(struct call *call, const struct organization_lock *look,
                                  utc_seconds until, struct manager_left_out *out);

/* Fills in the licenses left and the counts of `out`. Inside a transaction. */
enum status manager_totals(struct call *call, const struct organization_lock *look,
                           struct manager_page *out);

#endif
