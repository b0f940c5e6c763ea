#include "service/threads/writer.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "domain/serial.h"
#include "service/ledger/renewing.h"
#include "service/measurement/journal_index.h"
#include "service/sensor/sensors.h"
#include "support/check.h"
#include "support/threads.h"
#include "support/verbs.h"

#define FIRST   "282C02410001"
#define UNKNOWN "282C02419999"

struct scene {
    struct fixture *fixture;
    struct writer *writer;
    int64_t organization;
    struct news news;
    int runs;
    enum status status;
    struct packet_batch batch;
    int between; /* batches that were answered when some, but not all of the renewals were kept */
    int64_t all;
};

static void
prepare(struct write_job *job, struct call *call)
{
    struct scene *scene = job->owner;

    call->db.arena = &scene->fixture->arena;
}

static enum status
change(struct write_job *job, struct call *call)
{
    struct scene *scene = job->owner;
    struct sensor_changed sensor;

    if (scene->runs++ == 0)
        check(writer_put_packets(scene->writer, &scene->batch));
    return sensor_change(call, scene->organization, FIRST,
                         &(struct sensor_change){ .name = "Fridge" }, &sensor);
}

static void
changed(struct write_job *job, enum status status, const struct fault *fault)
{
    struct scene *scene = job->owner;

    (void)fault;
    scene->status = status;
    news_set(&scene->news);
}

/* The next message comes as soon as the last one is answered. */
static void
answer(struct packet_batch *batch)
{
    struct scene *scene = batch->owner;
    int64_t kept = fixture_count(scene->fixture, "SELECT count(*) FROM license");

    scene->between += kept > 1 && kept < scene->all;
    if (!news_is_set(&scene->news))
        check(writer_put_packets(scene->writer, batch));
}

static void
goes_on_with_messages(struct fixture *fixture)
{
    enum { SENSORS = 3 * RENEWING_STEP };
    struct delivery delivery = { .kind = DELIVERY_MEASUREMENTS };
    struct ingest_item item = { .delivery = &delivery };
    struct journal_index *journal_index = journal_index_open();
    struct scene scene = {
        .fixture = fixture,
        .news = NEWS_NONE,
        .all = SENSORS + 2,
        .batch = { .items = &item, .count = 1, .answer = answer, .owner = &scene },
    };
    struct write_job job = { .prepare = prepare, .run = change, .done = changed, .owner = &scene };

    fixture->call.now = utc_now() - 40 * UTC_DAY;
    check(serial_parse(&delivery.serial, UNKNOWN, strlen(UNKNOWN)));
    scene.organization = make_organization(fixture, "Cold chain");
    make_key(fixture, scene.organization, 3, "P30D");
    add_sensor(fixture, scene.organization, FIRST, "First");
    fixture_script(fixture, "UPDATE license_key SET quantity = 100000");
    copy_sensor(fixture, FIRST, SENSORS);

    scene.writer = start_writer(fixture, journal_index);
    check(writer_put_job(scene.writer, &job));
    check(news_wait(&scene.news));
    writer_stop(scene.writer);
    check_int(scene.status, STATUS_OK);
    check_int(scene.runs, 2);
    check(scene.between >= 2);
    check_int(fixture_count(fixture, "SELECT count(*) FROM license"), scene.all);
    check_int(fixture_count(fixture, "SELECT count(*) FROM sensor WHERE name = 'Fridge'"), 1);
    check_ledger(fixture);
    journal_index_close(journal_index);
}

TEST(writer_commits_messages_while_a_verb_waits_for_a_catch_up)
{
    with_each_store(goes_on_with_messages);
}

/* A verb of one actor that does nothing. */
struct made {
    struct fixture *fixture;
    const struct actor *actor;
    bool dry_run;
    struct news news;
};

