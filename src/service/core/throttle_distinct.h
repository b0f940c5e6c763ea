/*
 * throttle_distinct.h - slows down a caller who is refused many different things.
 *
 * A counter has one or two subjects, such as an organization and a user. A refused thing counts
 * against each of them, once an hour. From the number `most` on within an hour a thing gets no
 * answer, and the subjects must wait, as throttle.h says. Nothing but time clears a counter: a
 * caller can always get something right.
 */
#ifndef SERVICE_CORE_THROTTLE_DISTINCT_H
#define SERVICE_CORE_THROTTLE_DISTINCT_H

#include "service/core/throttle.h"

enum {
    THROTTLE_SUBJECTS = 2,
    THROTTLE_MOST_THINGS = 32, /* remembered for a subject; `most` is at most this */
};

struct throttle_things {
    char subject[THROTTLE_SUBJECT_SIZE];
    uint64_t things[THROTTLE_MOST_THINGS]; /* of the last hour, oldest first */
    utc_seconds asked_at[THROTTLE_MOST_THINGS];
    size_t count;
    int64_t waits;
    utc_seconds wait_until, forget_at;
    bool changed;
};

struct throttle_counter {
    size_t most;
    struct throttle_things subjects[THROTTLE_SUBJECTS];
    size_t count; /* of the subjects that are set */
};

/* Reads the subjects and locks them until the end of the transaction, in order: every caller names
 * its subjects in the same order of kinds. The caller has set `most`, `count` and the names. */
enum status throttle_counter_lock(struct call *call, struct throttle_counter *counter);

/* Until when the subjects must wait; 0: they need not. */
utc_seconds throttle_counter_until(const struct throttle_counter *counter, utc_seconds now);

enum throttle_answer {
    THROTTLE_KNOWN,    /* it has counted within the hour: the same answer again */
    THROTTLE_NEW,      /* it counts now, and may be answered */
    THROTTLE_TOO_MANY, /* it counts, gets no answer, and a wait begins */
};

/* Counts a thing. In memory. */
enum throttle_answer throttle_counter_ask(struct throttle_counter *counter, uint64_t thing,
                                          utc_seconds now);

/* How many more new things may be answered. */
size_t throttle_counter_left(const struct throttle_counter *counter);

/* Writes what has changed. After the last counter of the transaction, call throttle_drop_old(). */
enum status throttle_counter_keep(struct call *call, const struct throttle_counter *counter);

#endif
