#include "service/transaction.h"

#include <assert.h>
#include <string.h>
#include <time.h>

#include "service/clock.h"
#include "store/store.h"

enum { FIRST_PAUSE_MS = 5, MOST_MS = 1500 }; /* then the caller is told that the store is busy */

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
        int64_t spent_ms = (monotonic_nanoseconds() - began) / 1000000;

        if (status != STATUS_BUSY || tries == TRANSACTION_TRIES || spent_ms >= MOST_MS
            || !strcmp(call->fault.code, "clock_behind"))
            return status;
        pause_milliseconds((int64_t)FIRST_PAUSE_MS << (tries - 1));
    }
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
