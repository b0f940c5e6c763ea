/*
 * pool_horizon.h - which sensors the pool renews, and until when it lasts (domain/horizon.h).
 *
 * If no renewed sensor comes back into the queue, its place decides: the pool serves as many
 * sensors as it holds licenses. Otherwise the plan (domain/renewal.h) decides. The ledger cache
 * holds the answer for a version of the ledger.
 */
#ifndef SERVICE_LEDGER_POOL_HORIZON_H
#define SERVICE_LEDGER_POOL_HORIZON_H

#include "domain/horizon.h"
#include "service/ledger/organization_lock.h"

/* A horizon that answers the range. Inside a transaction. Reads as many sensors as the pool holds
 * licenses; the plan takes 32 bytes of memory for each. There is no plan if places answer the
 * range. Only the organization's id of the lock is needed: the plan reads the rest. */
enum status pool_horizon_find(struct call *call, const struct organization_lock *lock,
                              const struct horizon_range *range, struct pool_horizon *out);

/* The horizons of several organizations for all coverage that ends by `until`, without a plan and
 * without locks. out[i].version is 0 if there is no organization ids[i], or if a sensor may come
 * back into the queue by `until`. One statement asks about 32 organizations; each organization
 * whose queue exceeds its pool needs another, unless its pool is empty. */
enum status pool_horizon_find_near(struct call *call, const int64_t *ids, size_t count,
                                   utc_seconds until, struct pool_horizon *out);

/* horizon_range_add() and horizon_serves() for a serial as the store writes it. */
enum status pool_horizon_include(struct call *call, struct horizon_range *range,
                                 utc_seconds ends_at, const char *serial);
enum status pool_horizon_ask(struct call *call, const struct pool_horizon *horizon,
                             utc_seconds ends_at, const char *serial, bool *served);

#endif
