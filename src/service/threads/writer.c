#include "service/threads/writer.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/memory.h"
#include "service/core/clock.h"
#include "service/core/transaction.h"
#include "service/ingest/commit_split.h"
#include "store/store.h"

enum {
    JOBS_A_TURN = 16,                     /* verbs between two batches of packets, */
    TURN_MS = 50,                         /* or those that begin in so much time */
    BUSY_ENOUGH_MS = 1000,                /* then the verbs that waited fail as busy, too */
    ARENA_MOST_BYTES = 512 * 1024 * 1024, /* one batch: 4,096 packets of the largest kind */
};

struct writer {
    struct store *store;
    struct writer_options options;
    struct ingest *ingest;
    struct arena arena;
    struct writer_log log;
    pthread_t thread;

    pthread_mutex_t lock; /* of all below */
    pthread_cond_t work;
    struct packet_batch *packets, **packets_end;
    struct fair_queue jobs;
    bool stopping;
    struct writer_counts counts;
    void (*changed)(void *with); /* the listener */
    void *changed_with;
};

/* The work of one turn. */
struct turn {
    struct packet_batch *packets;
    struct write_job *jobs;
};

static struct call
writer_new_call(struct writer *writer)
{
    return (struct call){
        .db.store = writer->store,
        .db.arena = &writer->arena,
        .actor = &actor_system,
        .secret = writer->options.secret,
        .journal_index = writer->options.journal_index,
        .ledger_cache = writer->options.ledger_cache,
        .public_url = writer->options.public_url,
        .mail_is_set = writer->options.mail_is_set,
        .claim = writer->options.claim,
        .now = utc_now(),
        .clock = writer->options.clock,
    };
}

static void
writer_notify_listener(struct writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    if (writer->changed)
        writer->changed(writer->changed_with);
    pthread_mutex_unlock(&writer->lock);
}

static enum status
writer_commit_packets(struct writer *writer, struct packet_batch *first)
{
    size_t count = 0, at = 0;

    for (const struct packet_batch *batch = first; batch; batch = batch->next)
        count += batch->count;
    struct ingest_item **items = memory_must(malloc((count + 1) * sizeof *items));
    for (const struct packet_batch *batch = first; batch; batch = batch->next)
        for (size_t i = 0; i < batch->count; i++)
            items[at++] = &batch->items[i];

    struct call call = writer_new_call(writer);
    enum status status = commit_split(writer->ingest, &call, items, count);
    for (size_t i = 0; i < count; i++)
        if (items[i]->verdict == INGEST_PENDING)
            items[i]->verdict = INGEST_TRY_AGAIN;

    writer_log_batch(&writer->log, status, &call.db.fault);
    for (size_t i = 0; i < count; i++)
        writer_log_item(&writer->log, items[i]);

    pthread_mutex_lock(&writer->lock);
    writer->counts.store_available = !writer->log.store_unavailable;
    writer->counts.commits += !status;
    for (size_t i = 0; i < count; i++)
        writer_count_item(&writer->counts, items[i]);
    pthread_mutex_unlock(&writer->lock);
    if (ingest_take_work(writer->ingest))
        writer_notify_listener(writer);
    free(items);

    utc_seconds now = utc_now();
    for (struct packet_batch *batch = first, *next; batch; batch = next) {
        next = batch->next; /* after the answer it is its owner's again */
        batch->answered_at = now;
        batch->answer(batch);
    }
    return status;
}

static enum status
writer_job_body(struct call *call, void *with)
{
    struct write_job *job = with;

    return job->run(job, call);
}

static int64_t
milliseconds_since(int64_t began_nanoseconds)
{
    return (monotonic_nanoseconds() - began_nanoseconds) / 1000000;
}

static bool
writer_is_busy_for_long(enum status status, int64_t began_nanoseconds)
{
    return status == STATUS_BUSY && milliseconds_since(began_nanoseconds) >= BUSY_ENOUGH_MS;
}

