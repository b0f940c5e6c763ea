/*
 * sender.h - the threads that send what the outbox holds, until somebody has it.
 *
 * A message that is due is claimed first: one UPDATE through the writer counts the try and
 * moves the next one ahead, so that of several senders and nodes one has it, and so that after a
 * crash it comes again, under the same id. How it went is written afterwards.
 *
 * What cannot be sent for now is tried again with growing pauses, for OUTBOX_TRIES_SECONDS from
 * its first try.
 */
#ifndef SERVICE_THREADS_SENDER_H
#define SERVICE_THREADS_SENDER_H

#include "service/outbox/outbox_try.h"
#include "service/threads/writer.h"

struct sender;

/* A way to the outside. The table lives as long as the sender. */
struct transport {
    const char *kind; /* "mail", "webhook" */
    /* One try, on one of the sender's threads: it may take a minute, and ends soon when
     * sender_stop_asked() says so. `call` has a store to read from, outside any transaction.
     * Fills *out. A failure of the call itself (the store is away) counts as OUTCOME_STOPPED. */
    enum status (*send)(void *with, struct call *call, const struct outbox_message *message,
                        struct outcome *out);
    void *with;
    /* One way for all, as to a relay: when it is unreached all rest, so that a dead one costs a
     * try now and then. */
    bool one_way;
};

enum { SENDER_MOST_TRANSPORTS = 4 };

enum { SENDER_THREADS = 2 }; /* of each transport: one slow recipient does not hold up the others */

struct sender_options {
    const struct store_options *store; /* the mode aside */
    const struct secret_key *secret;
    struct writer *writer;
    const char *public_url;             /* of its calls: call.h */
    const struct transport *transports; /* what is of no kind named here waits, untried */
    size_t transport_count;             /* at most SENDER_MOST_TRANSPORTS */
};

/* Starts its threads, each with a reading store of its own. The caller stops it before the
 * writer. Failures as store_open(). */
enum status sender_start(struct sender **out, const struct sender_options *options,
                         struct fault *fault);
void sender_stop(struct sender *sender); /* a try under way is given up; NULL is allowed */

/* For a transport: is it to give up? `sender` is that of the message, or NULL: never. */
bool sender_stop_asked(void *sender);

#endif
