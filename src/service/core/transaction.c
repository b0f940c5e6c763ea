#include "service/core/transaction.h"

#include <assert.h>
#include <string.h>
#include <time.h>

#include "service/core/clock.h"
#include "service/core/commit_doubt.h"
#include "statements.h"
#include "store/store.h"

enum {
    FIRST_PAUSE_MS = 5,
    LONGEST_PAUSE_MS = 250,
    MOST_MS = 1500,       /* of tries on a busy store */
    DOUBT_MOST_MS = 3000, /* of waiting for the outcome of a commit */
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
leave_mark(struct call *call, struct clock_stored *stored)
{
    struct store_mark mark = store_take_mark(call->db.store);
    bool is_new;
    enum status status = commit_doubt_mark(call, mark, stored, &is_new);

    if (!status && !is_new)
        return call_fail(call, STATUS_BROKEN, "", "",
                         "the store holds a mark that this server has not made yet");
    return status || mark.number > 1 ? status : commit_doubt_forget_old(call);
}

enum status
transact_mark(struct call *call)
{
    struct clock_stored stored;

    if (!store_is_shared(call->db.store))
        return STATUS_OK;
    enum status status = store_begin(call->db.store, &call->db.fault);
    if (status)
        return status;
    status = leave_mark(call, &stored);
    if (status) {
        store_rollback(call->db.store);
        return status;
    }
    return store_commit(call->db.store, &call->db.fault);
}

static enum status
open_writing(struct call *call)
{
    struct clock_stored stored = { 0 };
    struct saving_exclude_out row;
    enum status status = STATUS_OK;

    if (call->saving == SAVING_EXCLUDED) /* before every other lock */
        status = saving_exclude(&call->db, &row);
    if (status)
        return status;
    status = store_is_shared(call->db.store) ? leave_mark(call, &stored)
                                             : clock_read_stored(call, &stored);
    return status ? status : clock_settle(call, &stored);
}

static enum status
try_once(struct call *call, transaction_body *body, void *with, bool writes)
{
    enum status status = writes ? store_begin(call->db.store, &call->db.fault)
                                : store_begin_read(call->db.store, &call->db.fault);

    if (status)
        return status;
    call->in_transaction = true;
    call->only_reads = !writes;
    status = writes ? open_writing(call) : STATUS_OK;
    if (!status)
        status = body(call, with);
    call->in_transaction = call->only_reads = false;
    if (status || (writes && call->dry_run)) {
        store_rollback(call->db.store);
        return status;
    }
    return store_commit(call->db.store, &call->db.fault);
}

/* Waits for the outcome of the commit in doubt, for DOUBT_MOST_MS at most. */
static enum status
settle_doubt(struct call *call, bool *committed)
{
    int64_t began = monotonic_nanoseconds(), pause = FIRST_PAUSE_MS;

    for (;; pause = 2 * pause < LONGEST_PAUSE_MS ? 2 * pause : LONGEST_PAUSE_MS) {
        enum status status = commit_doubt_settle(call, committed);
        int64_t left = deadline_left(store_deadline(call->db.store), began, DOUBT_MOST_MS);

        if (status != STATUS_BUSY || left == 0)
            return status;
        pause_milliseconds(pause < left ? pause : left);
    }
}

/* Runs the body once. If the answer to its commit is lost, finds out whether it succeeded. */
static enum status
try_and_settle(struct call *call, transaction_body *body, void *with)
{
    bool committed = false;

    if (store_doubt(call->db.store)) { /* of an earlier call, which has been answered */
        enum status status = settle_doubt(call, &committed);
        if (status)
            return status;
    }
    enum status status = try_once(call, body, with, true);
    if (!store_doubt(call->db.store))
        return status;
    if (settle_doubt(call, &committed))
        return fail(&call->db.fault, STATUS_BUSY, "in_doubt", "",
                    "the connection to the store was lost during this change: check whether the "
                    "change was made before you repeat it");
    return committed ? STATUS_OK : status;
}

/* True: the body runs again immediately, while no process saves measurements. */
static bool
takes_exclusion(struct call *call)
{
    if (call->saving != SAVING_TO_BE_EXCLUDED)
        return false;
    call->saving = SAVING_EXCLUDED;
    call->db.fault = (struct fault){ 0 };
    return true;
}

static bool
cannot_retry(const struct call *call)
{
    return call->catch_up.step || clock_has_failed(&call->db.fault)
           || !strcmp(call->db.fault.code, "in_doubt")
           || !strcmp(call->db.fault.code, "storage_full"); /* for longer than the tries last */
}

static enum status
try_until(struct call *call, transaction_body *body, void *with, bool writes)
{
    int64_t began = monotonic_nanoseconds();

    for (int tries = 1;; tries++) {
        call->catch_up = (struct catch_up){ 0 };
        call->after_failure.run = NULL; /* of an earlier try */
        enum status status = writes ? try_and_settle(call, body, with)
                                    : try_once(call, body, with, false);
        int64_t left = deadline_left(store_deadline(call->db.store), began, MOST_MS);
        int64_t pause = (int64_t)FIRST_PAUSE_MS << (tries - 1);

        if (status == STATUS_BUSY && takes_exclusion(call))
            continue;
        if (status != STATUS_BUSY || tries == TRANSACTION_TRIES || left == 0 || cannot_retry(call)
            || store_is_late(call->db.store))
            return status;
        pause_milliseconds(pause < left ? pause : left);
    }
}

struct catch_up_context {
    const struct catch_up *catch_up;
    bool more;
};

static enum status
catch_up_body(struct call *call, void *with)
{
    struct catch_up_context *context = with;
    const struct catch_up *catch_up = context->catch_up;

    context->more = false;
    return catch_up->step(call, catch_up->organization_id, &context->more);
}

enum status
transact_catch_up(struct call *call, const struct catch_up *catch_up, bool *more)
{
    struct catch_up_context context = { .catch_up = catch_up };
    bool dry_run = call->dry_run;

    call->dry_run = false; /* due work is done in a dry run, too */
    enum status status = try_until(call, catch_up_body, &context, true);
    call->dry_run = dry_run;
    *more = !status && context.more;
    return status;
}

/* Runs all steps, each with its own memory. */
static enum status
catch_up_whole(struct call *call)
{
    struct catch_up catch_up = call->catch_up;
    struct arena *callers = call->db.arena, arena;
    enum status status = STATUS_OK;

    arena_init(&arena, CATCH_UP_MOST_BYTES);
    call->db.arena = &arena;
    for (bool more = true; more && !status; arena_clear(&arena))
        status = transact_catch_up(call, &catch_up, &more);
    call->db.arena = callers;
    return status;
}

struct failure_context {
    struct after_failure work;
    struct fault failed, why;
};

static enum status
keep_failure_body(struct call *call, void *with)
{
    struct failure_context *context = with;

    context->why = context->failed;
    return context->work.run(call, context->work.with, &context->why);
}

/* Does the work that the failed verb has left. The fault may change. */
static enum status
keep_failure(struct call *call, enum status failed)
{
    struct failure_context context = { .work = call->after_failure, .failed = call->db.fault };
    bool dry_run = call->dry_run;

    call->after_failure.run = NULL;
    if (!context.work.run || failed == STATUS_BUSY)
        return failed;
    call->dry_run = false; /* a guess counts in a dry run, too */
    enum status kept = try_until(call, keep_failure_body, &context, true);
    call->dry_run = dry_run;
    if (kept)
        return kept;
    call->db.fault = context.why;
    return context.why.status;
}

/* Only the body blocks saving, not the work before and after it. */
static enum status
try_body(struct call *call, transaction_body *body, void *with)
{
    enum status status = try_until(call, body, with, true);

    if (call->saving != SAVING_DONE_HERE)
        call->saving = SAVING_IGNORED;
    return status;
}

enum status
transact(struct call *call, transaction_body *body, void *with)
{
    if (call->in_transaction)
        return body(call, with);

    call->after_failure.run = NULL;
    call->has_caught_up &= call->hands_back; /* otherwise it belongs to an earlier verb */
    enum status status = try_body(call, body, with);
    while (status && call->catch_up.step && !call->hands_back) {
        status = catch_up_whole(call);
        call->has_caught_up = true;
        if (!status)
            status = try_body(call, body, with);
    }
    return status ? keep_failure(call, status) : STATUS_OK;
}

enum status
saving_exclusion(struct call *call)
{
    if (call->saving == SAVING_EXCLUDED || !store_is_shared(call->db.store))
        return STATUS_OK;
    call->saving = SAVING_TO_BE_EXCLUDED;
    return call_fail(call, STATUS_BUSY, "", "", "measurements are being saved; try again");
}

enum status
read_transact(struct call *call, transaction_body *body, void *with)
{
    return call->in_transaction ? body(call, with) : try_until(call, body, with, false);
}
