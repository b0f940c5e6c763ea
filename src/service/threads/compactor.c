#include "service/threads/compactor.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/sleeper.h"
#include "service/measurement/compaction.h"
#include "service/threads/writer_call.h"
#include "store/store.h"

enum {
    LOOK_MILLISECONDS = 1000,
    STEP_MOST_BYTES = 512 * 1024 * 1024,
};

struct compactor {
    struct store *store; /* NULL: it must be opened again */
    struct store_options store_options;
    struct compactor_options options;
    struct arena arena;
    pthread_t thread;
    struct sleeper sleeper;
    utc_seconds since; /* the index has no message that was received before */
    utc_seconds left_looked_at;

    /* The round. */
    struct journal_index_sensor *sensors;
    size_t count, done, next;      /* next: `done` after the current step is written */
    size_t until;                  /* the limit of a step, while one of its sensors fails */
    size_t skipped;                /* messages of sensors that cannot be compacted */
    struct compaction *compaction; /* the current step */
    struct journal_trim trim;      /* the compacted messages */
    size_t trimmed;
    size_t set_aside; /* messages that the last round skipped */

    struct compaction_missing behind, gone; /* of the last step that was written */
    struct log_pause behind_pause, gone_pause;
    bool is_behind;     /* a step of the round was read from a store that was behind */
    bool is_far_behind; /* the writer's thread prepares the current step, a long one */
};

static struct call
compactor_call(struct compactor *compactor)
{
    return (struct call){
        .db.store = compactor->store,
        .db.arena = &compactor->arena,
        .actor = &actor_system,
        .journal_index = compactor->options.journal_index,
        .now = utc_now(),
    };
}

static enum status
prepare_step(struct compactor *compactor, struct fault *fault)
{
    struct compaction_queue queue = { compactor->sensors, compactor->until, compactor->done,
                                      compactor->is_far_behind };
    struct call call = compactor_call(compactor);
    enum status status = compaction_prepare(&call, &queue, &compactor->compaction);

    compactor->next = queue.done;
    if (status)
        *fault = call.db.fault;
    return status;
}

static enum status
write_work(struct compactor *compactor, transaction_body *body, void (*committed)(void *with),
           struct fault *fault)
{
    return writer_call(compactor->options.writer,
                       &(struct writer_work){ body, committed, compactor, &compactor->arena },
                       fault);
}

static enum status
compactor_write_step(struct call *call, void *with)
{
    struct compactor *compactor = with;
    enum status status = compactor->is_far_behind ? prepare_step(compactor, &call->db.fault)
                                                  : STATUS_OK;

    return status ? status : compaction_write(call, compactor->compaction);
}

/* Runs right after the commit: a reader that does not find the messages in the index finds them in
 * their blocks. */
static void
forget_step(void *with)
{
    struct compactor *compactor = with;

    compaction_find_missing(compactor->compaction, &compactor->behind, &compactor->gone);
    compaction_forget(compactor->compaction, compactor->options.journal_index, &compactor->trim);
    compactor->done = compactor->next;
    compactor->until = compactor->count;
}

/* A failure that will come again. */
static bool
is_fault(enum status status)
{
    return status && status != STATUS_BUSY && status != STATUS_CONFLICT;
}

static bool
step_is_good(struct compactor *compactor, enum status status, const struct fault *fault)
{
    if (is_fault(status))
        log_often(LOG_ERROR, "compactor.failed", fault->reason, "%s", fault->reason);
    arena_clear(&compactor->arena);
    return !status;
}

static void
drop_store(struct compactor *compactor)
{
    store_close(compactor->store);
    compactor->store = NULL;
}

/* On a shared store another process may have compacted messages that the index names. */
static void
compactor_check_missing(struct compactor *compactor)
{
    bool is_shared = store_is_shared(compactor->store);

    compaction_log_missing(&compactor->gone_pause, is_shared ? LOG_INFO : LOG_ERROR,
                           "compactor.gone", &compactor->gone,
                           "they are no longer in the journal and are dropped from the index");
    compaction_log_missing(
        &compactor->behind_pause, LOG_ERROR, "compactor.behind", &compactor->behind,
        "the reading connection does not show them, the writer's does: they are compacted "
        "later, over a new connection");
    if (compactor->behind.count == 0)
        return;
    compactor->is_behind = true;
    drop_store(compactor);
}

