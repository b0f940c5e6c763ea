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
    struct store *store; /* NULL: to be opened anew */
    struct store_options store_options;
    enum status (*open)(struct store **out, const struct store_options *options,
                        struct fault *fault);
    struct writer *writer;
    struct journal_index *journal_index;
    struct arena arena;
    pthread_t thread;
    struct sleeper sleeper;
    utc_seconds since; /* no message in the index was received before */

    /* The round. */
    struct journal_index_sensor *sensors;
    size_t count, done, next; /* next: done, when the step on its way is written */
    size_t until;             /* no step goes further: one of those behind cannot be compacted */
    size_t passed_by;         /* messages of sensors that cannot be compacted */
    struct compaction *compaction;    /* the step on its way */
    struct journal_trim journal_trim; /* what is compacted */
    size_t swept;
    size_t set_aside; /* messages that the round before has passed by */

    struct compaction_missing behind, gone; /* of the step that was written last */
    struct log_pause behind_pause, gone_pause;
    bool is_behind; /* some step of the round was read from a store that was behind */
};

typedef enum status preparing(struct call *call, const struct journal_index_sensor *sensors,
                              size_t count, size_t *done, struct compaction **out);

static enum status
prepare_step(struct compactor *compactor, preparing *prepare, struct fault *fault)
{
    struct call call = {
        .db.store = compactor->store,
        .db.arena = &compactor->arena,
        .actor = &actor_system,
        .journal_index = compactor->journal_index,
        .now = utc_now(),
    };

    compactor->next = compactor->done;
    enum status status = prepare(&call, compactor->sensors, compactor->until, &compactor->next,
                                 &compactor->compaction);
    if (status)
        *fault = call.db.fault;
    return status;
}

static enum status
compactor_write_step(struct call *call, void *with)
{
    const struct compactor *compactor = with;

    return compaction_write(call, compactor->compaction);
}

static enum status
prepare_and_write_step(struct call *call, void *with)
{
    struct compactor *compactor = with;
    enum status status = prepare_step(compactor, compaction_prepare_long, &call->db.fault);

    return status ? status : compaction_write(call, compactor->compaction);
}

/* Right after the commit: a reader that finds the messages gone from the index finds
 * them in their blocks. */
static void
step_is_written(void *with)
{
    struct compactor *compactor = with;

    compaction_find_missing(compactor->compaction, &compactor->behind, &compactor->gone);
    compaction_forget(compactor->compaction, compactor->journal_index, &compactor->journal_trim);
    compactor->done = compactor->next;
    compactor->until = compactor->count;
}

/* Something is broken, and will be the next time. */
static bool
is_fault(enum status status)
{
    return status && status != STATUS_BUSY && status != STATUS_CONFLICT;
}

static bool
step_is_good(struct compactor *compactor, enum status status, const struct fault *fault)
{
    if (is_fault(status))
        log_line(LOG_ERROR, "compactor.failed", "%s", fault->reason);
    arena_clear(&compactor->arena);
    return !status;
}

static void
log_missing(struct log_pause *pause, enum log_level level, const char *event,
            const struct compaction_missing *missing, const char *words)
{
    uint64_t times = missing->count ? log_pause_count(pause, monotonic_nanoseconds()) : 0;

    if (times > 0)
        log_line(level, event,
                 "organization=%" PRId64 " sensor=%" PRId64 " messages=%zu first_id=%" PRId64
                 " steps=%" PRIu64 " %s",
                 missing->organization_id, missing->sensor_id, missing->count, missing->first_id,
                 times, words);
}

static void
drop_store(struct compactor *compactor)
{
    store_close(compactor->store);
    compactor->store = NULL;
}

