/*
 * renewal_lookahead.h - renewals that are due but not applied yet.
 *
 * Ingest does not wait for midnight renewals. It computes which expired sensors the pool will
 * renew (ledger/pool_horizon.h) and treats them as renewed. The renewals give the same licenses
 * whenever they are applied.
 */
#ifndef SERVICE_COVERAGE_RENEWAL_LOOKAHEAD_H
#define SERVICE_COVERAGE_RENEWAL_LOOKAHEAD_H

#include "service/core/call.h"
#include "service/coverage/coverage_table.h"

/* Does the organization's lookahead hold for its version, and for every end until now? */
bool renewal_lookahead_holds(const struct covered_organization *organization, utc_seconds now);

/* Makes the lookaheads of some organizations. None holds afterwards where this transaction changes
 * the ledger, or where a sensor may take two licenses by now: apply what is due instead. Inside a
 * transaction. */
enum status renewal_lookahead_make(struct call *call,
                                   struct covered_organization *const *organizations, size_t count);

/* Counts in the license that the lookahead gives the sensor: a copy of its intervals in the arena
 * covers it until now, the latest time by which a sample is judged. */
enum status renewal_lookahead_count_in(struct call *call, struct covered_sensor *sensor,
                                       struct serial serial);

#endif
