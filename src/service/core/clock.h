/*
 * clock.h - a clock set back never brings an expired license to life (rule 10).
 *
 * The store keeps a mark: the latest instant at which a write acted. No write acts at an earlier
 * instant. If the clock is a little behind the mark, time stands still at it; if it is further
 * behind, writes fail until the clock is right. A process also remembers its latest instant in
 * memory. The mark in the store follows with each transaction that decides past an end of coverage,
 * and otherwise every CLOCK_MARK_SECONDS.
 */
#ifndef SERVICE_CORE_CLOCK_H
#define SERVICE_CORE_CLOCK_H

#include "service/core/call.h"

enum {
    CLOCK_SLACK_SECONDS = 60, /* up to this far behind the mark, time stands still */
    CLOCK_MARK_SECONDS = 30,  /* while there are writes, the mark moves at least this often */
};

/* The memory of a process between its transactions. Zeroed at the start. Belongs to one thread. */
struct clock_memory {
    utc_seconds latest; /* instant of a write */
};

/* The mark in the store; 0 in a fresh one. */
enum status clock_mark(struct call *call, utc_seconds *out);

/* At the start of a write transaction. If the clock is a little behind the mark (the later of
 * `stored` and call->clock), sets call->now to the mark. Moves the stored mark if it is old.
 *   STATUS_BUSY clock_behind: the clock is further behind */
enum status clock_settle(struct call *call, utc_seconds stored);

/* In a write transaction that relies on the end of a coverage at `end`. If `end` lies between the
 * stored mark and now, moves the mark to call->now in this transaction. */
enum status clock_pass(struct call *call, utc_seconds end);

/* The same for a verb that may take long, or fail. If the mark has to move, the verb fails, and
 * call->catch_up moves the mark first, in its own transaction: no other process waits for the verb.
 * A verb that has caught up once moves the mark itself, so that it makes progress.
 *   STATUS_BUSY  run the verb again after call->catch_up */
enum status clock_pass_before(struct call *call, utc_seconds end);

#endif