static void
prepare_made(struct write_job *job, struct call *call)
{
    struct made *made = job->owner;

    call->db.arena = &made->fixture->arena;
    call->actor = made->actor;
    call->dry_run = made->dry_run;
}

static enum status
make_nothing(struct write_job *job, struct call *call)
{
    (void)job, (void)call;
    return STATUS_OK;
}

static void
was_made(struct write_job *job, enum status status, const struct fault *fault)
{
    struct made *made = job->owner;

    (void)fault;
    check_int(status, STATUS_OK);
    news_set(&made->news);
}

static void
count_news(void *with)
{
    ++*(int *)with;
}

/* How often one verb notifies the listener. */
static int
news_of(struct fixture *fixture, struct writer *writer, const struct actor *actor, bool dry_run)
{
    struct made made = { fixture, actor, dry_run, NEWS_NONE };
    struct write_job job = {
        .prepare = prepare_made, .run = make_nothing, .done = was_made, .owner = &made
    };
    int calls = 0;

    writer_set_listener(writer, count_news, &calls);
    check(writer_put_job(writer, &job));
    check(news_wait(&made.news));
    writer_set_listener(writer, NULL, NULL);
    return calls;
}

static void
notifies_of_changes(struct fixture *fixture)
{
    const struct actor ann = { ACTOR_USER, 7, "ann@example.org" };
    struct journal_index *journal_index = journal_index_open();
    struct writer *writer = start_writer(fixture, journal_index);

    check_int(news_of(fixture, writer, &ann, false), 1);
    check_int(news_of(fixture, writer, &ann, true), 0);
    check_int(news_of(fixture, writer, &actor_system, false),
              0); /* else the ticker would wake itself */
    writer_stop(writer);
    journal_index_close(journal_index);
}

TEST(writer_notifies_its_listener_of_changes_by_users)
{
    with_each_store(notifies_of_changes);
}

enum { ANN = 7, BOB = 8, QUEUED = 10 };

/* Verbs of two organizations, queued behind one that holds the writer. */
static struct {
    struct news held, go, done;
    char order[QUEUED + 2];
    size_t count;
} turns;

static void
prepare_turn(struct write_job *job, struct call *call)
{
    call->db.arena = &((struct fixture *)job->owner)->arena;
}

static enum status
hold_writer(struct write_job *job, struct call *call)
{
    (void)job, (void)call;
    news_set(&turns.held);
    check(news_wait(&turns.go));
    return STATUS_OK;
}

static void
note_turn(struct write_job *job, enum status status, const struct fault *fault)
{
    (void)fault;
    check_int(status, STATUS_OK);
    if (job->run == hold_writer)
        return;
    turns.order[turns.count++] = job->place.source == ANN ? 'a' : 'b';
    if (turns.count == QUEUED + 1)
        news_set(&turns.done);
}

static void
takes_turns(struct fixture *fixture)
{
    struct journal_index *journal_index = journal_index_open();
    struct writer *writer = start_writer(fixture, journal_index);
    struct write_job jobs[QUEUED + 2];

    memset(&turns, 0, sizeof turns);
    turns.held = turns.go = turns.done = NEWS_NONE;
    for (size_t i = 0; i < QUEUED + 2; i++)
        jobs[i] = (struct write_job){ .place.source = i <= QUEUED / 2 ? ANN : BOB,
                                      .prepare = prepare_turn,
                                      .run = i == 0 ? hold_writer : make_nothing,
                                      .done = note_turn,
                                      .owner = fixture };
    check(writer_put_job(writer, &jobs[0]));
    check(news_wait(&turns.held));
    for (size_t i = 1; i < QUEUED + 2; i++)
        check(writer_put_job(writer, &jobs[i]));
    news_set(&turns.go);
    check(news_wait(&turns.done));
    writer_stop(writer);
    journal_index_close(journal_index);
    check_text(turns.order, "abababababb");
}

TEST(writer_serves_organizations_in_turn)
{
    with_each_store(takes_turns);
}
