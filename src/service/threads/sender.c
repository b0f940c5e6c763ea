#include "service/threads/sender.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/sleeper.h"
#include "service/outbox/outbox_try.h"
#include "service/threads/writer_call.h"
#include "store/store.h"

enum {
    LOOK_MILLISECONDS = 1000, /* the longest that a queued message waits for a thread */
    FIRST_REST_MILLISECONDS = 2000,
    LONGEST_REST_MILLISECONDS = 60 * 1000,
    GRACE_MILLISECONDS = 1500, /* for the running tries after sender_stop() */
    MOST_MEMORY_BYTES = 256 * 1024 * 1024,
    RECORD_TRIES = 5, /* of writing an outcome */
    RECORD_PAUSE_MILLISECONDS = 200,
    MOST_THREADS = SENDER_MOST_TRANSPORTS * SENDER_THREADS,
};

/* Shared by the threads of one transport. */
struct channel {
    struct transport transport;
    atomic_llong rest_until;        /* monotonic nanoseconds: no try before */
    atomic_llong rest_milliseconds; /* the last rest; 0: the last try reached it */
};

struct worker {
    struct sender *sender;
    struct channel *channel;
    struct store *store;
    struct arena arena, writer_arena;
    pthread_t thread;
    bool started;
};

struct sender {
    struct sender_options options;
    struct sleeper sleeper;
    atomic_llong give_up_at; /* monotonic nanoseconds; 0: never */
    struct channel channels[SENDER_MOST_TRANSPORTS];
    size_t worker_count;
    struct worker workers[MOST_THREADS];
};

bool
sender_stop_asked(void *sender)
{
    struct sender *asked = sender;
    long long at = asked ? atomic_load(&asked->give_up_at) : 0;

    return at != 0 && monotonic_nanoseconds() >= at;
}

struct claim_context {
    const struct outbox_try *try;
    bool claimed;
};

static enum status
sender_claim_body(struct call *call, void *with)
{
    struct claim_context *context = with;

    return outbox_try_claim(call, context->try, &context->claimed);
}

struct record_context {
    const struct outbox_try *try;
    int64_t attempt;
    const struct outcome *outcome;
};

static enum status
sender_record_body(struct call *call, void *with)
{
    const struct record_context *context = with;

    return outbox_try_finish(call, context->try, context->attempt, context->outcome);
}

static struct call
worker_call(struct worker *worker)
{
    return (struct call){
        .db.store = worker->store,
        .db.arena = &worker->arena,
        .actor = &actor_system,
        .secret = worker->sender->options.secret,
        .public_url = worker->sender->options.public_url,
        .now = utc_now(),
    };
}

/* Without the address: the log must not reveal the recipient. */
static void
sender_log(const struct worker *worker, const struct outbox_message *message,
           const struct outcome *outcome)
{
    static const char *const events[] = {
        [OUTCOME_SENT] = "sent",           [OUTCOME_LATER] = "later",
        [OUTCOME_FAILED] = "failed",       [OUTCOME_UNREACHED] = "unreached",
        [OUTCOME_STOPPED] = "interrupted",
    };
    bool good = outcome->end == OUTCOME_SENT || outcome->end == OUTCOME_STOPPED;
    char event[32];

    _Static_assert(sizeof events / sizeof *events == OUTCOME_END_COUNT, "each end has its word");
    snprintf(event, sizeof event, "%s.%s", worker->channel->transport.kind, events[outcome->end]);
    log_line(good ? LOG_INFO : LOG_WARNING, event,
             "purpose=%s message_id=%s attempt=%" PRId64 "%s%s", message->purpose,
             message->message_id, message->attempts, *outcome->words ? " " : "", outcome->words);
}

static enum status
sender_write(struct worker *worker, transaction_body *body, void *with, struct fault *fault)
{
    struct writer_work work = { body, .with = with, .arena = &worker->writer_arena };
    enum status status = writer_call(worker->sender->options.writer, &work, fault);

    arena_clear(&worker->writer_arena);
    return status;
}

/* Writes the outcome. Tries again if the writer is busy: else the message would be sent once
 * more. */
static void
sender_record(struct worker *worker, struct record_context context)
{
    struct fault fault = { 0 };

    for (int i = 0; i < RECORD_TRIES; i++) {
        if (!sender_write(worker, sender_record_body, &context, &fault))
            return;
        (void)sleeper_wait(&worker->sender->sleeper, RECORD_PAUSE_MILLISECONDS);
    }
    log_line(LOG_ERROR, "sender.not_noted", "a message will be sent once more: %s", fault.reason);
}

static bool
sender_claim(struct worker *worker, const struct outbox_try *try)
{
    struct claim_context context = { .try = try };
    struct fault fault;
    enum status status = sender_write(worker, sender_claim_body, &context, &fault);

    if (status && status != STATUS_BUSY)
        log_line(LOG_ERROR, "sender.failed", "%s", fault.reason);
    return !status && context.claimed;
}

