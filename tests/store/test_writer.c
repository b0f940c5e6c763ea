#include "service/writer.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "domain/serial.h"
#include "service/job_queue.h"
#include "service/renewing.h"
#include "service/sensors.h"
#include "service/tail.h"
#include "service/ticker.h"
#include "support/check.h"
#include "verbs.h"

#define FIRST   "282C02410001"
#define UNKNOWN "282C02419999"

enum { PATIENCE_SECONDS = 60 };

/* What the threads tell the test. */
struct news {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool done;
};

static void
tell(struct news *news)
{
    pthread_mutex_lock(&news->lock);
    news->done = true;
    pthread_cond_signal(&news->changed);
    pthread_mutex_unlock(&news->lock);
}

static bool
is_done(struct news *news)
{
    pthread_mutex_lock(&news->lock);
    bool done = news->done;
    pthread_mutex_unlock(&news->lock);
    return done;
}

/* False: it takes too long. */
static bool
wait_for(struct news *news)
{
    struct timespec until;
    int error = 0;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PATIENCE_SECONDS;
    pthread_mutex_lock(&news->lock);
    while (!news->done && error != ETIMEDOUT)
        error = pthread_cond_timedwait(&news->changed, &news->lock, &until);
    bool done = news->done;
    pthread_mutex_unlock(&news->lock);
    return done;
}

/* A writer beside the fixture, in the time of the machine. */
static struct writer *
start_writer(struct fixture *fixture, struct tail *tail)
{
    struct writer *writer;
    struct writer_options options = {
        .store = &(struct store_options){ .url = fixture->url },
        .secret = &fixture->secret,
        .tail = tail,
        .public_url = "",
        .most_jobs = 16,
    };

    check_int(writer_start(&writer, &options, &fixture->call.fault), STATUS_OK);
    return writer;
}

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

    call->arena = &scene->fixture->arena;
}

static enum status
change(struct write_job *job, struct call *call)
{
    struct scene *scene = job->owner;
    struct sensor sensor;

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
    tell(&scene->news);
}

/* The next message comes as soon as the last one is answered. */
static void
answer(struct packet_batch *batch)
{
    struct scene *scene = batch->owner;
    int64_t kept = fixture_count(scene->fixture, "SELECT count(*) FROM license");

    scene->between += kept > 1 && kept < scene->all;
    if (!is_done(&scene->news))
        check(writer_put_packets(scene->writer, batch));
}

static void
goes_on_with_messages(struct fixture *fixture)
{
    enum { SENSORS = 3 * RENEWING_STEP };
    struct delivery delivery = { .kind = DELIVERY_MEASUREMENTS };
    struct ingest_item item = { .delivery = &delivery };
    struct tail *tail = tail_open();
    struct scene scene = {
        .fixture = fixture,
        .news = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false },
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

    scene.writer = start_writer(fixture, tail);
    check(writer_put_job(scene.writer, &job));
    check(wait_for(&scene.news));
    writer_stop(scene.writer);
    check_int(scene.status, STATUS_OK);
    check_int(scene.runs, 2);
    check(scene.between >= 2);
    check_int(fixture_count(fixture, "SELECT count(*) FROM license"), scene.all);
    check_int(fixture_count(fixture, "SELECT count(*) FROM sensor WHERE name = 'Fridge'"), 1);
    check_ledger(fixture);
    tail_close(tail);
}

TEST(writer_goes_on_with_messages_while_a_verb_waits_for_what_is_due)
{
    with_each_store(goes_on_with_messages);
}

/* Each job's owner is its letter. */
static void
check_order(struct write_job *job, const char *want)
{
    char got[8] = "";
    size_t count = 0;

    for (; job && count + 1 < sizeof got; job = job->next)
        got[count++] = *(const char *)job->owner;
    check_text(got, want);
}

