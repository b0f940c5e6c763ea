#include "service/threads/sender.h"

#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/sleeper.h"
#include "service/outbox/outbox_turn.h"
#include "service/threads/sender_record.h"
#include "store/store.h"

enum {
    LOOK_MILLISECONDS = 1000, /* a queued message waits for a look at most this long */
    NEXT_LOOK_MILLISECONDS = 50,
    FIRST_REST_MILLISECONDS = 2000,
    LONGEST_REST_MILLISECONDS = 60 * 1000,
    GRACE_MILLISECONDS = 1500, /* for the running tries after sender_stop() */
    MOST_MEMORY_BYTES = 64 * 1024 * 1024,
};

/* The messages of one kind. `lock` guards `ended`; the rest belongs to the thread. */
struct channel {
    struct sender *sender;
    struct transport transport;
    struct store *store;
    struct arena arena;
    struct sender_records records;
    struct outbox_turn turn;
    struct running running;
    int64_t rest_until;        /* monotonic nanoseconds: no try before */
    int64_t rest_milliseconds; /* the last rest; 0: the last try reached the relay */
    bool gave_up;              /* the transport was told to stop */
    struct sleeper sleeper;
    pthread_mutex_t lock;
    struct sending *ended;
    pthread_t thread;
    bool started;
};

struct sender {
    struct sender_options options;
    atomic_llong give_up_at; /* monotonic nanoseconds; 0: it does not stop */
    size_t channel_count;
    struct channel channels[SENDER_MOST_TRANSPORTS];
};

void
sending_end(struct sending *sending, const struct outcome *outcome)
{
    struct channel *channel = sending->channel;

    sending->outcome = *outcome;
    pthread_mutex_lock(&channel->lock);
    sending->ended = channel->ended;
    channel->ended = sending;
    pthread_mutex_unlock(&channel->lock);
    sleeper_wake(&channel->sleeper);
}

static struct call
channel_call(struct channel *channel, struct arena *arena)
{
    return (struct call){
        .db.store = channel->store,
        .db.arena = arena,
        .actor = &actor_system,
        .secret = channel->sender->options.secret,
        .public_url = channel->sender->options.public_url,
        .now = utc_now(),
    };
}

/* Without the address: the log must not reveal the recipient. */
static void
sender_log(const struct channel *channel, const struct sending *sending)
{
    static const char *const events[] = {
        [OUTCOME_SENT] = "sent",           [OUTCOME_LATER] = "later",
        [OUTCOME_FAILED] = "failed",       [OUTCOME_UNREACHED] = "unreached",
        [OUTCOME_STOPPED] = "interrupted",
    };
    const struct outbox_message *message = &sending->message;
    const struct outcome *outcome = &sending->outcome;
    bool good = outcome->end == OUTCOME_SENT || outcome->end == OUTCOME_STOPPED;
    char event[32];

    _Static_assert(sizeof events / sizeof *events == OUTCOME_END_COUNT, "each end has its word");
    snprintf(event, sizeof event, "%s.%s", channel->transport.kind, events[outcome->end]);
    log_line(good ? LOG_INFO : LOG_WARNING, event,
             "purpose=%s message_id=%s attempt=%" PRId64 "%s%s", message->purpose,
             message->message_id, message->attempts, *outcome->words ? " " : "", outcome->words);
}

/* Several tries may find the relay away at the same time. They cause only one rest. */
static void
channel_rest(struct channel *channel, enum outcome_end end)
{
    int64_t now = monotonic_nanoseconds(), rest = 2 * channel->rest_milliseconds;

    if (end != OUTCOME_UNREACHED || !channel->transport.uses_relay) {
        channel->rest_milliseconds = 0;
        return;
    }
    if (now < channel->rest_until)
        return;
    rest = rest < FIRST_REST_MILLISECONDS ? FIRST_REST_MILLISECONDS : rest;
    rest = rest > LONGEST_REST_MILLISECONDS ? LONGEST_REST_MILLISECONDS : rest;
    channel->rest_milliseconds = rest;
    channel->rest_until = now + rest * 1000000;
}