/* Where several serve one store, another one may have compacted messages that the index names. */
static void
look_at_missing(struct compactor *compactor)
{
    bool is_shared = store_is_shared(compactor->store);

    log_missing(&compactor->gone_pause, is_shared ? LOG_INFO : LOG_ERROR, "compactor.gone",
                &compactor->gone,
                "they are no longer in the journal and are dropped from the index");
    log_missing(&compactor->behind_pause, LOG_ERROR, "compactor.behind", &compactor->behind,
                "the reading connection does not show what the writer sees: they are compacted "
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
           || !compactor->open(&compactor->store, &compactor->store_options, &fault);
}

/* The sensor is told of once, and tried again in each round. */
static void
pass_by(struct compactor *compactor, const struct fault *fault)
{
    int64_t sensor_id = compactor->sensors[compactor->done].sensor_id;
    bool newly;

    compactor->passed_by += journal_index_set_aside(compactor->journal_index, sensor_id, &newly);
    if (newly)
        log_line(LOG_ERROR, "compactor.failed", "sensor=%" PRId64 " %s", sensor_id, fault->reason);
    compactor->done++;
    compactor->until = compactor->count;
}

/* One sensor that cannot be compacted must not keep the others from it: the step is tried again
 * with half of its sensors until one is left. */
static void
narrow_step(struct compactor *compactor, const struct fault *fault)
{
    size_t tried = compactor->next - compactor->done;

    if (tried > 1)
        compactor->until = compactor->done + tried / 2;
    else
        pass_by(compactor, fault);
    arena_clear(&compactor->arena);
}

/* Those that can be compacted, as far as the round before knows. */
static size_t
messages(const struct compactor *compactor)
{
    size_t count = journal_index_count(compactor->journal_index);

    return count > compactor->set_aside ? count - compactor->set_aside : 0;
}

/* Far behind, the step is prepared on the writer's thread, and longer: senders wait for it, and
 * what gathers meanwhile is about as much as it compacts. */
static bool
compact_step(struct compactor *compactor)
{
    bool behind = messages(compactor) > 2 * compactor_most_messages(compactor->journal_index);
    struct fault fault;

    if (!has_store(compactor))
        return false;
    compactor->next = compactor->done;
    compactor->behind.count = compactor->gone.count = 0;
    enum status status = behind ? STATUS_OK : prepare_step(compactor, compaction_prepare, &fault);

    if (!status)
        status = writer_call(compactor->writer, &compactor->arena,
                             behind ? prepare_and_write_step : compactor_write_step,
                             step_is_written, compactor, &fault);
    if (!status)
        look_at_missing(compactor);
    if (status == STATUS_CONFLICT)
        drop_store(compactor); /* for the case that it is its snapshots that are too old */
    if (!is_fault(status) || compactor->next == compactor->done)
        return step_is_good(compactor, status, &fault);
    narrow_step(compactor, &fault);
    return true;
}

static enum status
trim_some(struct call *call, void *with)
{
    struct compactor *compactor = with;

    return journal_trim_step(call, &compactor->journal_trim, compactor->swept);
}

static void
look_at_oldest(struct compactor *compactor)
{
    utc_seconds now = utc_now(), oldest = journal_index_oldest(compactor->journal_index);

    compactor->since = oldest < now ? oldest : now;
}

static enum status
rebuild_index(struct call *call, void *with)
{
    struct compactor *compactor = with;

    call->journal_index = compactor->journal_index;
    return journal_index_rebuild(call);
}

/* All that the journal holds is compacted again; what is in a block already stays as it is. */
static void
begin_again(struct compactor *compactor, const struct fault *why)
{
    struct fault fault;

    log_line(LOG_ERROR, "compactor.lost_blocks", "%s: the journal is compacted again", why->reason);
    if (writer_call(compactor->writer, &compactor->arena, rebuild_index, NULL, compactor, &fault))
        return; /* the next round tries it again */
    journal_trim_clear(&compactor->journal_trim);
    compactor->swept = 0;
    look_at_oldest(compactor);
}

static bool
goes_on(struct compactor *compactor)
{
    return sleeper_wait(&compactor->sleeper, 0);
}

/* Deletes what is compacted. What a failure leaves is deleted in the next round. */
static bool
journal_trim(struct compactor *compactor)
{
    bool good = true;

    journal_trim_sort(&compactor->journal_trim);
    compactor->swept = 0;
    while (good && compactor->swept < compactor->journal_trim.count && goes_on(compactor)) {
        struct fault fault;
        enum status status =
            writer_call(compactor->writer, &compactor->arena, trim_some, NULL, compactor, &fault);
        if (!status)
            compactor->swept += journal_trim_step_rows(&compactor->journal_trim, compactor->swept);
        if (status == STATUS_CONFLICT)
            begin_again(compactor, &fault);
        good = step_is_good(compactor, status, &fault);
    }
    journal_trim_remove(&compactor->journal_trim, compactor->swept);
    return good;
}

/* Compacts the messages of every sensor that has some when it begins, and can be compacted. */
static bool
compact_round(struct compactor *compactor)
{
    bool good = true;

    compactor->done = compactor->passed_by = 0;
    compactor->is_behind = false;
    compactor->count = compactor->until =
        journal_index_sensors(compactor->journal_index, &compactor->sensors);
    while (good && compactor->done < compactor->count && goes_on(compactor))
        good = compact_step(compactor);
    free(compactor->sensors);
    compactor->set_aside = compactor->passed_by;
    look_at_oldest(compactor);
    return journal_trim(compactor) && good && !compactor->is_behind;
}

static bool
is_due(struct compactor *compactor)
{
    utc_seconds now = utc_now();
    size_t count = messages(compactor);

    if (count == 0)
        compactor->since = now;
    return now - compactor->since >= COMPACTOR_MOST_AGE_SECONDS
           || count > compactor_most_messages(compactor->journal_index);
}

size_t
compactor_most_messages(struct journal_index *journal_index)
{
    size_t most = COMPACTOR_MOST_A_SENSOR * journal_index_sensor_count(journal_index);

    return most > COMPACTOR_MOST_MESSAGES ? most : COMPACTOR_MOST_MESSAGES;
}

static void *
compactor_main(void *with)
{
    struct compactor *compactor = with;

    while (sleeper_wait(&compactor->sleeper, LOOK_MILLISECONDS))
        while (is_due(compactor) && compact_round(compactor) && goes_on(compactor))
            continue;
    return NULL;
}

static void
compactor_free(struct compactor *compactor)
{
    store_close(compactor->store);
    arena_clear(&compactor->arena);
    sleeper_clear(&compactor->sleeper);
    journal_trim_clear(&compactor->journal_trim);
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
    compactor->writer = options->writer;
    compactor->journal_index = options->journal_index;
    look_at_oldest(compactor);

    compactor->open = options->open ? options->open : store_open;
    compactor->store_options = *options->store;
    compactor->store_options.mode = STORE_READ_ONLY;
    enum status status = compactor->open(&compactor->store, &compactor->store_options, fault);
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