static void
channel_rest(struct channel *channel, enum outcome_end end)
{
    long long rest = 2 * atomic_load(&channel->rest_milliseconds);

    if (end != OUTCOME_UNREACHED || !channel->transport.uses_relay) {
        atomic_store(&channel->rest_milliseconds, 0);
        return;
    }
    rest = rest < FIRST_REST_MILLISECONDS ? FIRST_REST_MILLISECONDS : rest;
    rest = rest > LONGEST_REST_MILLISECONDS ? LONGEST_REST_MILLISECONDS : rest;
    atomic_store(&channel->rest_milliseconds, rest);
    atomic_store(&channel->rest_until, monotonic_nanoseconds() + rest * 1000000);
}

static void
worker_try(struct worker *worker, const struct outbox_try *try)
{
    const struct transport *transport = &worker->channel->transport;
    struct outbox_message message;
    struct outcome outcome = { .end = OUTCOME_LATER };
    struct call call = worker_call(worker);

    if (!sender_claim(worker, try))
        return;
    enum status status = outbox_try_read(&call, try, &message);
    if (status && message.attempts == 0)
        return; /* it is not due any more, or the lease brings it back */
    message.sender = worker->sender;
    if (status) {
        snprintf(outcome.words, sizeof outcome.words, "the message cannot be read: %.100s",
                 call.db.fault.reason);
    } else if (transport->send(transport->with, &call, &message, &outcome)) {
        outcome.end = OUTCOME_STOPPED;
        (void)sleeper_wait(&worker->sender->sleeper, LOOK_MILLISECONDS);
    }
    sender_record(worker, (struct record_context){ try, message.attempts, &outcome });
    sender_log(worker, &message, &outcome);
    channel_rest(worker->channel, outcome.end);
}

static bool
worker_may_try(struct worker *worker)
{
    return sleeper_wait(&worker->sender->sleeper, 0)
           && monotonic_nanoseconds() >= atomic_load(&worker->channel->rest_until);
}

static void *
worker_main(void *with)
{
    struct worker *worker = with;
    struct outbox_try tries[OUTBOX_TRY_MOST];
    int64_t wait = 0;

    while (sleeper_wait(&worker->sender->sleeper, wait)) {
        struct call call = worker_call(worker);
        size_t count = 0;
        wait = LOOK_MILLISECONDS;
        if (!worker_may_try(worker)
            || outbox_try_find(&call, worker->channel->transport.kind, tries, &count))
            count = 0;
        arena_clear(&worker->arena);
        for (size_t i = 0; i < count && worker_may_try(worker); i++) {
            worker_try(worker, &tries[i]);
            arena_clear(&worker->arena);
            wait = 0;
        }
    }
    return NULL;
}

static enum status
worker_start(struct sender *sender, struct channel *channel, struct fault *fault)
{
    struct store_options store = *sender->options.store;
    struct worker *worker = &sender->workers[sender->worker_count++];

    worker->sender = sender;
    worker->channel = channel;
    arena_init(&worker->arena, MOST_MEMORY_BYTES);
    arena_init(&worker->writer_arena, MOST_MEMORY_BYTES);
    store.mode = STORE_READ_ONLY;
    enum status status = store_open(&worker->store, &store, fault);
    if (status)
        return status;
    worker->started = pthread_create(&worker->thread, NULL, worker_main, worker) == 0;
    return worker->started ? STATUS_OK
                           : fail(fault, STATUS_BROKEN, "", "", "the system gives no more threads");
}

enum status
sender_start(struct sender **out, const struct sender_options *options, struct fault *fault)
{
    struct sender *sender = memory_new(1, sizeof *sender);
    enum status status = STATUS_OK;

    *out = NULL;
    sleeper_init(&sender->sleeper);
    sender->options = *options;
    for (size_t i = 0; i < options->transport_count && i < SENDER_MOST_TRANSPORTS; i++) {
        sender->channels[i].transport = options->transports[i];
        for (int j = 0; j < SENDER_THREADS && !status; j++)
            status = worker_start(sender, &sender->channels[i], fault);
    }
    if (status)
        sender_stop(sender);
    else
        *out = sender;
    return status;
}

void
sender_stop(struct sender *sender)
{
    if (!sender)
        return;
    atomic_store(&sender->give_up_at, monotonic_nanoseconds() + GRACE_MILLISECONDS * 1000000LL);
    sleeper_stop(&sender->sleeper);
    for (size_t i = 0; i < sender->worker_count; i++) {
        struct worker *worker = &sender->workers[i];
        if (worker->started)
            pthread_join(worker->thread, NULL);
        store_close(worker->store);
        arena_clear(&worker->arena);
        arena_clear(&worker->writer_arena);
    }
    sleeper_clear(&sender->sleeper);
    free(sender);
}
