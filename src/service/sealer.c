#include "service/sealer.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "service/sealing.h"
#include "store/store.h"

enum {
    LOOK_SECONDS = 5,
    SENSORS_A_PASS = 16384,
    STEP_MOST_BYTES = 512 * 1024 * 1024,
};

struct sealer {
    struct store *store;
    struct writer *writer;
    struct tail *tail;
    struct arena arena;
    pthread_t thread;
    struct tail_sensor due[SENSORS_A_PASS];

    pthread_mutex_t lock; /* of all below */
    pthread_cond_t changed;
    bool stopping;

    /* The step that the writer has. */
    struct write_job job;
    struct sealing *sealing;
    bool job_done;
    enum status job_status;
};

static struct call
new_call(struct sealer *sealer)
{
    return (struct call){
        .store = sealer->store,
        .arena = &sealer->arena,
        .actor = &actor_system,
        .tail = sealer->tail,
        .now = utc_now(),
    };
}

static void
prepare_job(struct write_job *job, struct call *call)
{
    struct sealer *sealer = job->owner;

    call->arena = &sealer->arena; /* the sealer waits meanwhile */
}

static enum status
run_job(struct write_job *job, struct call *call)
{
    struct sealer *sealer = job->owner;

    return sealing_write(call, sealer->sealing);
}

static void
job_is_done(struct write_job *job, enum status status, const struct fault *fault)
{
    struct sealer *sealer = job->owner;

    if (status && status != STATUS_BUSY && status != STATUS_CONFLICT)
        log_line(LOG_ERROR, "sealer.failed", "%s", fault->reason);
    /* On the writer's thread, before it does anything else: a reader that finds the
     * messages gone from the index finds them in their blocks. */
    if (!status)
        sealing_forget(sealer->sealing, sealer->tail);
    pthread_mutex_lock(&sealer->lock);
    sealer->job_done = true;
    sealer->job_status = status;
    pthread_cond_signal(&sealer->changed);
    pthread_mutex_unlock(&sealer->lock);
}

/* Hands the step to the writer and waits for it. */
static bool
write_step(struct sealer *sealer)
{
    sealer->job_done = false;
    sealer->job = (struct write_job){
        .prepare = prepare_job, .run = run_job, .done = job_is_done, .owner = sealer,
    };
    if (!writer_put_job(sealer->writer, &sealer->job))
        return false;
    pthread_mutex_lock(&sealer->lock);
    while (!sealer->job_done)
        pthread_cond_wait(&sealer->changed, &sealer->lock);
    bool good = !sealer->job_status;
    pthread_mutex_unlock(&sealer->lock);
    return good;
}

/* Sleeps until it is time to look again. False when the sealer is to stop. */
static bool
wait_to_look(struct sealer *sealer, int seconds)
{
    int64_t until = monotonic_nanoseconds() + seconds * INT64_C(1000000000);
    struct timespec deadline = { .tv_sec = (time_t)(until / 1000000000), .tv_nsec = (long)(until % 1000000000) };

    pthread_mutex_lock(&sealer->lock);
    int waited = 0;
    while (!sealer->stopping && !waited && seconds > 0)
        waited = pthread_cond_timedwait(&sealer->changed, &sealer->lock, &deadline);
    bool go_on = !sealer->stopping;
    pthread_mutex_unlock(&sealer->lock);
    return go_on;
}

/* Seals what is due. False when nothing was, or it failed: look again later. */
static bool
seal_due(struct sealer *sealer)
{
    utc_seconds now = utc_now();
    bool full = tail_count(sealer->tail) > SEALER_MOST_MESSAGES;
    size_t done = 0, count = tail_due(sealer->tail, full ? UTC_NEVER : now - SEALER_MOST_AGE_SECONDS,
                                      sealer->due, SENSORS_A_PASS);

    while (done < count && wait_to_look(sealer, 0)) {
        struct call call = new_call(sealer);
        enum status status = sealing_prepare(&call, sealer->due, count, &done, &sealer->sealing);
        if (status)
            log_line(LOG_ERROR, "sealer.failed", "%s", call.fault.reason);
        bool good = !status && write_step(sealer);
        arena_clear(&sealer->arena);
        if (!good)
            return false;
    }
    return count > 0;
}

static void *
sealer_main(void *with)
{
    struct sealer *sealer = with;

    while (wait_to_look(sealer, LOOK_SECONDS))
        while (seal_due(sealer) && wait_to_look(sealer, 0))
            continue;
    return NULL;
}

static void
sealer_free(struct sealer *sealer)
{
    store_close(sealer->store);
    arena_clear(&sealer->arena);
    pthread_cond_destroy(&sealer->changed);
    pthread_mutex_destroy(&sealer->lock);
    free(sealer);
}

enum status
sealer_start(struct sealer **out, const struct sealer_options *options, struct fault *fault)
{
    struct sealer *sealer = calloc(1, sizeof *sealer);
    pthread_condattr_t monotonic;

    *out = NULL;
    if (!sealer) {
        perror("sealer");
        abort();
    }
    arena_init(&sealer->arena, STEP_MOST_BYTES);
    pthread_mutex_init(&sealer->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&sealer->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    sealer->writer = options->writer;
    sealer->tail = options->tail;

    enum status status = store_open(&sealer->store,
        &(struct store_options){ .url = options->store_url, .mode = STORE_READ_ONLY }, fault);
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
    pthread_mutex_lock(&sealer->lock);
    sealer->stopping = true;
    pthread_cond_signal(&sealer->changed);
    pthread_mutex_unlock(&sealer->lock);
    pthread_join(sealer->thread, NULL);
    sealer_free(sealer);
}
