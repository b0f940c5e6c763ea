#include "service/threads/writer_call.h"

#include <pthread.h>

struct wait_context {
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
writer_call_prepare(struct write_job *job, struct call *call)
{
    const struct wait_context *context = job->owner;

    call->db.arena = context->arena; /* its owner waits meanwhile */
}

static enum status
writer_call_run(struct write_job *job, struct call *call)
{
    const struct wait_context *context = job->owner;

    return context->body(call, context->with);
}

static void
writer_call_done(struct write_job *job, enum status status, const struct fault *fault)
{
    struct wait_context *context = job->owner;

    if (!status && context->committed)
        context->committed(context->with);
    pthread_mutex_lock(&context->lock);
    context->status = status;
    if (status)
        context->fault = *fault;
    context->done = true;
    pthread_cond_signal(&context->ended);
    pthread_mutex_unlock(&context->lock);
}

enum status
writer_call(struct writer *writer, struct arena *arena, transaction_body *body,
            void (*committed)(void *with), void *with, struct fault *fault)
{
    struct wait_context context = {
        .job = { .prepare = writer_call_prepare,
                 .run = writer_call_run,
                 .done = writer_call_done,
                 .owner = &context },
        .arena = arena,
        .body = body,
        .committed = committed,
        .with = with,
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .ended = PTHREAD_COND_INITIALIZER,
    };

    if (!writer_put_job(writer, &context.job))
        return fail(fault, STATUS_BUSY, "", "", "the server is overloaded; try again");
    pthread_mutex_lock(&context.lock);
    while (!context.done)
        pthread_cond_wait(&context.ended, &context.lock);
    pthread_mutex_unlock(&context.lock);
    pthread_cond_destroy(&context.ended);
    pthread_mutex_destroy(&context.lock);
    if (context.status && fault)
        *fault = context.fault;
    return context.status;
}
