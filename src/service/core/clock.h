/*
 * clock.h - a clock set back never brings an expired license to life (rule 10).
 *
 * The store keeps a mark: the latest instant acted on. No write is decided for an earlier one: a
 * little behind, time stands still at the mark; further behind, writes are put off until the clock
 * is right. A process remembers each instant that it acts on. The store learns it with each
 * transaction that decides past an end of coverage, and otherwise now and then.
 */
#ifndef SERVICE_CORE_CLOCK_H
#define SERVICE_CORE_CLOCK_H

#include "service/core/call.h"

enum {
    CLOCK_SLACK_SECONDS = 60, /* so far behind the mark, time stands still at it */
    CLOCK_MARK_SECONDS = 30,  /* the mark is moved on at least this often while there are writes */
};

/* What a process remembers between its transactions. Zeroed: nothing. Belongs to one thread. */
struct clock_memory {
    utc_seconds latest; /* instant acted on */
};

/* The mark in the store; 0 in a fresh one. */
enum status clock_mark(struct call *call, utc_seconds *out);

/* In a write transaction, before anything is decided: sets call->now to the mark (`stored`, or
 * call->clock where that is later) when the clock is a little behind it, and moves the stored one
 * on when it is old.
 *   STATUS_BUSY clock_behind: the clock is further behind */
enum status clock_settle(struct call *call, utc_seconds stored);

/* In a write transaction that decides something because a coverage ended at `end`. Where `end` lies
 * between the stored mark and now, the mark becomes call->now in this transaction. */
enum status clock_pass(struct call *call, utc_seconds end);

/* The same for a verb that may take long, or fail: where the mark has to move, the verb fails, and
 * call->catch_up moves it first, in a transaction of its own. So no other process waits for the
 * verb. A verb that has caught up once moves the mark itself, so that it gets its turn.
 *   STATUS_BUSY  run the verb again after call->catch_up */
enum status clock_pass_before(struct call *call, utc_seconds end);

#endif
