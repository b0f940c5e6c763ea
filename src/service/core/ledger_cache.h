/*
 * ledger_cache.h - a cache of values derived from an organization's ledger, keyed by its version.
 *
 * It holds a fixed number of organizations. A newer version replaces an older one. Any thread may
 * call these functions. `ledger_cache` may be NULL: then nothing is cached.
 */
#ifndef SERVICE_CORE_LEDGER_CACHE_H
#define SERVICE_CORE_LEDGER_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "domain/horizon.h"

struct ledger_cache;

struct ledger_cache *ledger_cache_open(void);
void ledger_cache_close(struct ledger_cache *ledger_cache);

/* Empties the cache, because the store has gone back to an older state. */
void ledger_cache_forget(struct ledger_cache *ledger_cache);

/* The pool, and counts of sensors for instants in [from, until). */
struct ledger_cache_counts {
    int64_t version; /* of the ledger; 0: unknown */
    utc_seconds from, until;
    int64_t licenses_left, active, expiring, expired, unlicensed, stopping;
    utc_seconds refusals_at; /* when not_saving was counted */
    int64_t not_saving;
};

/* The values of an organization, each with its own version. */
struct ledger_values {
    struct ledger_cache_counts counts;
    struct pool_horizon horizon;
};

struct ledger_values ledger_cache_get(struct ledger_cache *ledger_cache, int64_t organization_id);

/* Stores each value that is not older than the cached one. */
void ledger_cache_put(struct ledger_cache *ledger_cache, int64_t organization_id,
                      const struct ledger_values *values);

#endif