static struct write_job *
writer_next_job(const struct write_job *job)
{
    return (struct write_job *)job->place.next;
}

/* Puts a job back, after the jobs that have waited as long: its catch-up takes a while. */
static void
writer_put_again(struct writer *writer, struct write_job *job)
{
    pthread_mutex_lock(&writer->lock);
    fair_queue_put(&writer->jobs, &job->place);
    pthread_mutex_unlock(&writer->lock);
}

/* Does a step of the catch-up that the verb waits for. */
static enum status
writer_run_catch_up(struct writer *writer, struct write_job *job)
{
    struct call call = writer_new_call(writer);
    bool more;
    enum status status = transact_catch_up(&call, &job->catch_up, &more);

    arena_clear(&writer->arena);
    if (!more)
        job->catch_up = (struct catch_up){ 0 };
    job->has_caught_up |= !more;
    if (status)
        job->done(job, status, &call.db.fault);
    else
        writer_put_again(writer, job);
    return status;
}

static enum status
writer_run_job(struct writer *writer, struct write_job *job)
{
    struct call call = writer_new_call(writer);

    if (job->catch_up.step)
        return writer_run_catch_up(writer, job);
    call.hands_back = true;
    call.has_caught_up = job->has_caught_up;
    job->prepare(job, &call);
    enum status status = transact(&call, writer_job_body, job);
    if (status && call.catch_up.step) {
        job->catch_up = call.catch_up;
        writer_put_again(writer, job);
        return STATUS_OK;
    }
    if (!status && !call.dry_run)
        ingest_forget_unknown(writer->ingest); /* it may have added a sensor */
    if (!status && !call.dry_run && call.actor->kind != ACTOR_SYSTEM)
        writer_notify_listener(writer);
    if (!call.any_clock)
        writer_log_verb(&writer->log, status, &call.db.fault);
    job->done(job, status, &call.db.fault);
    return status;
}

static void
writer_put_off(struct write_job *jobs)
{
    struct fault fault;
    enum status status = fail(&fault, STATUS_BUSY, "", "", "the store is busy");

    for (struct write_job *job = jobs, *next; job; job = next) {
        next = writer_next_job(job); /* after `done` it is its owner's again */
        job->done(job, status, &fault);
    }
}

/* Fails the verbs that gathered behind a busy store, untried. Otherwise each would wait as long
 * again, one after the other, and a stop would wait for all of them. */
static void
writer_put_off_waiting(struct writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    struct write_job *waiting = (struct write_job *)fair_queue_take(&writer->jobs, SIZE_MAX);
    pthread_mutex_unlock(&writer->lock);
    writer_put_off(waiting);
}

/* Waits for work. False when there is none and none will come. */
static bool
writer_take_turn(struct writer *writer, struct turn *turn)
{
    pthread_mutex_lock(&writer->lock);
    while (!writer->packets && !writer->jobs.first && !writer->stopping)
        pthread_cond_wait(&writer->work, &writer->lock);

    turn->packets = writer->packets;
    writer->packets = NULL;
    writer->packets_end = &writer->packets;
    turn->jobs = (struct write_job *)fair_queue_take(&writer->jobs, JOBS_A_TURN);
    pthread_mutex_unlock(&writer->lock);
    return turn->packets || turn->jobs;
}

static void *
writer_main(void *with)
{
    struct writer *writer = with;
    struct turn turn;

    while (writer_take_turn(writer, &turn)) {
        int64_t began = monotonic_nanoseconds();
        enum status status = turn.packets ? writer_commit_packets(writer, turn.packets) : STATUS_OK;
        int64_t verbs_began = monotonic_nanoseconds();
        struct write_job *job = turn.jobs;

        while (job && !writer_is_busy_for_long(status, began)) {
            struct write_job *next = writer_next_job(job);
            status = writer_run_job(writer, job);
            job = next;
            if (milliseconds_since(verbs_began) >= TURN_MS)
                break;
        }
        if (writer_is_busy_for_long(status, began)) {
            writer_put_off(job);
            writer_put_off_waiting(writer);
        } else {
            pthread_mutex_lock(&writer->lock);
            fair_queue_put_first(&writer->jobs, job ? &job->place : NULL);
            pthread_mutex_unlock(&writer->lock);
        }
    }
    return NULL;
}

