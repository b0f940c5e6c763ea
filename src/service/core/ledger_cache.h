/*
 * ledger_cache.h - a cache of values derived from an organization's ledger, keyed by its version.
 *
 * It holds a fixed number of organizations; a newer version replaces an older one. From any thread.
 * It is only a cache: a missing value is computed again.
 */
#ifndef SERVICE_CORE_LEDGER_CACHE_H
#define SERVICE_CORE_LEDGER_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "domain/horizon.h"

struct ledger_cache;

struct ledger_cache *ledger_cache_open(void);
void ledger_cache_close(struct ledger_cache *ledger_cache); /* NULL is allowed */

/* The store has gone back to an older state. NULL is allowed. */
void ledger_cache_forget(struct ledger_cache *ledger_cache);

/* The pool, and counts of sensors for instants in [from, until), at this version. */
struct ledger_cache_counts {
    int64_t version;
    utc_seconds from, until;
    int64_t licenses_left, active, expiring, expired, unlicensed;
};

/* False: not known. `ledger_cache` may be NULL: nothing ever is. */
bool ledger_cache_get_counts(struct ledger_cache *ledger_cache, int64_t organization_id,
                             struct ledger_cache_counts *out);
void ledger_cache_put_counts(struct ledger_cache *ledger_cache, int64_t organization_id,
                             const struct ledger_cache_counts *counts);
bool ledger_cache_get_horizon(struct ledger_cache *ledger_cache, int64_t organization_id,
                              struct pool_horizon *out);
void ledger_cache_put_horizon(struct ledger_cache *ledger_cache, int64_t organization_id,
                              const struct pool_horizon *horizon);

#endif
