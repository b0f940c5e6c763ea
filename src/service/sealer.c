#include "service/sealer.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/sleeper.h"
#include "service/sealing.h"
#include "service/writer_call.h"
#include "store/store.h"

enum {
    LOOK_MILLISECONDS = 5000,
    SENSORS_A_PASS = 16384,
    STEP_MOST_BYTES = 512 * 1024 * 1024,
};

struct sealer {
    struct store *store;
    struct writer *writer;
    struct tail *tail;
    struct arena arena;
    pthread_t thread;
    struct sleeper sleeper;
    struct sealing *sealing; /* the step on its way */
    struct tail_sensor due[SENSORS_A_PASS];
};

static enum status
write_step(struct call *call, void *with)
{
    const struct sealer *sealer = with;

    return sealing_write(call, sealer->sealing);
}

/* Right after the commit: a reader that finds the messages gone from the index finds
 * them in their blocks. */
static void
step_is_written(void *with)
{
    const struct sealer *sealer = with;

    sealing_forget(sealer->sealing, sealer->tail);
}

static bool
seal_step(struct sealer *sealer, size_t count, size_t *done)
{
    struct call call = {
        .store = sealer->store,
        .arena = &sealer->arena,
        .actor = &actor_system,
        .tail = sealer->tail,
        .now = utc_now(),
    };
    enum status status = sealing_prepare(&call, sealer->due, count, done, &sealer->sealing);

    if (!status)
        status = writer_call(sealer->writer, &sealer->arena, write_step, step_is_written, sealer,
                             &call.fault);
    if (status && status != STATUS_BUSY && status != STATUS_CONFLICT)
        log_line(LOG_ERROR, "sealer.failed", "%s", call.fault.reason);
    arena_clear(&sealer->arena);
    return !status;
}

/* Seals what is due. False when nothing was, or it failed: look again later. */
static bool
seal_due(struct sealer *sealer)
{
    bool full = tail_count(sealer->tail) > SEALER_MOST_MESSAGES;
    utc_seconds before = full ? UTC_NEVER : utc_now() - SEALER_MOST_AGE_SECONDS;
    size_t done = 0, count = tail_due(sealer->tail, before, sealer->due, SENSORS_A_PASS);

    while (done < count && sleeper_wait(&sealer->sleeper, 0))
        if (!seal_step(sealer, count, &done))
            return false;
    return count > 0;
}

static void *
sealer_main(void *with)
{
    struct sealer *sealer = with;

    while (sleeper_wait(&sealer->sleeper, LOOK_MILLISECONDS))
        while (seal_due(sealer) && sleeper_wait(&sealer->sleeper, 0))
            continue;
    return NULL;
}

static void
sealer_free(struct sealer *sealer)
{
    store_close(sealer->store);
    arena_clear(&sealer->arena);
    sleeper_clear(&sealer->sleeper);
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

    struct store_options store = *options->store;
    store.mode = STORE_READ_ONLY;
    enum status status = store_open(&sealer->store, &store, fault);
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
