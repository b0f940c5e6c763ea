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
    LOOK_MILLISECONDS = 1000, /* how long a message that was queued waits at most for a thread */
    FIRST_REST_MILLISECONDS = 2000,
    LONGEST_REST_MILLISECONDS = 60 * 1000,
    GRACE_MILLISECONDS = 1500, /* what is under way at the end may come to its own */
    MOST_MEMORY_BYTES = 256 * 1024 * 1024,
    NOTE_TRIES = 5, /* what was sent is to be known as sent */
    NOTE_PAUSE_MILLISECONDS = 200,
    MOST_THREADS = SENDER_MOST_TRANSPORTS * SENDER_THREADS,
};

/* What the threads of one transport share. */
struct way {
    struct transport transport;
    atomic_llong rest_until;        /* monotonic nanoseconds: nothing is tried before */
    atomic_llong rest_milliseconds; /* the last rest; 0: it was reached */
};

struct lane {
    struct sender *sender;
    struct way *way;
    struct store *store;
    struct arena arena, writer_arena;
    pthread_t thread;
    bool started;
};

struct sender {
    struct writer *writer;
    const struct secret_key *secret;
    const char *public_url;
    struct sleeper sleeper;
    atomic_llong give_up_at; /* monotonic nanoseconds; 0: not at all */
    struct way ways[SENDER_MOST_TRANSPORTS];
    size_t lane_count;
    struct lane lanes[MOST_THREADS];
};

bool
sender_stop_asked(void *sender)
{
    struct sender *asked = sender;
    long long at = asked ? atomic_load(&asked->give_up_at) : 0;

    return at != 0 && monotonic_nanoseconds() >= at;
}

struct claiming {
    const struct outbox_try *try;
    bool claimed;
};

static enum status
claim_body(struct call *call, void *with)
{
    struct claiming *claiming = with;

    return outbox_try_claim(call, claiming->try, &claiming->claimed);
}

struct noting {
    const struct outbox_try *try;
    int64_t attempt;
    const struct outcome *outcome;
};

static enum status
note_body(struct call *call, void *with)
{
    const struct noting *noting = with;

    return outbox_try_note(call, noting->try, noting->attempt, noting->outcome);
}

static struct call
reading(struct lane *lane)
{
    return (struct call){
        .store = lane->store,
        .arena = &lane->arena,
        .actor = &actor_system,
        .secret = lane->sender->secret,
        .public_url = lane->sender->public_url,
        .now = utc_now(),
    };
}

/* Never the address: who reads the log need not know to whom. */
static void
tell(const struct lane *lane, const struct outbox_message *message, const struct outcome *outcome)
{
    static const char *const events[] = {
        [OUTCOME_SENT] = "sent",           [OUTCOME_LATER] = "later",
        [OUTCOME_FAILED] = "failed",       [OUTCOME_UNREACHED] = "unreached",
        [OUTCOME_STOPPED] = "interrupted",
    };
    bool good = outcome->end == OUTCOME_SENT || outcome->end == OUTCOME_STOPPED;
    char event[32];

    _Static_assert(sizeof events / sizeof *events == OUTCOME_END_COUNT, "each end has its word");
    snprintf(event, sizeof event, "%s.%s", lane->way->transport.kind, events[outcome->end]);
    log_line(good ? LOG_INFO : LOG_WARNING, event,
             "purpose=%s message_id=%s attempt=%" PRId64 "%s%s", message->purpose,
             message->message_id, message->attempts, *outcome->words ? " " : "", outcome->words);
}

/* Without it the message would go out once more, so that a busy writer is asked again. */
static void
note(struct lane *lane, const struct noting *noting)
{
    enum status status = STATUS_BUSY;
    struct fault fault = { 0 };

    for (int i = 0; i < NOTE_TRIES && status; i++) {
        struct noting with = *noting;
        status =
            writer_call(lane->sender->writer, &lane->writer_arena, note_body, NULL, &with, &fault);
        arena_clear(&lane->writer_arena);
        if (status)
            (void)sleeper_wait(&lane->sender->sleeper, NOTE_PAUSE_MILLISECONDS);
    }
    if (status)
        log_line(LOG_ERROR, "sender.not_noted", "a message will be sent once more: %s",
                 fault.reason);
}

static bool
claim(struct lane *lane, const struct outbox_try *try)
{
    struct claiming claiming = { .try = try };
    struct fault fault;
    enum status status =
        writer_call(lane->sender->writer, &lane->writer_arena, claim_body, NULL, &claiming, &fault);

    arena_clear(&lane->writer_arena);
    if (status && status != STATUS_BUSY)
        log_line(LOG_ERROR, "sender.failed", "%s", fault.reason);
    return !status && claiming.claimed;
}

