/*
 * commit_doubt.h - finds out whether a commit whose answer was lost took hold.
 *
 * On a store that several processes share, a connection can be lost between COMMIT and its answer.
 * So each write transaction leaves a mark of its own (store.h), in place of that of the one before.
 * A transaction that finds the mark committed knows that the first one was.
 */
#ifndef SERVICE_CORE_COMMIT_DOUBT_H
#define SERVICE_CORE_COMMIT_DOUBT_H

#include "service/core/call.h"
#include "store/store.h"

/* In a write transaction: writes the mark. *latest_at: the clock's mark, as clock_mark() gives it.
 * *is_new is false, and nothing is written, where this mark was committed. Waits for a transaction
 * with this mark that the database has not ended yet. */
enum status commit_doubt_mark(struct call *call, struct store_mark mark, utc_seconds *latest_at,
                              bool *is_new);

/* Ends the doubt of the store (store_doubt() is not NULL). *committed is true where the transaction
 * took hold and each standby that has to confirm it did so; else it will never take hold.
 *   STATUS_BUSY  not known yet: call it again */
enum status commit_doubt_settle(struct call *call, bool *committed);

/* Forgets the marks of stores that were closed a week ago or earlier. */
enum status commit_doubt_forget_old(struct call *call);

#endif