static void
writer_free(struct writer *writer)
{
    store_close(writer->store);
    ingest_close(writer->ingest);
    arena_clear(&writer->arena);
    pthread_cond_destroy(&writer->work);
    pthread_mutex_destroy(&writer->lock);
    free(writer);
}

/* Commits a mark before any request is read: a restarted server must not show an older state than
 * before. */
static enum status
writer_open_store(struct writer *writer, struct fault *fault)
{
    struct store_options store = *writer->options.store;

    store.mode = STORE_READ_WRITE;
    enum status status = store_open(&writer->store, &store, fault);
    if (status)
        return status;
    struct call call = writer_new_call(writer);
    status = transact_mark(&call);
    if (status)
        *fault = call.db.fault;
    arena_clear(&writer->arena);
    return status;
}

enum status
writer_start(struct writer **out, const struct writer_options *options, struct fault *fault)
{
    struct writer *writer = memory_new(1, sizeof *writer);

    *out = NULL;
    arena_init(&writer->arena, ARENA_MOST_BYTES);
    pthread_mutex_init(&writer->lock, NULL);
    pthread_cond_init(&writer->work, NULL);
    writer->options = *options;
    writer->packets_end = &writer->packets;
    fair_queue_init(&writer->jobs);
    writer->counts.store_available = true;
    writer->ingest = ingest_open();

    enum status status = writer_open_store(writer, fault);
    if (!status && pthread_create(&writer->thread, NULL, writer_main, writer) != 0)
        status = fail(fault, STATUS_BROKEN, "", "", "the system gives no more threads");
    if (status) {
        writer_free(writer);
        return status;
    }
    *out = writer;
    return STATUS_OK;
}

void
writer_stop(struct writer *writer)
{
    if (!writer)
        return;
    pthread_mutex_lock(&writer->lock);
    writer->stopping = true;
    pthread_cond_signal(&writer->work);
    pthread_mutex_unlock(&writer->lock);
    pthread_join(writer->thread, NULL);
    struct writer_counts counts = writer->counts;
    writer_log_counts(&counts);
    writer_free(writer);
}

void
writer_set_listener(struct writer *writer, void (*changed)(void *with), void *with)
{
    pthread_mutex_lock(&writer->lock);
    writer->changed = changed;
    writer->changed_with = with;
    pthread_mutex_unlock(&writer->lock);
}

bool
writer_put_packets(struct writer *writer, struct packet_batch *batch)
{
    batch->next = NULL;
    pthread_mutex_lock(&writer->lock);
    bool taken = !writer->stopping;
    if (taken) {
        *writer->packets_end = batch;
        writer->packets_end = &batch->next;
        pthread_cond_signal(&writer->work);
    }
    pthread_mutex_unlock(&writer->lock);
    return taken;
}

bool
writer_put_job(struct writer *writer, struct write_job *job)
{
    job->catch_up = (struct catch_up){ 0 };
    job->has_caught_up = false;
    pthread_mutex_lock(&writer->lock);
    bool taken =
        !writer->stopping
        && fair_queue_has_room(&writer->jobs, job->place.source, writer->options.most_jobs);
    if (taken) {
        fair_queue_put(&writer->jobs, &job->place);
        pthread_cond_signal(&writer->work);
    }
    pthread_mutex_unlock(&writer->lock);
    return taken;
}

struct writer_counts
writer_counts(struct writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    struct writer_counts counts = writer->counts;
    pthread_mutex_unlock(&writer->lock);
    return counts;
}
