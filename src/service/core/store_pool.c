#include "service/core/store_pool.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/memory.h"

struct store_pool {
    struct store_options options;
    pthread_mutex_t lock;
    size_t most, count;
    struct store *idle[];
};

enum status
store_pool_open(struct store_pool **out, const struct store_options *options, size_t most,
                struct fault *fault)
{
    struct store_pool *pool = memory_new(1, sizeof *pool + most * sizeof pool->idle[0]);
    enum status status = STATUS_OK;

    *out = NULL;
    pool->options = *options;
    pool->options.mode = STORE_READ_ONLY;
    pool->most = most;
    pthread_mutex_init(&pool->lock, NULL);
    while (!status && pool->count < most) {
        status = store_open(&pool->idle[pool->count], &pool->options, fault);
        pool->count += !status;
    }
    if (status)
        store_pool_close(pool);
    else
        *out = pool;
    return status;
}

void
store_pool_close(struct store_pool *pool)
{
    if (!pool)
        return;
    while (pool->count > 0)
        store_close(pool->idle[--pool->count]);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

enum status
store_pool_borrow(struct store_pool *pool, struct store **out, struct fault *fault)
{
    pthread_mutex_lock(&pool->lock);
    *out = pool->count > 0 ? pool->idle[--pool->count] : NULL;
    pthread_mutex_unlock(&pool->lock);
    if (*out)
        return STATUS_OK;
    return store_open(out, &pool->options, fault);
}

void
store_pool_give_back(struct store_pool *pool, struct store *store, enum status status)
{
    if (!store)
        return;
    if (status != STATUS_BUSY && status != STATUS_BROKEN) {
        pthread_mutex_lock(&pool->lock);
        if (pool->count < pool->most) {
            pool->idle[pool->count++] = store;
            store = NULL;
        }
        pthread_mutex_unlock(&pool->lock);
    }
    store_close(store);
}