/* Records the tries that have ended. */
static void
channel_finish(struct channel *channel)
{
    struct sending_batch batch = { .count = 0 };

    pthread_mutex_lock(&channel->lock);
    for (; channel->ended; channel->ended = channel->ended->ended)
        batch.items[batch.count++] = channel->ended;
    pthread_mutex_unlock(&channel->lock);
    for (size_t i = 0; i < batch.count; i++) {
        struct call call = channel_call(channel, &batch.items[i]->arena);
        channel->transport.end(channel->transport.with, &call, batch.items[i]);
    }
    sender_record(&channel->records, &batch);
    for (size_t i = 0; i < batch.count; i++) {
        sender_log(channel, batch.items[i]);
        channel_rest(channel, batch.items[i]->outcome.end);
        running_remove(&channel->running, batch.items[i]);
    }
}

/* Records a try that never left this server. If the store is away, it does not count as a try: the
 * sender rests. */
static void
sending_give_back(struct channel *channel, struct sending *sending, enum status status,
                  const char *reason)
{
    struct sending_batch batch = { .items = { sending }, .count = 1 };
    bool away = status == STATUS_BUSY;

    sending->outcome = (struct outcome){ .end = away ? OUTCOME_STOPPED : OUTCOME_LATER };
    if (away)
        channel->rest_until = monotonic_nanoseconds() + LOOK_MILLISECONDS * INT64_C(1000000);
    else
        snprintf(sending->outcome.words, sizeof sending->outcome.words,
                 "the message cannot be sent: %.100s", reason);
    sender_record(&channel->records, &batch);
    sender_log(channel, sending);
    running_remove(&channel->running, sending);
}

static void
sending_start(struct channel *channel, struct sending *sending)
{
    struct call call = channel_call(channel, &sending->arena);
    enum status status = outbox_try_read(&call, &sending->try, &sending->message);

    if (status && sending->message.attempts == 0) {
        /* it is not due any more, or the lease brings it back */
        running_remove(&channel->running, sending);
        return;
    }
    if (!status)
        status = channel->transport.start(channel->transport.with, &call, sending);
    if (status)
        sending_give_back(channel, sending, status, call.db.fault.reason);
}

/* Claims the picked messages, and starts those that it got. Returns the milliseconds until the next
 * look. */
static int64_t
channel_start(struct channel *channel, struct sending_batch *picked)
{
    bool works = sender_claim(&channel->records, picked), any = false;

    for (size_t i = 0; i < picked->count; i++) {
        any = any || picked->items[i]->claimed;
        if (picked->items[i]->claimed)
            sending_start(channel, picked->items[i]);
        else
            running_remove(&channel->running, picked->items[i]);
    }
    if (!works)
        return LOOK_MILLISECONDS;
    return any ? 0 : NEXT_LOOK_MILLISECONDS; /* another server had them first */
}

/* After a relay was away, one try shows whether it is back. */
static bool
channel_has_room(const struct channel *channel)
{
    int64_t now = monotonic_nanoseconds();

    if (now < channel->rest_until || (channel->rest_milliseconds > 0 && channel->running.count > 0))
        return false;
    return running_has_room(&channel->running, &channel->transport.limits, now);
}

/* Picks messages of the list, as far as the limits allow. If no place is left, the next look begins
 * with the next organization. */
static void
channel_pick(struct channel *channel, const struct outbox_try_list *list,
             struct sending_batch *picked)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct outbox_try *try = &list->items[i];
        if (!running_admits(&channel->running, &channel->transport.limits, try))
            continue;
        if (!channel_has_room(channel)) {
            outbox_turn_skip(&channel->turn, list->items[i > 0 ? i - 1 : 0].organization_id);
            return;
        }
        struct sending *sending = running_add(&channel->running, try, monotonic_nanoseconds());
        sending->channel = channel;
        picked->items[picked->count++] = sending;
    }
}

