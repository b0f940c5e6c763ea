#include "service/core/ledger_cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { SLOTS = 1024 };

struct slot {
    int64_t organization_id;
    struct ledger_values values;
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

/* Locks the cache. The slot is emptied if it holds another organization. Ids are random. */
static struct slot *
take_slot(struct ledger_cache *ledger_cache, int64_t organization_id)
{
    struct slot *slot = &ledger_cache->slots[(uint64_t)organization_id % SLOTS];

    pthread_mutex_lock(&ledger_cache->lock);
    if (slot->organization_id != organization_id)
        *slot = (struct slot){ .organization_id = organization_id };
    return slot;
}

struct ledger_values
ledger_cache_get(struct ledger_cache *ledger_cache, int64_t organization_id)
{
    if (!ledger_cache)
        return (struct ledger_values){ 0 };
    struct ledger_values values = take_slot(ledger_cache, organization_id)->values;
    pthread_mutex_unlock(&ledger_cache->lock);
    return values;
}

void
ledger_cache_put(struct ledger_cache *ledger_cache, int64_t organization_id,
                 const struct ledger_values *values)
{
    if (!ledger_cache)
        return;
    struct ledger_values *cached = &take_slot(ledger_cache, organization_id)->values;
    if (values->counts.version >= cached->counts.version)
        cached->counts = values->counts;
    if (values->horizon.version >= cached->horizon.version)
        cached->horizon = values->horizon;
    pthread_mutex_unlock(&ledger_cache->lock);
}
