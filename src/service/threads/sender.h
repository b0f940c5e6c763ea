/*
 * sender.h - the threads that send the messages of the outbox until they are delivered.
 *
 * A thread claims a due message first: one UPDATE through the writer counts the try and moves the
 * next one ahead. So one of several senders and nodes has it, and after a crash it is sent again
 * with the same id. The outcome is written afterwards.
 *
 * A message that cannot be sent now is tried again with growing pauses, for OUTBOX_TRIES_SECONDS
 * from its first try.
 */
#ifndef SERVICE_THREADS_SENDER_H
#define SERVICE_THREADS_SENDER_H

#include "service/outbox/outbox_try.h"
#include "service/threads/writer.h"

struct sender;

/* A way to the outside: a mail relay, HTTP. It outlives the sender. */
struct transport {
    const char *kind; /* "mail", "webhook" */
    /* Tries to send once, on one of the sender's threads. It may take a minute, and ends soon after
     * sender_stop_asked(). `call` has a store to read from, outside any transaction. Fills *out. A
     * failure of the call itself (the store is away) counts as OUTCOME_STOPPED. */
    enum status (*send)(void *with, struct call *call, const struct outbox_message *message,
                        struct outcome *out);
    void *with;
    /* All messages pass one relay. While it cannot be reached they all wait, and few tries are
     * wasted. */
    bool uses_relay;
};

enum { SENDER_MOST_TRANSPORTS = 4 };

enum { SENDER_THREADS = 2 }; /* of each transport: a slow recipient does not delay the others */

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
void sender_stop(struct sender *sender); /* gives up a running try; NULL is allowed */

/* Whether a transport must give up. `sender`: of the message; NULL: never. */
bool sender_stop_asked(void *sender);

#endif
