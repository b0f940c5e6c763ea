/*
 * clock.h - a clock set back never brings an expired license to life (rule 10).
 *
 * The store keeps a mark: the latest instant at which a write acted. No write acts at an earlier
 * instant. If the clock is a little behind the mark, time stands still at it; if it is further
 * behind, writes fail until the clock is right. A process also remembers its latest instant in
 * memory. The mark in the store follows with each transaction that decides past an end of coverage,
 * and otherwise every CLOCK_MARK_SECONDS.
 *
 * On a shared store each write transaction also compares the clock with that of the database. If
 * they differ by more than CLOCK_DIFFERENCE_SECONDS, the transaction fails and moves no mark: one
 * wrong clock stops its own server, and no other.
 *
 * A verb that decides nothing about licenses may run under any clock: call->any_clock. Signing in
 * is such a verb. It acts at the instant that the clock reads, and moves no mark.
 */
#ifndef SERVICE_CORE_CLOCK_H
#define SERVICE_CORE_CLOCK_H

#include <stdatomic.h>

#include "service/core/call.h"

enum {
    CLOCK_SLACK_SECONDS = 60,      /* up to this far behind the mark, time stands still */
    CLOCK_MARK_SECONDS = 30,       /* while there are writes, the mark moves at least this often */
    CLOCK_DIFFERENCE_SECONDS = 30, /* from the database's clock, in either direction */
};

/* The memory of a process between its transactions. Zeroed at the start; `checks` is set before any
 * other thread reads it. One thread settles, every thread may read. */
struct clock_memory {
    _Atomic int64_t latest;     /* instant of a write, or the store's mark */
    _Atomic int64_t resets;     /* of the mark: `latest` is not older than the newest one */
    _Atomic int64_t difference; /* seconds ahead of the database's clock; 0: not too many */
    bool checks;                /* compares the clock with the database's */
};

/* The time as a store knows it. */
struct clock_stored {
    utc_seconds mark; /* 0 in a fresh store */
    int64_t resets;   /* how often `tenure clock reset` has set the mark back */
    bool has_database;
    utc_seconds database_at; /* the database's clock, if it has one of its own */
};

enum status clock_read_stored(struct call *call, struct clock_stored *out);

/* Seconds that `now` is ahead of the database's clock; 0 if that is at most
 * CLOCK_DIFFERENCE_SECONDS, or if the database has no clock. */
int64_t clock_difference(const struct clock_stored *stored, utc_seconds now);

/* Remembers the time of the store, without a decision. `now`: the reading of the clock. */
void clock_learn(struct clock_memory *memory, const struct clock_stored *stored, utc_seconds now);

/* The instant for which a reader shows licenses when the clock reads `now`: never before the latest
 * instant of a write. */
utc_seconds clock_shown(const struct clock_memory *memory, utc_seconds now);

enum clock_state { CLOCK_RIGHT, CLOCK_BEHIND, CLOCK_DIFFERS, CLOCK_STATE_COUNT };

/* Can writes act when the clock reads `now`, as far as the process knows? */
enum clock_state clock_state(const struct clock_memory *memory, utc_seconds now);

/* At the start of a write transaction. If the clock is a little behind the mark (the later of
 * `stored` and call->clock), sets call->now to the mark. Moves the stored mark if it is old. Does
 * neither for call->any_clock.
 *   STATUS_BUSY clock_behind:  the clock is further behind
 *               clock_differs: the clock differs from the database's */
enum status clock_settle(struct call *call, const struct clock_stored *stored);

/* In the transaction of a write: may rows be deleted because their time is over? Not if the call
 * acts at a wrong instant (call->any_clock): its server would delete the sessions of the others. */
bool clock_may_delete(const struct call *call);

/* Before the transaction of a write: would clock_settle() fail? If the process believes so, it
 * reads the store, because a reset may have brought the mark back, and sets call->now anew.
 *   STATUS_BUSY clock_behind, clock_differs: as clock_settle() */
enum status clock_check(struct call *call, struct clock_memory *memory);

/* Did clock_settle() or clock_check() fail? */
bool clock_has_failed(const struct fault *fault);

/* In a write transaction that relies on the end of a coverage at `end`. If `end` lies between the
 * stored mark and now, moves the mark to call->now in this transaction. */
enum status clock_pass(struct call *call, utc_seconds end);

/* The same for a verb that may take long, or fail. If the mark has to move, the verb fails, and
 * call->catch_up moves the mark first, in its own transaction: no other process waits for the verb.
 * A verb that has caught up once moves the mark itself, so that it makes progress.
 *   STATUS_BUSY  run the verb again after call->catch_up */
enum status clock_pass_before(struct call *call, utc_seconds end);

#endif
