#include "service/threads/ticker.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/sleeper.h"
#include "service/threads/schedule.h"
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
    struct arena arena;
    pthread_t thread;
    struct sleeper sleeper;
};

struct step_context {
    const struct scheduled_job *job;
    bool more;
};

static enum status
ticker_step_body(struct call *call, void *with)
{
    struct step_context *context = with;

    return context->job->run(call, &context->more);
}

/* Runs a job until nothing of it is due. False after a failure. *again: it takes longer than a
 * second, and the jobs before it may have fallen due meanwhile. */
static bool
ticker_run_job(struct ticker *ticker, const struct scheduled_job *job, bool *again)
{
    struct step_context context = { .job = job, .more = true };
    struct writer_work work = { ticker_step_body, .with = &context, .arena = &ticker->arena };
    int64_t began = monotonic_nanoseconds();

    *again = false;
    while (context.more && sleeper_wait(&ticker->sleeper, 0)) {
        struct fault fault;
        enum status status = writer_call(ticker->options.writer, &work, &fault);
        arena_clear(&ticker->arena);
        if (!status && context.more
            && monotonic_nanoseconds() - began >= LONG_SECONDS * INT64_C(1000000000)) {
            *again = true;
            return true;
        }
        if (!status)
            continue;
        if (status != STATUS_BUSY)
            log_line(LOG_ERROR, "ticker.failed", "%s: %s", job->name, fault.reason);
        return false;
    }
    return true;
}

/* Runs every job that is due. False after a failure, which does not delay the other jobs. */
static bool
ticker_run_due(struct ticker *ticker)
{
    const struct scheduled_job *job = ticker->options.schedule;
    bool all = true, again;

    while (job->name) {
        all = ticker_run_job(ticker, job, &again) && all;
        job = again ? ticker->options.schedule : job + 1;
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
    utc_seconds now = utc_now(), next = now + MOST_SLEEP_SECONDS;

    for (const struct scheduled_job *job = ticker->options.schedule; job->name; job++) {
        utc_seconds at = UTC_NEVER;
        enum status status = job->next_at(&call, &at);
        arena_clear(&ticker->arena);
        if (status)
            return AFTER_FAILURE_SECONDS * 1000;
        if (at < next)
            next = at;
    }
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
    free(ticker);
}

enum status
ticker_start(struct ticker **out, const struct ticker_options *options, struct fault *fault)
{
    struct ticker *ticker = memory_new(1, sizeof *ticker);

    *out = NULL;
    arena_init(&ticker->arena, STEP_MOST_BYTES);
    sleeper_init(&ticker->sleeper);
    ticker->options = *options;

    struct store_options store = *options->store;
    store.mode = STORE_READ_ONLY;
    enum status status = store_open(&ticker->store, &store, fault);
    if (!status)
        for (bool again = true; again;) /* a failure is logged; the thread tries again */
            (void)ticker_run_job(ticker, ticker->options.schedule, &again);
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
