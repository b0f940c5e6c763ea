#include "service/threads/sealer.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/sleeper.h"
#include "service/measurement/sealing.h"
#include "service/threads/writer_call.h"
#include "store/store.h"

enum {
    LOOK_MILLISECONDS = 1000,
    STEP_MOST_BYTES = 512 * 1024 * 1024,
};

struct sealer {
    struct store *store; /* NULL: to be opened anew */
    struct store_options store_options;
    enum status (*open)(struct store **out, const struct store_options *options,
                        struct fault *fault);
    struct writer *writer;
    struct tail *tail;
    struct arena arena;
    pthread_t thread;
    struct sleeper sleeper;
    utc_seconds since; /* no message in the index was received before */

    /* The round. */
    struct tail_sensor *sensors;
    size_t count, done, next; /* next: done, when the step on its way is written */
    size_t until;             /* no step goes further: one of those behind cannot be sealed */
    size_t passed_by;         /* messages of sensors that cannot be sealed */
    struct sealing *sealing;  /* the step on its way */
    struct sweep sweep;       /* what is sealed */
    size_t swept;
    size_t set_aside; /* messages that the round before has passed by */

    struct sealing_missing behind, gone; /* of the step that was written last */
    struct log_pause behind_pause, gone_pause;
    bool is_behind; /* some step of the round was read from a store that was behind */
};

typedef enum status preparing(struct call *call, const struct tail_sensor *sensors, size_t count,
                              size_t *done, struct sealing **out);

static enum status
prepare_step(struct sealer *sealer, preparing *prepare, struct fault *fault)
{
    struct call call = {
        .store = sealer->store,
        .arena = &sealer->arena,
        .actor = &actor_system,
        .tail = sealer->tail,
        .now = utc_now(),
    };

    sealer->next = sealer->done;
    enum status status =
        prepare(&call, sealer->sensors, sealer->until, &sealer->next, &sealer->sealing);
    if (status)
        *fault = call.fault;
    return status;
}

static enum status
write_step(struct call *call, void *with)
{
    const struct sealer *sealer = with;

    return sealing_write(call, sealer->sealing);
}

static enum status
prepare_and_write_step(struct call *call, void *with)
{
    struct sealer *sealer = with;
    enum status status = prepare_step(sealer, sealing_prepare_long, &call->fault);

    return status ? status : sealing_write(call, sealer->sealing);
}

/* Right after the commit: a reader that finds the messages gone from the index finds
 * them in their blocks. */
static void
step_is_written(void *with)
{
    struct sealer *sealer = with;

    sealing_find_missing(sealer->sealing, &sealer->behind, &sealer->gone);
    sealing_forget(sealer->sealing, sealer->tail, &sealer->sweep);
    sealer->done = sealer->next;
    sealer->until = sealer->count;
}

/* Something is broken, and will be the next time. */
static bool
is_fault(enum status status)
{
    return status && status != STATUS_BUSY && status != STATUS_CONFLICT;
}

static bool
step_is_good(struct sealer *sealer, enum status status, const struct fault *fault)
{
    if (is_fault(status))
        log_line(LOG_ERROR, "sealer.failed", "%s", fault->reason);
    arena_clear(&sealer->arena);
    return !status;
}

static void
log_missing(struct log_pause *pause, enum log_level level, const char *event,
            const struct sealing_missing *missing, const char *words)
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
drop_store(struct sealer *sealer)
{
    store_close(sealer->store);
    sealer->store = NULL;
}

/* Where several serve one store, another one may have sealed messages that the index names. */
static void
look_at_missing(struct sealer *sealer)
{
    bool is_shared = store_is_shared(sealer->store);

    log_missing(&sealer->gone_pause, is_shared ? LOG_INFO : LOG_ERROR, "sealer.gone", &sealer->gone,
                "they are no longer in the journal and are dropped from the index");
    log_missing(&sealer->behind_pause, LOG_ERROR, "sealer.behind", &sealer->behind,
                "the reading connection does not show what the writer sees: they are sealed "
                "later, over a new connection");
    if (sealer->behind.count == 0)
        return;
    sealer->is_behind = true;
    drop_store(sealer);
}

static bool
has_store(struct sealer *sealer)
{
    struct fault fault;

    return sealer->store || !sealer->open(&sealer->store, &sealer->store_options, &fault);
}

/* The sensor is told of once, and tried again in each round. */
static void
pass_by(struct sealer *sealer, const struct fault *fault)
{
    int64_t sensor_id = sealer->sensors[sealer->done].sensor_id;
    bool newly;

    sealer->passed_by += tail_set_aside(sealer->tail, sensor_id, &newly);
    if (newly)
        log_line(LOG_ERROR, "sealer.failed", "sensor=%" PRId64 " %s", sensor_id, fault->reason);
    sealer->done++;
    sealer->until = sealer->count;
}

/* One sensor that cannot be sealed must not keep the others from it: the step is tried again with
 * half of its sensors until one is left. */
static void
narrow_step(struct sealer *sealer, const struct fault *fault)
{
    size_t tried = sealer->next - sealer->done;

    if (tried > 1)
        sealer->until = sealer->done + tried / 2;
    else
        pass_by(sealer, fault);
    arena_clear(&sealer->arena);
}

/* Those that can be sealed, as far as the round before knows. */
static size_t
messages(const struct sealer *sealer)
{
    size_t count = tail_count(sealer->tail);

    return count > sealer->set_aside ? count - sealer->set_aside : 0;
}

/* Far behind, the step is prepared on the writer's thread, and longer: senders wait for it, and
 * what gathers meanwhile is about as much as it seals. */
