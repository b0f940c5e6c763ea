#include "service/threads/sender.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/id.h"
#include "service/core/transaction.h"
#include "service/outbox/outbox.h"
#include "support/check.h"
#include "support/threads.h"

enum { HANGING = 7, OTHER = 8, WEBHOOKS = 20, MOST_HELD = 64 };

/* A transport under the test's control. Messages of HANGING hang until the test or the stop ends
 * them; all others are sent at once. */
static struct {
    pthread_mutex_t lock;
    struct sending *held[MOST_HELD];
    size_t held_count;
    size_t sent_count, most_held, ended_count;
    size_t held_at_first_sent;
    bool same_target_twice;
    enum status fails; /* of `start`, once */
    bool stopped;
    struct news two_held, sent, held_again;
} wire;

static void
wire_reset(void)
{
    memset(&wire, 0, sizeof wire);
    pthread_mutex_init(&wire.lock, NULL);
    wire.two_held = wire.sent = wire.held_again = NEWS_NONE;
}

static void
wire_hold(struct sending *sending)
{
    for (size_t i = 0; i < wire.held_count; i++)
        wire.same_target_twice = wire.same_target_twice
                                 || !strcmp(wire.held[i]->try.target, sending->try.target);
    wire.held[wire.held_count++] = sending;
    if (wire.held_count > wire.most_held)
        wire.most_held = wire.held_count;
    if (wire.held_count == SENDER_MOST_OF_ORGANIZATION)
        news_set(wire.ended_count > 0 ? &wire.held_again : &wire.two_held);
}

static enum status
wire_start(void *with, struct call *call, struct sending *sending)
{
    bool hangs = sending->message.organization_id == HANGING;

    (void)with;
    pthread_mutex_lock(&wire.lock);
    enum status fails = wire.fails;
    bool stopped = wire.stopped;
    wire.fails = STATUS_OK;
    if (!fails && hangs && !stopped)
        wire_hold(sending);
    if (!fails && !hangs && wire.sent_count++ == 0)
        wire.held_at_first_sent = wire.held_count;
    pthread_mutex_unlock(&wire.lock);
    if (fails)
        return call_fail(call, fails, "", "", "the test says so");
    if (!hangs) {
        sending_end(sending, &(struct outcome){ .end = OUTCOME_SENT, .answer_code = 204 });
        news_set(&wire.sent);
    } else if (stopped) {
        sending_end(sending, &(struct outcome){ .end = OUTCOME_STOPPED });
    }
    return STATUS_OK;
}

static void
wire_end(void *with, struct call *call, struct sending *sending)
{
    (void)with, (void)call, (void)sending;
    pthread_mutex_lock(&wire.lock);
    wire.ended_count++;
    pthread_mutex_unlock(&wire.lock);
}

/* Ends all that hang. */
static void
wire_release(enum outcome_end end)
{
    struct sending *held[MOST_HELD];

    pthread_mutex_lock(&wire.lock);
    size_t count = wire.held_count;
    memcpy(held, wire.held, sizeof held);
    wire.held_count = 0;
    pthread_mutex_unlock(&wire.lock);
    for (size_t i = 0; i < count; i++)
        sending_end(held[i], &(struct outcome){ .end = end, .words = "" });
}

static void
wire_stop(void *with)
{
    (void)with;
    pthread_mutex_lock(&wire.lock);
    wire.stopped = true;
    pthread_mutex_unlock(&wire.lock);
    wire_release(OUTCOME_STOPPED);
}

static const struct transport wire_transport = {
    .kind = "webhook",
    .limits = { .most = MOST_HELD, .most_quick = MOST_HELD },
    .start = wire_start,
    .end = wire_end,
    .stop = wire_stop,
};

struct scene {
    struct fixture *fixture;
    struct journal_index *journal_index;
    struct writer *writer;
    struct sender *sender;
};

static enum status
queue_body(struct call *call, void *with)
{
    const int64_t *organization_id = with;
    struct outbox_webhook_call calls[WEBHOOKS];

    for (int i = 0; i < WEBHOOKS; i++)
        calls[i] = (struct outbox_webhook_call){ *organization_id, i + 1, "pool.low", "{}" };
    return outbox_put_webhook_calls(call, calls, *organization_id == HANGING ? WEBHOOKS : 1, NULL);
}

static void
queue(struct fixture *fixture, int64_t organization_id)
{
    fixture->call.now = utc_now(); /* the writer's */
    check_int(transact(&fixture->call, queue_body, &organization_id), STATUS_OK);
}

static void
scene_start(struct scene *scene, struct fixture *fixture)
{
    struct store_options store = { .url = fixture->url };

    *scene = (struct scene){ .fixture = fixture, .journal_index = journal_index_open() };
    scene->writer = start_writer(fixture, scene->journal_index);
    check_int(sender_start(&scene->sender,
                           &(struct sender_options){
                               .store = &store,
                               .secret = &fixture->secret,
                               .writer = scene->writer,
                               .public_url = "",
                               .transports = &wire_transport,
                               .transport_count = 1,
                           },
                           &fixture->call.db.fault),
              STATUS_OK);
}

