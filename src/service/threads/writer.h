/*
 * writer.h - the one thread that writes: packets and verbs.
 *
 * It takes all that waits, however few: the packets in one transaction, then
 * some verbs, each in its own. What a verb has to wait for (call.h, catch_up) is done a step a
 * turn, so that packets and other verbs go on meanwhile. While one commit runs the next batch
 * gathers, so a quiet server answers after one commit and a busy one commits hundreds at once. No
 * timer is involved.
 */
#ifndef SERVICE_THREADS_WRITER_H
#define SERVICE_THREADS_WRITER_H

#include "service/ingest/ingest.h"
#include "service/threads/job_queue.h"
#include "service/threads/writer_log.h"

struct writer;

/* A batch of packets from one socket. The submitter owns it again once
 * `answer` was called, on the writer's thread, after the commit. */
struct packet_batch {
    struct ingest_item *items;
    size_t count;
    utc_seconds answered_at; /* set by the writer: the clock for the answers */
    void (*answer)(struct packet_batch *batch);
    void *owner;               /* for `answer` */
    struct packet_batch *next; /* the writer's */
};

struct writer_options {
    const struct store_options *store; /* the mode aside */
    const struct secret_key *secret;
    struct journal_index *journal_index;
    struct ledger_cache *ledger_cache;
    const char *public_url; /* of its calls: call.h */
    bool mail_is_set;
    size_t most_jobs; /* verbs that may wait */
};

/* Opens its own writing store and starts the thread; the caller stops it.
 * On a shared store it commits a mark first (transact_mark()).
 *   failures as store_open(), transact_mark() */
enum status writer_start(struct writer **out, const struct writer_options *options,
                         struct fault *fault);
/* Finishes what waits, then ends the thread. Who submits must have stopped. NULL is allowed. */
void writer_stop(struct writer *writer);

/* Who wants to know at once that packets have begun, changed or ended alerts, or that somebody
 * has changed something by a verb, the system itself aside: told on the writer's thread, after
 * the commit. NULL: nobody any more. */
void writer_set_listener(struct writer *writer, void (*news)(void *with), void *with);

/* False: stopping; the batch stays the caller's, unanswered. */
bool writer_put_packets(struct writer *writer, struct packet_batch *batch);
/* False: too many wait, or stopping: answer "busy". */
bool writer_put_job(struct writer *writer, struct write_job *job);

/* All since the start. */
struct writer_counts writer_counts(struct writer *writer);

#endif
