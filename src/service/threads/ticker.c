#include "service/threads/ticker.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/sleeper.h"
#include "service/threads/job_turn.h"
#include "service/threads/writer_call.h"
#include "store/store.h"

enum {
    MOST_SLEEP_SECONDS = 60,
    AFTER_FAILURE_SECONDS = 1,
    LONG_SECONDS = 1,
    REST_MS = 250, /* between two rounds: several wakes make one */
    STEP_MOST_BYTES = 256 * 1024 * 1024,
};

struct ticker {
    struct store *store;
    struct ticker_options options;
    struct job_turn *jobs;
    size_t job_count;
    struct arena arena;
    pthread_t thread;
    struct sleeper sleeper;
};

static enum status
ticker_write(struct ticker *ticker, transaction_body *body, struct job_turn *job,
             struct fault *fault)
{
    struct writer_work work = { body, .with = job, .arena = &ticker->arena };
    enum status status = writer_call(ticker->options.writer, &work, fault);

    arena_clear(&ticker->arena);
    return status;
}

/* Records that a step failed, so that the job goes on without its organization. False: it cannot be
 * recorded, or it was recorded before. */
static bool
ticker_isolate(struct ticker *ticker, struct job_turn *job, const struct fault *why)
{
    struct fault fault;

    job->failure.reason = why->reason;
    if (ticker_write(ticker, job_turn_isolate, job, &fault)) {
        job->more = false;
        log_often(LOG_ERROR, "ticker.failed", job->row->name, "%s: %s", job->row->name,
                  why->reason);
        return false;
    }
    job_log_isolated(&job->failure, &job->pause);
    return !job->pause.was_left_out;
}

/* False after a failure that is not an organization's. */
static bool
ticker_run_step(struct ticker *ticker, struct job_turn *job)
{
    struct fault fault;
    enum status status = ticker_write(ticker, job_turn_run, job, &fault);

    for (size_t i = 0; i < job->step.recovered_count && !status; i++)
        job_log_recovered(job->row->name, job->step.recovered[i]);
    if (!status)
        return true;
    job->more = false;
    return status != STATUS_BUSY && ticker_isolate(ticker, job, &fault);
}

/* Runs a job until nothing of it is due, but at most for a second. False after a failure. */
static bool
ticker_run_job(struct ticker *ticker, struct job_turn *job)
{
    int64_t began = monotonic_nanoseconds();

    job->more = true;
    while (job->more && sleeper_wait(&ticker->sleeper, 0)) {
        if (!ticker_run_step(ticker, job))
            return false;
        if (monotonic_nanoseconds() - began >= LONG_SECONDS * INT64_C(1000000000))
            return true;
    }
    return true;
}

/* Runs every job that is due. False after a failure, which does not delay the other jobs. */
static bool
ticker_run_due(struct ticker *ticker)
{
    bool all = true, more = true;

    while (more && sleeper_wait(&ticker->sleeper, 0)) {
        more = false;
        for (size_t i = 0; i < ticker->job_count; i++) {
            all = ticker_run_job(ticker, &ticker->jobs[i]) && all;
            more |= ticker->jobs[i].more;
        }
    }
    return all;
}

/* How long to sleep: until the next job is due, at most a minute, because the clock may be set and
 * other processes may write to the same store. The round did the work that was due when it began;
 * work that fell due since may be left. */
static int64_t
ticker_milliseconds_to_next(struct ticker *ticker, utc_seconds round_began)
{
    struct call call = {
        .db.store = ticker->store,
        .db.arena = &ticker->arena,
        .actor = &actor_system,
        .now = round_began,
    };
    utc_seconds now = utc_now(), next = UTC_NEVER;
    enum status status = job_retry_at(&call, &next);

    if (next > now + MOST_SLEEP_SECONDS)
        next = now + MOST_SLEEP_SECONDS;
    for (size_t i = 0; i < ticker->job_count && !status; i++) {
        utc_seconds at = UTC_NEVER;
        status = job_turn_next_at(&call, &ticker->jobs[i], &at);
        arena_clear(&ticker->arena);
        if (at < next)
            next = at;
    }
    if (status)
        return AFTER_FAILURE_SECONDS * 1000;
    if (next > now)
        return (next - now) * 1000;
    return next > round_began ? 0 : AFTER_FAILURE_SECONDS * 1000;
}

static void *
ticker_main(void *with)
{
    struct ticker *ticker = with;
    int64_t sleep = 0;

    while (sleeper_wait(&ticker->sleeper, sleep)) {
        utc_seconds began = utc_now();
        bool all = ticker_run_due(ticker);
        if (!sleeper_rest(&ticker->sleeper, REST_MS))
            break;
        sleep = all ? ticker_milliseconds_to_next(ticker, began) : AFTER_FAILURE_SECONDS * 1000;
    }
    return NULL;
}

/* A job may be due now. */
static void
ticker_wake(void *with)
{
    struct ticker *ticker = with;

    sleeper_wake(&ticker->sleeper);
}

static void
ticker_free(struct ticker *ticker)
{
    store_close(ticker->store);
    arena_clear(&ticker->arena);
    sleeper_clear(&ticker->sleeper);
    free(ticker->jobs);
    free(ticker);
}

static void
ticker_make_jobs(struct ticker *ticker)
{
    const struct scheduled_job *schedule_rows = ticker->options.schedule;

    while (schedule_rows[ticker->job_count].name)
        ticker->job_count++;
    ticker->jobs = memory_new(ticker->job_count + 1, sizeof *ticker->jobs);
    for (size_t i = 0; i < ticker->job_count; i++)
        ticker->jobs[i] = job_turn_of(&schedule_rows[i]);
}

/* A failure is logged; the thread tries again. */
static void
ticker_run_first_job(struct ticker *ticker)
{
    struct job_turn *first = ticker->jobs;

    while (ticker_run_job(ticker, first) && first->more)
        continue;
}

enum status
ticker_start(struct ticker **out, const struct ticker_options *options, struct fault *fault)
{
    struct ticker *ticker = memory_new(1, sizeof *ticker);

    *out = NULL;
    arena_init(&ticker->arena, STEP_MOST_BYTES);
    sleeper_init(&ticker->sleeper);
    ticker->options = *options;
    ticker_make_jobs(ticker);

    struct store_options store = *options->store;
    store.mode = STORE_READ_ONLY;
    enum status status = store_open(&ticker->store, &store, fault);
    if (!status)
        ticker_run_first_job(ticker);
    if (!status && pthread_create(&ticker->thread, NULL, ticker_main, ticker) != 0)
        status = fail(fault, STATUS_BROKEN, "", "", "the system gives no more threads");
    if (status) {
        ticker_free(ticker);
        return status;
    }
    writer_set_listener(ticker->options.writer, ticker_wake, ticker);
    *out = ticker;
    return STATUS_OK;
}

void
ticker_stop(struct ticker *ticker)
{
    if (!ticker)
        return;
    writer_set_listener(ticker->options.writer, NULL, NULL);
    sleeper_stop(&ticker->sleeper);
    pthread_join(ticker->thread, NULL);
    ticker_free(ticker);
}
