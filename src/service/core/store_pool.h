/*
 * store_pool.h - read-only stores that threads borrow one at a time. The pool keeps a store for the
 * next borrower. It opens one in place of a store that has failed.
 */
#ifndef SERVICE_CORE_STORE_POOL_H
#define SERVICE_CORE_STORE_POOL_H

#include "service/core/call.h"
#include "store/store.h"

struct store_pool;

/* Opens `most` stores, so that borrowers need no new file or connection later. The options'
 * pointers outlive the pool. The caller closes the pool; on failure *out is NULL. Failures are
 * those of store_open(). */
enum status store_pool_open(struct store_pool **out, const struct store_options *options,
                            size_t most, struct fault *fault);
/* Only when nothing is borrowed. NULL is allowed. */
void store_pool_close(struct store_pool *pool);

/* Failures are those of store_open(). */
enum status store_pool_borrow(struct store_pool *pool, struct store **out, struct fault *fault);
/* `status` is the result of the work: a busy or broken store is closed, so that the next borrower
 * gets a fresh connection. NULL is allowed. */
void store_pool_give_back(struct store_pool *pool, struct store *store, enum status status);

#endif
