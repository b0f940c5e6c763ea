/*
 * store_pool.h - read-only stores that several threads borrow, one at a time
 * each: opened when first needed, kept for the next.
 */
#ifndef SERVICE_CORE_STORE_POOL_H
#define SERVICE_CORE_STORE_POOL_H

#include "service/core/call.h"
#include "store/store.h"

struct store_pool;

/* Keeps at most `most` idle stores; who borrows beyond that opens one of its own. No
 * store is opened yet. What the options point to outlives the pool. The owner calls
 * store_pool_close(). */
struct store_pool *store_pool_open(const struct store_options *options, size_t most);
/* Only when nothing is borrowed. NULL is allowed. */
void store_pool_close(struct store_pool *pool);

/* Failures are those of store_open(). */
enum status store_pool_borrow(struct store_pool *pool, struct store **out, struct fault *fault);
/* `status` is what came of it: a store that was busy or broken is closed, so that the
 * next one to borrow gets a fresh connection. NULL is allowed. */
void store_pool_give_back(struct store_pool *pool, struct store *store, enum status status);

#endif