TEST(writer_keeps_the_order_of_verbs_that_a_turn_has_not_come_to)
{
    char letters[] = "abcd";
    struct write_job jobs[4];
    struct job_queue queue;

    job_queue_init(&queue);
    job_queue_put_first(&queue, NULL);
    check_order(job_queue_take(&queue, 2), "");
    for (size_t i = 0; i < 4; i++)
        jobs[i] = (struct write_job){ .owner = &letters[i] };
    job_queue_append(&queue, &jobs[0]);
    job_queue_append(&queue, &jobs[1]);
    job_queue_append(&queue, &jobs[2]);
    struct write_job *taken = job_queue_take(&queue, 2);
    check_order(taken, "ab");
    check_int(queue.count, 1);
    job_queue_put_first(&queue, taken->next);
    check_int(queue.count, 2);
    job_queue_append(&queue, &jobs[3]);
    taken = job_queue_take(&queue, SIZE_MAX);
    check_order(taken, "bcd");
    check_int(queue.count, 0);
    job_queue_put_first(&queue, taken);
    job_queue_append(&queue, &jobs[0]);
    check_order(job_queue_take(&queue, 16), "bcda");
}

/* A verb that does nothing, by somebody. */
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

    call->arena = &made->fixture->arena;
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
    tell(&made->news);
}

static void
count_news(void *with)
{
    ++*(int *)with;
}

/* How often the listener is told of one verb. */
static int
news_of(struct fixture *fixture, struct writer *writer, const struct actor *actor, bool dry_run)
{
    struct made made = {
        fixture, actor, dry_run, { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false }
    };
    struct write_job job = {
        .prepare = prepare_made, .run = make_nothing, .done = was_made, .owner = &made
    };
    int told = 0;

    writer_set_listener(writer, count_news, &told);
    check(writer_put_job(writer, &job));
    check(wait_for(&made.news));
    writer_set_listener(writer, NULL, NULL);
    return told;
}

static void
tells_of_changes(struct fixture *fixture)
{
    const struct actor ann = { ACTOR_USER, 7, "ann@example.org" };
    struct tail *tail = tail_open();
    struct writer *writer = start_writer(fixture, tail);

    check_int(news_of(fixture, writer, &ann, false), 1);
    check_int(news_of(fixture, writer, &ann, true), 0);
    check_int(news_of(fixture, writer, &actor_system, false), 0); /* or the ticker wakes itself */
    writer_stop(writer);
    tail_close(tail);
}

TEST(writer_tells_its_listener_of_what_somebody_changed)
{
    with_each_store(tells_of_changes);
}

static struct news third_look;
static int looks;

static enum status
look(struct call *call, bool *more)
{
    (void)call;
    *more = false;
    if (++looks == 3) /* at the start, before what takes long, and during it */
        tell(&third_look);
    return STATUS_OK;
}

static enum status
never_ends(struct call *call, bool *more)
{
    (void)call;
    *more = true;
    return STATUS_OK;
}

static enum status
never(struct call *call, utc_seconds *at)
{
    (void)call;
    *at = UTC_NEVER;
    return STATUS_OK;
}

static void
looks_again(struct fixture *fixture)
{
    static const struct moment moments_of_test[] = {
        { "renewals", look, never },
        { "notices", never_ends, never },
        { .name = NULL },
    };
    struct tail *tail = tail_open();
    struct writer *writer = start_writer(fixture, tail);
    struct ticker *ticker;

    third_look = (struct news){ PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false };
    looks = 0;
    struct store_options store = { .url = fixture->url };
    struct ticker_options options = { &store, writer, moments_of_test };
    check_int(ticker_start(&ticker, &options, &fixture->call.fault), STATUS_OK);
    check(wait_for(&third_look));
    ticker_stop(ticker);
    writer_stop(writer);
    tail_close(tail);
}

TEST(ticker_looks_after_renewals_while_something_else_takes_long)
{
    with_each_store(looks_again);
}
