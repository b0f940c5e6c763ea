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

/* The horizon for all coverage that ends by `until`. Inside a transaction. Reads as many sensors as
 * the pool holds licenses; the plan takes 32 bytes of memory for each. Only the organization's id
 * of the lock is needed: the plan reads the rest. */
enum status pool_horizon_find(struct call *call, const struct organization_lock *lock,
                              utc_seconds until, struct pool_horizon *out);

/* The same without a plan and without the lock. out->version is 0 if a sensor may come back into
 * the queue by `until`. */
enum status pool_horizon_find_near(struct call *call, int64_t organization_id, utc_seconds until,
                                   struct pool_horizon *out);

/* horizon_serves() for a serial as the store writes it. */
enum status pool_horizon_ask(struct call *call, const struct pool_horizon *horizon,
                             utc_seconds ends_at, const char *serial, bool *served);

#endif
