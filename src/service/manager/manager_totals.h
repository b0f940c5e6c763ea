/* manager_totals.h - the counts of an organization. */
#ifndef SERVICE_MANAGER_MANAGER_TOTALS_H
#define SERVICE_MANAGER_MANAGER_TOTALS_H

#include "domain/serial.h"
#include "service/ledger/organization_lock.h"
#include "service/manager/manager.h"

/* Returns the instant at which EXPIRING_DAYS end: coverage that ends by then expires within
 * them. */
utc_seconds manager_soon(const struct organization_lock *look, utc_seconds now);

/* Returns the beginning of the last day, for refused measurements. */
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
