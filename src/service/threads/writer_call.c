#include "service/threads/writer_call.h"

#include <pthread.h>

struct waiting {
    struct write_job job;
    struct arena *arena;
    transaction_body *body;
    void (*committed)(void *with);
    void *with;

    pthread_mutex_t lock;
    pthread_cond_t ended;
    bool done;
    enum status status;
    struct fault fault;
};

static void
prepare(struct write_job *job, struct call *call)
{
    const struct waiting *waiting = job->owner;

    call->arena = waiting->arena; /* its owner waits meanwhile */
}

static enum status
run(struct write_job *job, struct call *call)
{
    const struct waiting *waiting = job->owner;

    return waiting->body(call, waiting->with);
}

static void
done(struct write_job *job, enum status status, const struct fault *fault)
{
    struct waiting *waiting = job->owner;

    if (!status && waiting->committed)
        waiting->committed(waiting->with);
    pthread_mutex_lock(&waiting->lock);
    waiting->status = status;
    if (status)
        waiting->fault = *fault;
    waiting->done = true;
    pthread_cond_signal(&waiting->ended);
    pthread_mutex_unlock(&waiting->lock);
}

enum status
writer_call(struct writer *writer, struct arena *arena, transaction_body *body,
            void (*committed)(void *with), void *with, struct fault *fault)
{
    struct waiting waiting = {
        .job = { .prepare = prepare, .run = run, .done = done, .owner = &waiting },
        .arena = arena,
        .body = body,
        .committed = committed,
        .with = with,
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .ended = PTHREAD_COND_INITIALIZER,
    };

    if (!writer_put_job(writer, &waiting.job))
        return fail(fault, STATUS_BUSY, "", "", "too much is waiting already");
    pthread_mutex_lock(&waiting.lock);
    while (!waiting.done)
        pthread_cond_wait(&waiting.ended, &waiting.lock);
    pthread_mutex_unlock(&waiting.lock);
    pthread_cond_destroy(&waiting.ended);
    pthread_mutex_destroy(&waiting.lock);
    if (waiting.status && fault)
        *fault = waiting.fault;
    return waiting.status;
}