static bool
has_store(struct compactor *compactor)
{
    struct fault fault;

    return compactor->store
           || !compactor->options.open(&compactor->store, &compactor->store_options, &fault);
}

/* Skips a sensor. It is logged once, and tried again in each round. */
static void
skip_sensor(struct compactor *compactor, const struct fault *fault)
{
    int64_t sensor_id = compactor->sensors[compactor->done].sensor_id;
    bool newly;

    compactor->skipped +=
        journal_index_set_aside(compactor->options.journal_index, sensor_id, &newly);
    if (newly)
        log_line(LOG_ERROR, "compactor.failed", "sensor=%" PRId64 " %s", sensor_id, fault->reason);
    compactor->done++;
    compactor->until = compactor->count;
}

/* A sensor that cannot be compacted must not stop the others: the step is tried again with half of
 * its sensors, until one is left. */
static void
narrow_step(struct compactor *compactor, const struct fault *fault)
{
    size_t tried = compactor->next - compactor->done;

    if (tried > 1)
        compactor->until = compactor->done + tried / 2;
    else
        skip_sensor(compactor, fault);
    arena_clear(&compactor->arena);
}

/* Uncompacted messages, without those of sensors that failed in the last round. */
static size_t
waiting_messages(const struct compactor *compactor)
{
    size_t count = journal_index_totals(compactor->options.journal_index).rows;

    return count > compactor->set_aside ? count - compactor->set_aside : 0;
}

/* If the compactor is far behind, the writer's thread prepares the step, a long one: sensors wait,
 * and about as many messages gather meanwhile as the step compacts. */
static bool
compact_step(struct compactor *compactor)
{
    struct fault fault;

    if (!has_store(compactor))
        return false;
    compactor->next = compactor->done;
    compactor->behind.count = compactor->gone.count = 0;
    compactor->is_far_behind = waiting_messages(compactor)
                               > 2 * compactor_most_messages(compactor->options.journal_index);
    enum status status = compactor->is_far_behind ? STATUS_OK : prepare_step(compactor, &fault);
    if (!status)
        status = write_work(compactor, compactor_write_step, forget_step, &fault);
    if (!status)
        compactor_check_missing(compactor);
    if (status == STATUS_CONFLICT)
        drop_store(compactor); /* its snapshots may be too old */
    if (!is_fault(status) || compactor->next == compactor->done)
        return step_is_good(compactor, status, &fault);
    narrow_step(compactor, &fault);
    return true;
}

static enum status
trim_some(struct call *call, void *with)
{
    struct compactor *compactor = with;

    return journal_trim_step(call, &compactor->trim, compactor->trimmed);
}

static void
find_oldest(struct compactor *compactor)
{
    utc_seconds now = utc_now(), oldest = journal_index_oldest(compactor->options.journal_index);

    compactor->since = oldest < now ? oldest : now;
}

static enum status
rebuild_index(struct call *call, void *with)
{
    struct compactor *compactor = with;

    call->journal_index = compactor->options.journal_index;
    return journal_index_rebuild(call);
}

/* Compacts the whole journal again. Samples that are in a block already change nothing. */
static void
compact_again(struct compactor *compactor, const struct fault *why)
{
    struct fault fault;

    log_line(LOG_ERROR, "compactor.lost_blocks", "%s: the journal is compacted again", why->reason);
    if (write_work(compactor, rebuild_index, NULL, &fault))
        return; /* the next round tries it again */
    journal_trim_clear(&compactor->trim);
    compactor->trimmed = 0;
    find_oldest(compactor);
}

static bool
may_continue(struct compactor *compactor)
{
    return sleeper_wait(&compactor->sleeper, 0);
}