static void
scene_stop(struct scene *scene)
{
    sender_stop(scene->sender);
    writer_stop(scene->writer);
    journal_index_close(scene->journal_index);
}

/* False: it takes too long. */
static bool
comes_true(struct fixture *fixture, const char *sql, int64_t value)
{
    for (int i = 0; i < NEWS_PATIENCE_SECONDS * 50; i++) {
        if (fixture_count(fixture, sql) == value)
            return true;
        nanosleep(&(struct timespec){ .tv_nsec = 20 * 1000 * 1000 }, NULL);
    }
    return false;
}

static void
holds_up_nobody(struct fixture *fixture)
{
    struct scene scene;

    wire_reset();
    queue(fixture, HANGING);
    scene_start(&scene, fixture);
    check(news_wait(&wire.two_held));
    queue(fixture, OTHER);
    check(news_wait(&wire.sent));
    check(comes_true(fixture, "SELECT count(*) FROM outbox WHERE state = 'sent'", 1));
    check_int(wire.held_at_first_sent, SENDER_MOST_OF_ORGANIZATION); /* they hang all the while */
    wire_release(OUTCOME_SENT);
    check(news_wait(&wire.held_again)); /* the next ones get their turn */
    scene_stop(&scene);
    check_int(wire.most_held, SENDER_MOST_OF_ORGANIZATION);
    check(!wire.same_target_twice);
    check_int(fixture_count(fixture, "SELECT count(*) FROM outbox WHERE state = 'sent'"), 3);
}

TEST(an_organization_whose_receivers_hang_holds_up_no_other)
{
    with_each_store(holds_up_nobody);
}

static void
stops(struct fixture *fixture)
{
    struct scene scene;

    wire_reset();
    queue(fixture, HANGING);
    scene_start(&scene, fixture);
    check(news_wait(&wire.two_held));
    check_int(fixture_count(fixture, "SELECT sum(attempts) FROM outbox"), 2);
    scene_stop(&scene);
    check(wire.stopped);
    check_int(wire.ended_count, 2);
    check_int(fixture_count(fixture, "SELECT sum(attempts) FROM outbox"), 0);
    check_int(fixture_count(fixture, "SELECT count(*) FROM outbox WHERE state = 'waiting'"),
              WEBHOOKS);
    char due[128];
    snprintf(due, sizeof due, "SELECT count(*) FROM outbox WHERE next_try_at <= %lld",
             (long long)utc_now());
    check_int(fixture_count(fixture, due), WEBHOOKS); /* no lease is left */
}

TEST(a_sender_that_stops_gives_hanging_tries_back)
{
    with_each_store(stops);
}

static void
store_away(struct fixture *fixture)
{
    struct scene scene;

    wire_reset();
    wire.fails = STATUS_BUSY;
    queue(fixture, OTHER);
    scene_start(&scene, fixture);
    check(comes_true(fixture, "SELECT count(*) FROM outbox WHERE state = 'sent'", 1));
    check_int(fixture_count(fixture, "SELECT sum(attempts) FROM outbox"), 1);
    scene_stop(&scene);
}

TEST(a_try_that_cannot_read_what_it_needs_does_not_count)
{
    with_each_store(store_away);
}

static void
cannot_start(struct fixture *fixture)
{
    struct scene scene;

    wire_reset();
    wire.fails = STATUS_BROKEN;
    queue(fixture, OTHER);
    scene_start(&scene, fixture);
    check(comes_true(fixture,
                     "SELECT count(*) FROM outbox WHERE last_error LIKE '%the test says so'", 1));
    queue(fixture, OTHER);
    check(comes_true(fixture, "SELECT count(*) FROM outbox WHERE state = 'sent'", 1));
    scene_stop(&scene);
    check_int(fixture_count(fixture,
                            "SELECT count(*) FROM outbox WHERE attempts = 1 AND state = 'waiting'"),
              1);
}

TEST(a_message_that_cannot_be_sent_waits_and_others_pass_it)
{
    with_each_store(cannot_start);
}

static void
other_kinds(struct fixture *fixture)
{
    struct scene scene;

    wire_reset();
    queue(fixture, OTHER);
    check_int(fixture_count(fixture, "SELECT count(*) FROM outbox WHERE kind = 'webhook'"), 1);
    fixture_script(fixture, "UPDATE outbox SET target = 'x@example.com', kind = 'mail'");
    queue(fixture, OTHER);
    scene_start(&scene, fixture);
    check(comes_true(fixture, "SELECT count(*) FROM outbox WHERE state = 'sent'", 1));
    scene_stop(&scene);
    check_int(fixture_count(fixture, "SELECT attempts FROM outbox WHERE kind = 'mail'"), 0);
}

TEST(messages_without_a_transport_wait_untried)
{
    with_each_store(other_kinds);
}
