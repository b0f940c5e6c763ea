/*
 * writer.h - the one thread that writes: packets and verbs.
 *
 * It takes all waiting work, even a single item: the packets in one transaction, then some verbs,
 * each in its own. The verbs of organizations and users get their turn (fair_queue.h). If a verb
 * must wait for a catch-up (call.h), the writer does one step of it a turn, so that packets and
 * other verbs continue. While one commit runs the next batch gathers: a quiet server answers after
 * one commit, and a busy one commits hundreds of packets together. There is no timer.
 */
#ifndef SERVICE_THREADS_WRITER_H
#define SERVICE_THREADS_WRITER_H

#include "service/ingest/ingest.h"
#include "service/threads/write_job.h"
#include "service/threads/writer_log.h"

struct writer;

/* A batch of packets from one socket. The writer calls `answer` on its thread after the commit, and
 * the submitter owns the batch again. */
struct packet_batch {
    struct ingest_item *items;
    size_t count;
    utc_seconds answered_at; /* set by the writer: the time of the answers */
    void (*answer)(struct packet_batch *batch);
    void *owner;               /* for `answer` */
    struct packet_batch *next; /* the writer's */
};

struct writer_options {
    const struct store_options *store; /* read by writer_start(); its mode is ignored */
    const struct secret_key *secret;
    struct journal_index *journal_index;
    struct ledger_cache *ledger_cache;
    struct clock_memory *clock; /* of the process; outlives the writer */
    const char *public_url;     /* of its calls: call.h */
    bool mail_is_set;
    enum claim_policy claim;
    size_t most_jobs; /* verbs that may wait; of one source half of them */
};

/* Opens its own writing store and starts the thread; the caller stops it.
 * On a shared store it commits a mark first (transact_mark()).
 *   failures as store_open(), transact_mark() */
enum status writer_start(struct writer **out, const struct writer_options *options,
                         struct fault *fault);
/* Finishes the waiting work, then ends the thread. The submitters have stopped. NULL is allowed. */
void writer_stop(struct writer *writer);

/* Sets a callback that runs on the writer's thread after a commit in which packets began, changed
 * or ended alerts, or in which a verb of another actor than the system changed something. NULL
 * removes it. */
void writer_set_listener(struct writer *writer, void (*changed)(void *with), void *with);

/* False: the writer is stopping; the caller keeps the batch, unanswered. */
bool writer_put_packets(struct writer *writer, struct packet_batch *batch);
/* False: too many verbs wait, or the writer is stopping. Answer "busy". */
bool writer_put_job(struct writer *writer, struct write_job *job);

struct writer_counts writer_counts(struct writer *writer);

#endif
