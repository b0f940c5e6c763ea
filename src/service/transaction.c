#include "service/transaction.h"

#include <assert.h>
#include <string.h>
#include <time.h>

#include "service/clock.h"
#include "store/store.h"

enum {
    FIRST_PAUSE_MS = 5,
    MOST_MS = 1500, /* then the caller is told that the store is busy */
    CATCH_UP_MOST_BYTES = 256 * 1024 * 1024,
};

static void
pause_milliseconds(int64_t milliseconds)
{
    struct timespec pause = {
        .tv_sec = milliseconds / 1000,
        .tv_nsec = milliseconds % 1000 * 1000000,
    };

    nanosleep(&pause, NULL);
}

static enum status
try_once(struct call *call, transaction_body *body, void *with, bool writes)
{
    enum status status = writes ? store_begin(call->store, &call->fault)
                                : store_begin_read(call->store, &call->fault);

    if (status)
        return status;
    call->in_transaction = true;
    call->catch_up = (struct catch_up){ 0 };
    status = writes ? clock_settle(call) : STATUS_OK;
    if (!status)
        status = body(call, with);
    call->in_transaction = false;
    if (status || (writes && call->dry_run)) {
        store_rollback(call->store);
        return status;
    }
    return store_commit(call->store, &call->fault);
}

static enum status
try_until(struct call *call, transaction_body *body, void *with, bool writes)
{
    int64_t began = monotonic_nanoseconds();

    for (int tries = 1;; tries++) {
        enum status status = try_once(call, body, with, writes);
        int64_t left = patience_left(store_patience(call->store), began, MOST_MS);
        int64_t pause = (int64_t)FIRST_PAUSE_MS << (tries - 1);

        if (status != STATUS_BUSY || call->catch_up.step || tries == TRANSACTION_TRIES || left == 0
            || !strcmp(call->fault.code, "clock_behind"))
            return status;
        pause_milliseconds(pause < left ? pause : left);
    }
}

struct catching_up {
    const struct catch_up *what;
    bool more;
};

static enum status
catch_up_body(struct call *call, void *with)
{
    struct catching_up *catching_up = with;

    catching_up->more = false;
    return catching_up->what->step(call, catching_up->what->organization_id, &catching_up->more);
}

enum status
transact_catch_up(struct call *call, const struct catch_up *catch_up, bool *more)
{
    struct catching_up catching_up = { .what = catch_up };
    bool dry_run = call->dry_run;

    call->dry_run = false; /* what is due is due */
    enum status status = try_until(call, catch_up_body, &catching_up, true);
    call->dry_run = dry_run;
    *more = !status && catching_up.more;
    return status;
}

/* All steps, each with memory of its own. */
static enum status
catch_up_whole(struct call *call)
{
    struct catch_up catch_up = call->catch_up;
    struct arena *callers = call->arena, arena;
    enum status status = STATUS_OK;

    arena_init(&arena, CATCH_UP_MOST_BYTES);
    call->arena = &arena;
    for (bool more = true; more && !status; arena_clear(&arena))
        status = transact_catch_up(call, &catch_up, &more);
    call->arena = callers;
    return status;
}

/* What a failed verb leaves behind all the same: a wrong code is counted. */
static enum status
keep_failure(struct call *call, void *with)
{
    (void)with;
    return call->after_failure(call);
}

enum status
transact(struct call *call, transaction_body *body, void *with)
{
    if (call->in_transaction)
        return body(call, with);

    call->after_failure = NULL;
    enum status status = try_until(call, body, with, true);
    while (status && call->catch_up.step && !call->hands_back) {
        status = catch_up_whole(call);
        if (!status)
            status = try_until(call, body, with, true);
    }
    if (status && call->after_failure) {
        struct fault why = call->fault;
        bool dry_run = call->dry_run;
        call->dry_run = false; /* a guess counts in a dry run too */
        enum status kept = try_until(call, keep_failure, NULL, true);
        call->dry_run = dry_run;
        call->after_failure = NULL;
        if (kept)
            return kept;
        call->fault = why;
    }
    return status;
}

enum status
read_transact(struct call *call, transaction_body *body, void *with)
{
    return call->in_transaction ? body(call, with) : try_until(call, body, with, false);
}
