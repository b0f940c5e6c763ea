#include "service/core/ledger_cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { SLOTS = 1024 };

/* One organization's; a version of 0 is no version. */
struct slot {
    int64_t organization_id;
    struct ledger_cache_counts counts;
    struct pool_horizon horizon;
};

struct ledger_cache {
    pthread_mutex_t lock;
    struct slot slots[SLOTS];
};

struct ledger_cache *
ledger_cache_open(void)
{
    struct ledger_cache *ledger_cache = memory_new(1, sizeof *ledger_cache);
    pthread_mutex_init(&ledger_cache->lock, NULL);
    return ledger_cache;
}

void
ledger_cache_close(struct ledger_cache *ledger_cache)
{
    if (!ledger_cache)
        return;
    pthread_mutex_destroy(&ledger_cache->lock);
    free(ledger_cache);
}

void
ledger_cache_forget(struct ledger_cache *ledger_cache)
{
    if (!ledger_cache)
        return;
    pthread_mutex_lock(&ledger_cache->lock);
    memset(ledger_cache->slots, 0, sizeof ledger_cache->slots);
    pthread_mutex_unlock(&ledger_cache->lock);
}

/* The slot of this organization, made free for it if another has it; locked. Ids are random. */
static struct slot *
take_slot(struct ledger_cache *ledger_cache, int64_t organization_id)
{
    struct slot *slot = &ledger_cache->slots[(uint64_t)organization_id % SLOTS];

    pthread_mutex_lock(&ledger_cache->lock);
    if (slot->organization_id != organization_id)
        *slot = (struct slot){ .organization_id = organization_id };
    return slot;
}

bool
ledger_cache_get_counts(struct ledger_cache *ledger_cache, int64_t organization_id,
                        struct ledger_cache_counts *out)
{
    if (!ledger_cache)
        return false;
    *out = take_slot(ledger_cache, organization_id)->counts;
    pthread_mutex_unlock(&ledger_cache->lock);
    return out->version != 0;
}

void
ledger_cache_put_counts(struct ledger_cache *ledger_cache, int64_t organization_id,
                        const struct ledger_cache_counts *counts)
{
    if (!ledger_cache)
        return;
    struct slot *slot = take_slot(ledger_cache, organization_id);
    if (counts->version >= slot->counts.version)
        slot->counts = *counts;
    pthread_mutex_unlock(&ledger_cache->lock);
}

bool
ledger_cache_get_horizon(struct ledger_cache *ledger_cache, int64_t organization_id,
                         struct pool_horizon *out)
{
    if (!ledger_cache)
        return false;
    *out = take_slot(ledger_cache, organization_id)->horizon;
    pthread_mutex_unlock(&ledger_cache->lock);
    return out->version != 0;
}

void
ledger_cache_put_horizon(struct ledger_cache *ledger_cache, int64_t organization_id,
                         const struct pool_horizon *horizon)
{
    if (!ledger_cache)
        return;
    struct slot *slot = take_slot(ledger_cache, organization_id);
    if (horizon->version >= slot->horizon.version)
        slot->horizon = *horizon;
    pthread_mutex_unlock(&ledger_cache->lock);
}
