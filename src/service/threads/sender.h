/*
 * sender.h - sends the messages of the outbox until they are delivered.
 *
 * One thread for each kind of message finds due messages, claims them, hands them to a transport,
 * and records how each try ended. It never waits for another server. A claim is an UPDATE through
 * the writer that counts the try and moves the next one ahead. So one of several senders and nodes
 * has the message, and after a crash it is sent again with the same id.
 *
 * Tries are shared fairly: sender_running.h has the limits, outbox_turn.h the order.
 *
 * A message that cannot be sent now is tried again with growing pauses, for OUTBOX_TRIES_SECONDS
 * from its first try.
 */
#ifndef SERVICE_THREADS_SENDER_H
#define SERVICE_THREADS_SENDER_H

#include "service/threads/sender_running.h"
#include "service/threads/writer.h"

struct sender;

/* A way to the outside: a mail relay, HTTP. It outlives the sender. All its functions run on the
 * thread of its kind. */
struct transport {
    const char *kind; /* "mail", "webhook" */
    struct running_limits limits;
    /* Starts one try, and returns without waiting for another server. `call` has a store to read
     * from, outside any transaction; its arena lives until `end`. Then sending_end() must follow
     * once, at the latest soon after `stop`. After a failure neither sending_end() nor `end`
     * follows. STATUS_BUSY: the store is away, and this was no try. Others: this message cannot be
     * sent now. */
    enum status (*start)(void *with, struct call *call, struct sending *sending);
    /* After sending_end(): frees what `start` made. */
    void (*end)(void *with, struct call *call, struct sending *sending);
    /* Ends running tries, and those that start later, with OUTCOME_STOPPED. Does not wait. */
    void (*stop)(void *with);
    void *with;
    /* All messages pass one relay. While it cannot be reached they all wait, and few tries are
     * wasted. */
    bool uses_relay;
};

/* Reports how a try ended. Any thread may call it, also before `start` returns. From then on the
 * sender owns `sending` again. */
void sending_end(struct sending *sending, const struct outcome *outcome);

enum { SENDER_MOST_TRANSPORTS = 4 };

struct sender_options {
    const struct store_options *store; /* its mode is ignored */
    const struct secret_key *secret;
    struct writer *writer;
    const char *public_url;             /* of its calls: call.h */
    const struct transport *transports; /* messages of other kinds wait, untried */
    size_t transport_count;             /* at most SENDER_MOST_TRANSPORTS */
};

/* Starts the threads, each with its own reading store. The caller stops it before the writer.
 * Failures as store_open(). */
enum status sender_start(struct sender **out, const struct sender_options *options,
                         struct fault *fault);
/* Waits a short time for running tries, then stops them, and records the end of each. NULL is
 * allowed. */
void sender_stop(struct sender *sender);

#endif