/* Starts what is due. Returns the milliseconds until the next look. */
static int64_t
channel_look(struct channel *channel)
{
    struct sending_batch picked = { .count = 0 };
    struct call call = channel_call(channel, &channel->arena);
    struct outbox_try_list list;
    bool is_idle = channel->turn.is_idle, last;

    if (!channel_has_room(channel))
        return LOOK_MILLISECONDS;
    enum status status =
        outbox_turn_look(&call, channel->transport.kind, &channel->turn, &list, &last);
    if (!status && last)
        outbox_turn_begin(&channel->turn);
    if (!status)
        channel_pick(channel, &list, &picked);
    arena_clear(&channel->arena);
    if (status)
        return LOOK_MILLISECONDS;
    if (picked.count > 0) {
        channel->turn.is_idle = channel->turn.is_idle && last;
        return channel_start(channel, &picked);
    }
    if (!last)
        return NEXT_LOOK_MILLISECONDS;
    return is_idle ? LOOK_MILLISECONDS : 0;
}

/* While the sender stops: how long to wait for running tries. */
static int64_t
channel_wait_for_end(struct channel *channel, int64_t give_up_at)
{
    int64_t left = give_up_at - monotonic_nanoseconds();

    if (left > 0)
        return left / 1000000 + 1;
    if (!channel->gave_up)
        channel->transport.stop(channel->transport.with);
    channel->gave_up = true;
    return LOOK_MILLISECONDS;
}

static void *
channel_main(void *with)
{
    struct channel *channel = with;

    for (;;) {
        int64_t give_up_at = atomic_load(&channel->sender->give_up_at);
        channel_finish(channel);
        if (give_up_at && channel->running.count == 0)
            return NULL;
        int64_t wait = give_up_at ? channel_wait_for_end(channel, give_up_at)
                                  : channel_look(channel);
        (void)sleeper_wait(&channel->sleeper, wait);
    }
}

static enum status
channel_open(struct sender *sender, const struct transport *transport, struct fault *fault)
{
    struct store_options store = *sender->options.store;
    struct channel *channel = &sender->channels[sender->channel_count++];

    assert(transport->limits.most <= SENDER_MOST_RUNNING);
    channel->sender = sender;
    channel->transport = *transport;
    arena_init(&channel->arena, MOST_MEMORY_BYTES);
    sender_records_init(&channel->records, sender->options.writer, &channel->sleeper);
    outbox_turn_begin(&channel->turn);
    sleeper_init(&channel->sleeper);
    pthread_mutex_init(&channel->lock, NULL);
    store.mode = STORE_READ_ONLY;
    enum status status = store_open(&channel->store, &store, fault);
    if (status)
        return status;
    channel->started = pthread_create(&channel->thread, NULL, channel_main, channel) == 0;
    return channel->started
               ? STATUS_OK
               : fail(fault, STATUS_BROKEN, "", "", "the system gives no more threads");
}

enum status
sender_start(struct sender **out, const struct sender_options *options, struct fault *fault)
{
    struct sender *sender = memory_new(1, sizeof *sender);
    enum status status = STATUS_OK;

    *out = NULL;
    sender->options = *options;
    for (size_t i = 0; i < options->transport_count && !status; i++)
        status = channel_open(sender, &options->transports[i], fault);
    if (status)
        sender_stop(sender);
    else
        *out = sender;
    return status;
}

static void
channel_close(struct channel *channel)
{
    if (channel->started)
        pthread_join(channel->thread, NULL);
    store_close(channel->store);
    arena_clear(&channel->arena);
    sender_records_clear(&channel->records);
    sleeper_clear(&channel->sleeper);
    pthread_mutex_destroy(&channel->lock);
}

void
sender_stop(struct sender *sender)
{
    if (!sender)
        return;
    atomic_store(&sender->give_up_at, monotonic_nanoseconds() + GRACE_MILLISECONDS * 1000000LL);
    for (size_t i = 0; i < sender->channel_count; i++)
        sleeper_wake(&sender->channels[i].sleeper);
    for (size_t i = 0; i < sender->channel_count; i++)
        channel_close(&sender->channels[i]);
    free(sender);
}
