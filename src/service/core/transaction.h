/*
 * transaction.h - the one way in which a service writes.
 */
#ifndef SERVICE_CORE_TRANSACTION_H
#define SERVICE_CORE_TRANSACTION_H

#include "service/core/call.h"

typedef enum status transaction_body(struct call *call, void *with);

/* Runs `body` in one write transaction and commits. Joins one that is open.
 * Repeats the whole body (so it must give the same from the same state, and
 * write its results anew) when the store says busy: a conflict of two
 * transactions or a lost connection, at most TRANSACTION_TRIES times. A dry
 * run rolls back after a good end. What has to be committed before it (call->catch_up) is: in
 * transactions before, also in a dry run.
 *   what `body` returns, or
 *   STATUS_BUSY    nothing was changed, except with the code in_doubt; the same call may be made
 *                  again. With the code clock_behind it was not tried again (clock.h). in_doubt:
 *                  the connection was lost during the commit, and the store was away for too long
 *                  to tell whether it took hold (commit_doubt.h): only an idempotent call may be
 *                  made again
 *   STATUS_BROKEN  the store is broken; nothing was changed */
enum status transact(struct call *call, transaction_body *body, void *with);

/* In a transaction whose decision would be wrong if another process saved measurements before it
 * commits: blocks every process that saves, until the end of the transaction. Where others may
 * save, the first call fails, and transact() runs the body again and takes this lock first.
 *   STATUS_BUSY  return it */
enum status saving_exclusion(struct call *call);

/* The same for several reads that must see one state; never writes. */
enum status read_transact(struct call *call, transaction_body *body, void *with);

/* A step of what a verb that failed with call->catch_up has to wait for, in a transaction of its
 * own. *more: another one is to be done before the verb is run again.
 *   failures as transact() */
enum status transact_catch_up(struct call *call, const struct catch_up *catch_up, bool *more);

/* Commits a mark and nothing else, whatever the clock says: from then on the reading stores of this
 * process prove that they show no older state (store.h, struct store_fence). Once, without waiting
 * for a store that is busy. Does nothing where the store is not shared.
 *   STATUS_BUSY    the store cannot be reached, or cannot be written
 *   STATUS_BROKEN  the store is broken */
enum status transact_mark(struct call *call);

enum { TRANSACTION_TRIES = 8 };

#endif
