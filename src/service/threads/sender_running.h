/*
 * sender_running.h - the tries that run at a time, and which message may join them.
 *
 * A server that accepts connections and never answers costs its organization a place, and others
 * nothing.
 */
#ifndef SERVICE_THREADS_SENDER_RUNNING_H
#define SERVICE_THREADS_SENDER_RUNNING_H

#include "service/outbox/outbox_try.h"

struct channel;

/* One try that runs. */
struct sending {
    struct outbox_message message; /* for the transport, until `end` */
    struct outcome outcome;        /* of sending_end() */
    void *own;                     /* the transport's */

    /* The sender's. */
    struct channel *channel;
    struct outbox_try try;
    bool claimed;
    int64_t began_at;      /* monotonic nanoseconds */
    struct arena arena;    /* holds the texts of `try` and `message` */
    struct sending *next;  /* running */
    struct sending *ended; /* the next one that has ended */
};

enum {
    SENDER_MOST_RUNNING = 128, /* of a kind */
    SENDER_MOST_OF_ORGANIZATION = 2,
    SENDER_QUICK_SECONDS = 5,
    SENDER_MOST_BYTES = 64 * 1024 * 1024, /* in memory, when another try begins */
};

struct running_limits {
    size_t most;       /* tries at a time, at most SENDER_MOST_RUNNING */
    size_t most_quick; /* those that run for less than SENDER_QUICK_SECONDS: what a server is
                          expected to serve at a time */
    /* The target is an address of mail: it is one target for all organizations, and at most half of
     * the tries may go to one domain. */
    bool by_domain;
};

struct running {
    struct sending *first;
    size_t count;
};

/* May any message join? Checks the limits, and memory. `now` is monotonic, in nanoseconds. */
bool running_has_room(const struct running *running, const struct running_limits *limits,
                      int64_t now);

/* May this one join, too? At most SENDER_MOST_OF_ORGANIZATION of an organization, and one of a
 * target. Messages of no organization share half of the tries. */
bool running_admits(const struct running *running, const struct running_limits *limits,
                    const struct outbox_try *try);

/* Adds a try of a copy of `try`. */
struct sending *running_add(struct running *running, const struct outbox_try *try, int64_t now);
void running_remove(struct running *running, struct sending *sending); /* frees it */

#endif