static bool
seal_step(struct sealer *sealer)
{
    bool behind = messages(sealer) > 2 * sealer_most_messages(sealer->tail);
    struct fault fault;

    if (!has_store(sealer))
        return false;
    sealer->next = sealer->done;
    sealer->behind.count = sealer->gone.count = 0;
    enum status status = behind ? STATUS_OK : prepare_step(sealer, sealing_prepare, &fault);

    if (!status)
        status = writer_call(sealer->writer, &sealer->arena,
                             behind ? prepare_and_write_step : write_step, step_is_written, sealer,
                             &fault);
    if (!status)
        look_at_missing(sealer);
    if (status == STATUS_CONFLICT)
        drop_store(sealer); /* for the case that it is its snapshots that are too old */
    if (!is_fault(status) || sealer->next == sealer->done)
        return step_is_good(sealer, status, &fault);
    narrow_step(sealer, &fault);
    return true;
}

static enum status
sweep_some(struct call *call, void *with)
{
    struct sealer *sealer = with;

    return sweep_step(call, &sealer->sweep, sealer->swept);
}

static void
look_at_oldest(struct sealer *sealer)
{
    utc_seconds now = utc_now(), oldest = tail_oldest(sealer->tail);

    sealer->since = oldest < now ? oldest : now;
}

static enum status
rebuild_index(struct call *call, void *with)
{
    struct sealer *sealer = with;

    call->tail = sealer->tail;
    return tail_rebuild(call);
}

/* All that the journal holds is sealed again; what is in a block already stays as it is. */
static void
begin_again(struct sealer *sealer, const struct fault *why)
{
    struct fault fault;

    log_line(LOG_ERROR, "sealer.lost_blocks", "%s: the journal is sealed again", why->reason);
    if (writer_call(sealer->writer, &sealer->arena, rebuild_index, NULL, sealer, &fault))
        return; /* the next round tries it again */
    sweep_clear(&sealer->sweep);
    sealer->swept = 0;
    look_at_oldest(sealer);
}

static bool
goes_on(struct sealer *sealer)
{
    return sleeper_wait(&sealer->sleeper, 0);
}

/* Deletes what is sealed. What a failure leaves is deleted in the next round. */
static bool
sweep(struct sealer *sealer)
{
    bool good = true;

    sweep_sort(&sealer->sweep);
    sealer->swept = 0;
    while (good && sealer->swept < sealer->sweep.count && goes_on(sealer)) {
        struct fault fault;
        enum status status =
            writer_call(sealer->writer, &sealer->arena, sweep_some, NULL, sealer, &fault);
        if (!status)
            sealer->swept += sweep_step_rows(&sealer->sweep, sealer->swept);
        if (status == STATUS_CONFLICT)
            begin_again(sealer, &fault);
        good = step_is_good(sealer, status, &fault);
    }
    sweep_remove(&sealer->sweep, sealer->swept);
    return good;
}

/* Seals the messages of every sensor that has some when it begins, and can be sealed. */
static bool
seal_round(struct sealer *sealer)
{
    bool good = true;

    sealer->done = sealer->passed_by = 0;
    sealer->is_behind = false;
    sealer->count = sealer->until = tail_sensors(sealer->tail, &sealer->sensors);
    while (good && sealer->done < sealer->count && goes_on(sealer))
        good = seal_step(sealer);
    free(sealer->sensors);
    sealer->set_aside = sealer->passed_by;
    look_at_oldest(sealer);
    return sweep(sealer) && good && !sealer->is_behind;
}

static bool
is_due(struct sealer *sealer)
{
    utc_seconds now = utc_now();
    size_t count = messages(sealer);

    if (count == 0)
        sealer->since = now;
    return now - sealer->since >= SEALER_MOST_AGE_SECONDS
           || count > sealer_most_messages(sealer->tail);
}

size_t
sealer_most_messages(struct tail *tail)
{
    size_t most = SEALER_MOST_A_SENSOR * tail_sensor_count(tail);

    return most > SEALER_MOST_MESSAGES ? most : SEALER_MOST_MESSAGES;
}

static void *
sealer_main(void *with)
{
    struct sealer *sealer = with;

    while (sleeper_wait(&sealer->sleeper, LOOK_MILLISECONDS))
        while (is_due(sealer) && seal_round(sealer) && goes_on(sealer))
            continue;
    return NULL;
}

static void
sealer_free(struct sealer *sealer)
{
    store_close(sealer->store);
    arena_clear(&sealer->arena);
    sleeper_clear(&sealer->sleeper);
    sweep_clear(&sealer->sweep);
    free(sealer);
}

enum status
sealer_start(struct sealer **out, const struct sealer_options *options, struct fault *fault)
{
    struct sealer *sealer = memory_new(1, sizeof *sealer);

    *out = NULL;
    arena_init(&sealer->arena, STEP_MOST_BYTES);
    sleeper_init(&sealer->sleeper);
    sealer->writer = options->writer;
    sealer->tail = options->tail;
    look_at_oldest(sealer);

    sealer->open = options->open ? options->open : store_open;
    sealer->store_options = *options->store;
    sealer->store_options.mode = STORE_READ_ONLY;
    enum status status = sealer->open(&sealer->store, &sealer->store_options, fault);
    if (!status && pthread_create(&sealer->thread, NULL, sealer_main, sealer) != 0)
        status = fail(fault, STATUS_BROKEN, "", "", "the system gives no more threads");
    if (status) {
        sealer_free(sealer);
        return status;
    }
    *out = sealer;
    return STATUS_OK;
}

void
sealer_stop(struct sealer *sealer)
{
    if (!sealer)
        return;
    sleeper_stop(&sealer->sleeper);
    pthread_join(sealer->thread, NULL);
    sealer_free(sealer);
}
