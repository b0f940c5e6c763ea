#include "service/ticker.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/sleeper.h"
#include "service/renewing.h"
#include "service/writer_call.h"
#include "statements.h"
#include "store/store.h"

enum {
    MOST_SLEEP_SECONDS = 60,
    AFTER_FAILURE_SECONDS = 1,
    STEP_MOST_BYTES = 64 * 1024 * 1024,
};

struct ticker {
    struct store *store;
    struct writer *writer;
    struct arena arena;
    pthread_t thread;
    struct sleeper sleeper;
};

enum status
ticker_step(struct call *call, bool *more)
{
    struct renewal_organizations_out *due;
    struct organization_lock lock;
    size_t count;
    bool again;
    enum status status = renewal_organizations(call->store, call->arena,
        &(struct renewal_organizations_in){ .now = call->now, .most = 1 }, &due, &count, &call->fault);

    *more = !status && count > 0;
    if (!*more)
        return status;
    status = organization_lock(call, due[0].id, &lock);
    return status ? status : renewing_step(call, due[0].id, &lock, &again);
}

static enum status
step_body(struct call *call, void *with)
{
    return ticker_step(call, with);
}

/* Until nothing is due. False after a failure. */
static bool
apply_due(struct ticker *ticker)
{
    bool more = true;

    while (more && sleeper_wait(&ticker->sleeper, 0)) {
        struct fault fault;
        enum status status = writer_call(ticker->writer, &ticker->arena, step_body, NULL, &more, &fault);
        arena_clear(&ticker->arena);
        if (!status)
            continue;
        if (status != STATUS_BUSY)
            log_line(LOG_ERROR, "ticker.failed", "%s", fault.reason);
        return false;
    }
    return true;
}

/* How long to sleep: until the next end, at most a minute, for the clock may be set
 * and others may write to the same store. */
static int64_t
milliseconds_to_next(struct ticker *ticker)
{
    utc_seconds now = utc_now();
    struct renewal_next_end_out next;
    struct fault fault;
    enum status status = renewal_next_end(ticker->store, &ticker->arena,
        &(struct renewal_next_end_in){ .now = now }, &next, &fault);

    arena_clear(&ticker->arena);
    if (status)
        return AFTER_FAILURE_SECONDS * 1000;
    if (next.ends_at == 0 || next.ends_at - now > MOST_SLEEP_SECONDS)
        return MOST_SLEEP_SECONDS * 1000;
    return (next.ends_at - now) * 1000;
}

static void *
ticker_main(void *with)
{
    struct ticker *ticker = with;
    int64_t sleep = milliseconds_to_next(ticker);

    while (sleeper_wait(&ticker->sleeper, sleep))
        sleep = apply_due(ticker) ? milliseconds_to_next(ticker) : AFTER_FAILURE_SECONDS * 1000;
    return NULL;
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
    struct ticker *ticker = calloc(1, sizeof *ticker);

    *out = NULL;
    if (!ticker) {
        perror("ticker");
        abort();
    }
    arena_init(&ticker->arena, STEP_MOST_BYTES);
    sleeper_init(&ticker->sleeper);
    ticker->writer = options->writer;

    enum status status = store_open(&ticker->store,
        &(struct store_options){ .url = options->store_url, .mode = STORE_READ_ONLY }, fault);
    if (!status)
        (void)apply_due(ticker); /* a failure is logged; the thread tries again */
    if (!status && pthread_create(&ticker->thread, NULL, ticker_main, ticker) != 0)
        status = fail(fault, STATUS_BROKEN, "", "", "the system gives no more threads");
    if (status) {
        ticker_free(ticker);
        return status;
    }
    *out = ticker;
    return STATUS_OK;
}

void
ticker_stop(struct ticker *ticker)
{
    if (!ticker)
        return;
    sleeper_stop(&ticker->sleeper);
    pthread_join(ticker->thread, NULL);
    ticker_free(ticker);
}
