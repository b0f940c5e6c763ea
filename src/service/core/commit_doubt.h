/*
 * commit_doubt.h - finds out whether a commit succeeded when its answer was lost.
 *
 * On a shared store, a connection can be lost between COMMIT and its answer. So each write
 * transaction leaves its own mark (store.h), which replaces the one before. If a later transaction
 * finds the mark, the commit succeeded.
 */
#ifndef SERVICE_CORE_COMMIT_DOUBT_H
#define SERVICE_CORE_COMMIT_DOUBT_H

#include "service/core/call.h"
#include "service/core/clock.h"
#include "store/store.h"

/* In a write transaction: writes the mark. *stored: as clock_read_stored() gives it. *is_new false:
 * this mark was committed before, and nothing is written. Waits for a transaction with this mark
 * that the database has not ended yet. */
enum status commit_doubt_mark(struct call *call, struct store_mark mark,
                              struct clock_stored *stored, bool *is_new);

/* Ends the doubt of the store (store_doubt() is not NULL). *committed true: the commit succeeded,
 * and each standby that must confirm it has done so; false: it never will.
 *   STATUS_BUSY  not known yet: call it again */
enum status commit_doubt_settle(struct call *call, bool *committed);

/* Deletes the marks of stores that were closed a week ago or earlier. */
enum status commit_doubt_forget_old(struct call *call);

#endif