/* Deletes the compacted messages. After a failure the rest is deleted in the next round. */
static bool
trim_journal(struct compactor *compactor)
{
    bool good = true;

    journal_trim_sort(&compactor->trim);
    compactor->trimmed = 0;
    while (good && compactor->trimmed < compactor->trim.count && may_continue(compactor)) {
        struct fault fault;
        enum status status = write_work(compactor, trim_some, NULL, &fault);
        if (!status)
            compactor->trimmed += journal_trim_step_rows(&compactor->trim, compactor->trimmed);
        if (status == STATUS_CONFLICT)
            compact_again(compactor, &fault);
        good = step_is_good(compactor, status, &fault);
    }
    journal_trim_remove(&compactor->trim, compactor->trimmed);
    return good;
}

/* Compacts the messages of every sensor that has some when the round begins. */
static bool
compact_round(struct compactor *compactor)
{
    bool good = true;

    compactor->done = compactor->skipped = 0;
    compactor->is_behind = false;
    compactor->count = compactor->until =
        journal_index_sensors(compactor->options.journal_index, &compactor->sensors);
    while (good && compactor->done < compactor->count && may_continue(compactor))
        good = compact_step(compactor);
    free(compactor->sensors);
    compactor->set_aside = compactor->skipped;
    find_oldest(compactor);
    return trim_journal(compactor) && good && !compactor->is_behind;
}

static void
compactor_add_left(struct compactor *compactor)
{
    size_t added;

    if (!has_store(compactor))
        return;
    struct call call = compactor_call(compactor);
    enum status status = journal_index_add_left(&call, &compactor->left_looked_at, &added);
    if (!step_is_good(compactor, status, &call.db.fault) || added == 0)
        return;
    log_line(LOG_INFO, "compactor.left", "messages=%zu another server left them in the journal",
             added);
    find_oldest(compactor);
}

static bool
is_due(struct compactor *compactor)
{
    utc_seconds now = utc_now();
    size_t count = waiting_messages(compactor);

    if (count == 0)
        compactor->since = now;
    return now - compactor->since >= COMPACTOR_MOST_AGE_SECONDS
           || count > compactor_most_messages(compactor->options.journal_index);
}

size_t
compactor_most_messages(struct journal_index *journal_index)
{
    size_t most = COMPACTOR_MOST_A_SENSOR * journal_index_totals(journal_index).sensors;

    return most > COMPACTOR_MOST_MESSAGES ? most : COMPACTOR_MOST_MESSAGES;
}

static void *
compactor_main(void *with)
{
    struct compactor *compactor = with;

    while (sleeper_wait(&compactor->sleeper, LOOK_MILLISECONDS)) {
        compactor_add_left(compactor);
        while (is_due(compactor) && compact_round(compactor) && may_continue(compactor))
            continue;
    }
    return NULL;
}

static void
compactor_free(struct compactor *compactor)
{
    store_close(compactor->store);
    arena_clear(&compactor->arena);
    sleeper_clear(&compactor->sleeper);
    journal_trim_clear(&compactor->trim);
    free(compactor);
}

enum status
compactor_start(struct compactor **out, const struct compactor_options *options,
                struct fault *fault)
{
    struct compactor *compactor = memory_new(1, sizeof *compactor);

    *out = NULL;
    arena_init(&compactor->arena, STEP_MOST_BYTES);
    sleeper_init(&compactor->sleeper);
    compactor->options = *options;
    find_oldest(compactor);
    if (!options->open)
        compactor->options.open = store_open;
    compactor->store_options = *options->store;
    compactor->store_options.mode = STORE_READ_ONLY;
    enum status status =
        compactor->options.open(&compactor->store, &compactor->store_options, fault);
    if (!status && pthread_create(&compactor->thread, NULL, compactor_main, compactor) != 0)
        status = fail(fault, STATUS_BROKEN, "", "", "the system gives no more threads");
    if (status) {
        compactor_free(compactor);
        return status;
    }
    *out = compactor;
    return STATUS_OK;
}

void
compactor_stop(struct compactor *compactor)
{
    if (!compactor)
        return;
    sleeper_stop(&compactor->sleeper);
    pthread_join(compactor->thread, NULL);
    compactor_free(compactor);
}