static void
rest_or_go_on(struct way *way, enum outcome_end end)
{
    long long rest = 2 * atomic_load(&way->rest_milliseconds);

    if (end != OUTCOME_UNREACHED || !way->transport.one_way) {
        atomic_store(&way->rest_milliseconds, 0);
        return;
    }
    rest = rest < FIRST_REST_MILLISECONDS ? FIRST_REST_MILLISECONDS : rest;
    rest = rest > LONGEST_REST_MILLISECONDS ? LONGEST_REST_MILLISECONDS : rest;
    atomic_store(&way->rest_milliseconds, rest);
    atomic_store(&way->rest_until, monotonic_nanoseconds() + rest * 1000000);
}

static void
try_one(struct lane *lane, const struct outbox_try *try)
{
    const struct transport *transport = &lane->way->transport;
    struct outbox_message message;
    struct outcome outcome = { .end = OUTCOME_LATER };
    struct call call = reading(lane);

    if (!claim(lane, try))
        return;
    enum status status = outbox_try_read(&call, try, &message);
    if (status && message.attempts == 0)
        return; /* it waits no more, or the lease brings it back */
    message.sender = lane->sender;
    if (status) {
        snprintf(outcome.words, sizeof outcome.words, "what it says cannot be read: %.100s",
                 call.fault.reason);
    } else if (transport->send(transport->with, &call, &message, &outcome)) {
        outcome.end = OUTCOME_STOPPED;
        (void)sleeper_wait(&lane->sender->sleeper, LOOK_MILLISECONDS);
    }
    note(lane, &(struct noting){ try, message.attempts, &outcome });
    tell(lane, &message, &outcome);
    rest_or_go_on(lane->way, outcome.end);
}

static bool
may_try(struct lane *lane)
{
    return sleeper_wait(&lane->sender->sleeper, 0)
           && monotonic_nanoseconds() >= atomic_load(&lane->way->rest_until);
}

static void *
lane_main(void *with)
{
    struct lane *lane = with;
    struct outbox_try tries[OUTBOX_TRY_MOST];
    int64_t wait = 0;

    while (sleeper_wait(&lane->sender->sleeper, wait)) {
        struct call call = reading(lane);
        size_t count = 0;
        wait = LOOK_MILLISECONDS;
        if (!may_try(lane) || outbox_try_find(&call, lane->way->transport.kind, tries, &count))
            count = 0;
        arena_clear(&lane->arena);
        for (size_t i = 0; i < count && may_try(lane); i++) {
            try_one(lane, &tries[i]);
            arena_clear(&lane->arena);
            wait = 0;
        }
    }
    return NULL;
}

static enum status
start_lane(struct sender *sender, struct way *way, struct store_options store, struct fault *fault)
{
    struct lane *lane = &sender->lanes[sender->lane_count++];

    lane->sender = sender;
    lane->way = way;
    arena_init(&lane->arena, MOST_MEMORY_BYTES);
    arena_init(&lane->writer_arena, MOST_MEMORY_BYTES);
    store.mode = STORE_READ_ONLY;
    enum status status = store_open(&lane->store, &store, fault);
    if (status)
        return status;
    lane->started = pthread_create(&lane->thread, NULL, lane_main, lane) == 0;
    return lane->started ? STATUS_OK
                         : fail(fault, STATUS_BROKEN, "", "", "the system gives no more threads");
}

enum status
sender_start(struct sender **out, const struct sender_options *options, struct fault *fault)
{
    struct sender *sender = memory_new(1, sizeof *sender);
    enum status status = STATUS_OK;

    *out = NULL;
    sleeper_init(&sender->sleeper);
    sender->writer = options->writer;
    sender->secret = options->secret;
    sender->public_url = options->public_url;
    for (size_t i = 0; i < options->transport_count && i < SENDER_MOST_TRANSPORTS; i++) {
        sender->ways[i].transport = options->transports[i];
        for (int j = 0; j < SENDER_THREADS && !status; j++)
            status = start_lane(sender, &sender->ways[i], *options->store, fault);
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
    for (size_t i = 0; i < sender->lane_count; i++) {
        struct lane *lane = &sender->lanes[i];
        if (lane->started)
            pthread_join(lane->thread, NULL);
        store_close(lane->store);
        arena_clear(&lane->arena);
        arena_clear(&lane->writer_arena);
    }
    sleeper_clear(&sender->sleeper);
    free(sender);
}
