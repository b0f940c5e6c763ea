/* transaction.h - runs the body of every write, and of reads that must see one state. */
#ifndef SERVICE_CORE_TRANSACTION_H
#define SERVICE_CORE_TRANSACTION_H

#include "service/core/call.h"

typedef enum status transaction_body(struct call *call, void *with);

/* Runs `body` in one write transaction and commits. Joins an open transaction. When the store is
 * busy (a conflict, or a lost connection), repeats the whole body, at most TRANSACTION_TRIES times:
 * the body must give the same result from the same state, and write its results anew. A dry run
 * rolls back after success. Work that must come first (call->catch_up) is committed in earlier
 * transactions, even in a dry run.
 *   the status of `body`, or
 *   STATUS_BUSY    nothing was changed, except with the code in_doubt; the call may be repeated.
 *                  clock_behind, clock_differs: it was not tried again (clock.h)
 *                  in_doubt: the connection was lost during the commit, and the store was away
 *                  too long to find out whether the commit succeeded (commit_doubt.h); only an
 *                  idempotent call may be repeated
 *   STATUS_BROKEN  the store is broken; nothing was changed */
enum status transact(struct call *call, transaction_body *body, void *with);

/* In a transaction whose decision would be wrong if another process saved measurements before its
 * commit: blocks all saving until the transaction ends. If other processes may save, the first call
 * fails, and transact() runs the body again with this lock taken first.
 *   STATUS_BUSY  return it */
enum status saving_exclusion(struct call *call);

/* Like transact(), for reads that must see one state; never writes. */
enum status read_transact(struct call *call, transaction_body *body, void *with);

/* Runs one step of a catch-up in its own transaction. *more: another step must follow before the
 * verb runs again. failures as transact() */
enum status transact_catch_up(struct call *call, const struct catch_up *catch_up, bool *more);

/* Commits only a mark, whatever the clock shows. From then on the read-only stores of this process
 * prove that they show no older state (store.h, struct store_fence). Tries once, without waiting
 * for a busy store. Does nothing if the store is not shared.
 *   STATUS_BUSY    the store cannot be reached, or cannot be written
 *   STATUS_BROKEN  the store is broken */
enum status transact_mark(struct call *call);

enum { TRANSACTION_TRIES = 8 };

#endif
