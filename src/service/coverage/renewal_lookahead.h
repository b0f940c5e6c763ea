/*
 * renewal_promise.h - will a sensor whose coverage has ended be renewed? Told without doing it.
 *
 * What is due is applied before anything else changes a ledger (ledger.h), and gives the
 * same licenses whenever it is. So measurements that arrive right after a midnight need not wait
 * until all that ended then is renewed: to know how far the pool reaches is enough.
 */
#ifndef SERVICE_COVERAGE_RENEWAL_LOOKAHEAD_H
#define SERVICE_COVERAGE_RENEWAL_LOOKAHEAD_H

#include "service/core/call.h"
#include "service/coverage/coverage_table.h"

/* Does the organization's lookahead hold: for its version, and for every end until now? */
bool renewal_lookahead_holds(const struct covered_organization *organization, utc_seconds now);

/* Makes the lookaheads of organizations that are settled. Where it cannot be told by places in the
 * line alone, because a license may have ended since the first end that is due, or the ledger is
 * changing, none holds afterwards: apply what is due instead. Inside a transaction. */
enum status renewal_lookahead_make(struct call *call,
                                   struct covered_organization *const *organizations, size_t count);

/* Counts in the license that a lookahead gives the sensor: in its intervals, copied into the arena,
 * as far as samples can tell, none of which is judged by a later time than now. */
enum status renewal_lookahead_count_in(struct call *call, struct covered_sensor *sensor,
                                       struct serial serial);

#endif
