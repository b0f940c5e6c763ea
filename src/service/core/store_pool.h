/*
 * store_pool.h - read-only stores that threads borrow one at a time. The pool opens a store when it
 * is needed and keeps it for the next borrower.
 */
#ifndef SERVICE_CORE_STORE_POOL_H
#define SERVICE_CORE_STORE_POOL_H

#include "service/core/call.h"
#include "store/store.h"

struct store_pool;

/* Keeps at most `most` idle stores. Opens no store yet. The options' pointers outlive the pool. The
 * owner calls store_pool_close(). */
struct store_pool *store_pool_open(const struct store_options *options, size_t most);
/* Only when nothing is borrowed. NULL is allowed. */
void store_pool_close(struct store_pool *pool);

/* Failures are those of store_open(). */
enum status store_pool_borrow(struct store_pool *pool, struct store **out, struct fault *fault);
/* `status` is the result of the work: a busy or broken store is closed, so that the next borrower
 * gets a fresh connection. NULL is allowed. */
void store_pool_give_back(struct store_pool *pool, struct store *store, enum status status);

#endif
