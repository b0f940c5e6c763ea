#include "service/measurement/compaction.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "service/ingest/ingest.h"
#include "service/threads/compactor.h"
#include "support/check.h"
#include "support/front.h"
#include "support/ledger_rows.h"
#include "support/random.h"
#include "support/store_fixture.h"
#include "support/threads.h"

enum { SENSORS = 9 };

static struct journal_index *journal_index;
static struct ingest *ingest;

/* Of the n-th sensor; sensors are compacted in this order. */
static const char *
serial(size_t n)
{
    static char text[13];

    snprintf(text, sizeof text, "282C024200%02zX", n);
    return text;
}

static void
begin(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    fixture->call.journal_index = journal_index = journal_index_open();
    ingest = ingest_open();
    ledger_add_organization(fixture, LEDGER_ORGANIZATION);
    for (size_t n = 0; n < SENSORS; n++) {
        ledger_add_sensor(fixture, LEDGER_ORGANIZATION, serial(n));
        ledger_add_license(fixture, LEDGER_ORGANIZATION, serial(n), now - 2 * UTC_DAY,
                           now + 2 * UTC_DAY);
    }
}

static void
end(void)
{
    ingest_close(ingest);
    journal_index_close(journal_index);
}

/* Sends the samples in messages of so many. */
static void
deliver(struct fixture *fixture, size_t n, const struct sample *samples, size_t count, size_t each)
{
    struct call call = fixture->call;
    struct arena arena;

    arena_init(&arena, FIXTURE_ARENA_BYTES);
    call.db.arena = &arena;
    for (size_t at = 0; at < count; at += each) {
        struct delivery delivery = { .samples = samples + at, .sample_count = each };
        struct ingest_item item = { .delivery = &delivery }, *items[] = { &item };

        check(serial_parse(&delivery.serial, serial(n), strlen(serial(n))));
        check_int(ingest_commit(ingest, &call, items, 1), STATUS_OK);
        check_int(item.saved, each);
        arena_clear(&arena);
    }
}

static void
deliver_one(struct fixture *fixture, size_t n)
{
    const struct sample sample = { .channel = 1, .type = 1, .at = fixture->call.now, .raw = 1 };

    deliver(fixture, n, &sample, 1, 1);
}

/* Compacts everything, each step in an arena of so many bytes; returns the number of steps.
 */
static int
compact(struct fixture *fixture, size_t arena_bytes)
{
    struct call call = fixture->call;
    struct journal_index_sensor *sensors;
    size_t count = journal_index_sensors(journal_index, &sensors);
    struct compaction_queue queue = { sensors, count, 0, false };
    struct journal_trim compacted = { 0 };
    int steps = 0;

    while (queue.done < count && !check_failures()) {
        struct arena arena;
        struct compaction *compaction;

        arena_init(&arena, arena_bytes);
        call.db.arena = &arena;
        check_int(compaction_prepare(&call, &queue, &compaction), STATUS_OK);
        if (!check_failures()) {
            check_int(compaction_write(&call, compaction), STATUS_OK);
            compaction_forget(compaction, journal_index, &compacted);
        }
        arena_clear(&arena);
        steps++;
    }
    journal_trim_clear(&compacted);
    free(sensors);
    check_int(journal_index_totals(journal_index).rows, 0);
    return steps;
}

/* All blocks together do not fit in the arena, nor does one before it is compressed. */
static void
compacts_large_blocks(struct fixture *fixture)
{
    enum { SAMPLES = 2 * 15000, SMALL = 512 * 1024 };
    struct sample *samples = memory_new(SAMPLES, sizeof *samples);
    utc_seconds day = fixture->call.now - fixture->call.now % UTC_DAY - UTC_DAY;
    struct random random = { 7 };

    begin(fixture);
    for (size_t half = 0; half < 2; half++) {
        for (size_t i = 0; i < SAMPLES / 2; i++)
            samples[i] = (struct sample){
                .channel = 1,
                .type = 1,
                .at = day + (utc_seconds)(2 * i + half),
                .raw = (int64_t)random_below(&random, 1000 * 1000),
            };
        for (size_t n = 0; n < SENSORS; n++)
            deliver(fixture, n, samples, SAMPLES / 2, SAMPLES / 2);
        check(compact(fixture, SMALL) > 1);
        check_int(fixture_count(fixture, "SELECT sum(sample_count) FROM block"),
                  SENSORS * (SAMPLES / 2) * (int64_t)(half + 1));
    }
    check_int(fixture_count(fixture, "SELECT count(*) FROM block"), SENSORS);
    check(fixture_count(fixture, "SELECT sum(length(samples)) FROM block") > SMALL);
    free(samples);
    end();
}

TEST(compaction_ends_a_step_before_large_blocks_fill_its_arena)
{
    with_each_store(compacts_large_blocks);
}

static void
takes_more_when_behind(struct fixture *fixture)
{
    enum { MESSAGES = 700 };
    struct sample samples[MESSAGES];
    struct journal_index_sensor *sensors;
    struct compaction *compaction;

    begin(fixture);
    for (size_t i = 0; i < MESSAGES; i++)
        samples[i] = (struct sample){
            .channel = 1, .type = 1, .at = fixture->call.now - (utc_seconds)i, .raw = 1
        };
    for (size_t n = 0; n < 5; n++)
        deliver(fixture, n, samples, MESSAGES, 1);
    check_int(journal_index_sensors(journal_index, &sensors), 5);
    struct compaction_queue queue = { sensors, 5, 0, false };
    check_int(compaction_prepare(&fixture->call, &queue, &compaction), STATUS_OK);
    check_int(queue.done, 3);
    queue = (struct compaction_queue){ sensors, 5, 0, true };
    check_int(compaction_prepare(&fixture->call, &queue, &compaction), STATUS_OK);
    check_int(queue.done, 5);
    free(sensors);
    end();
}

TEST(compaction_takes_more_in_a_step_when_it_is_behind)
{
    with_each_store(takes_more_when_behind);
}

static void
wait_for_journal(struct fixture *fixture, int64_t count)
{
    int64_t give_up = monotonic_nanoseconds() + (int64_t)NEWS_PATIENCE_SECONDS * 1000000000;

    while (fixture_count(fixture, "SELECT count(*) FROM journal") > count
           && monotonic_nanoseconds() < give_up)
        continue;
    check_int(fixture_count(fixture, "SELECT count(*) FROM journal"), count);
}

static void
skips_broken_sensors(struct fixture *fixture)
{
    const struct timespec two_looks = { .tv_sec = 2, .tv_nsec = 200 * 1000 * 1000 };
    const struct store_options store = { .url = fixture->url };
    static const size_t broken[] = { 0, 4, 5, SENSORS - 1 };
    enum { BROKEN = sizeof broken / sizeof broken[0] };
    int64_t failing[BROKEN];
    utc_seconds now = utc_now();
    struct compactor *compactor;

    fixture->call.now = now;
    begin(fixture);
    fixture->call.now = now - COMPACTOR_MOST_AGE_SECONDS - 1;
    for (size_t n = 0; n < SENSORS; n++)
        deliver_one(fixture, n);
    front_reset(fixture);
    for (size_t i = 0; i < BROKEN; i++)
        failing[i] = ledger_sensor_id(serial(broken[i]));
    front.failing = "block_get";
    front.failing_numbers = failing;
    front.failing_count = BROKEN;

    struct writer *writer = start_writer(fixture, journal_index);
    check_int(compactor_start(&compactor,
                              &(struct compactor_options){ .store = &store,
                                                           .writer = writer,
                                                           .journal_index = journal_index,
                                                           .open = front_open },
                              &fixture->call.db.fault),
              STATUS_OK);
    wait_for_journal(fixture, BROKEN);

    /* The rest begins no round: the next message waits. */
    fixture->call.now = now;
    deliver_one(fixture, 1);
    nanosleep(&two_looks, NULL);
    compactor_stop(compactor);
    writer_stop(writer);
    check_int(journal_index_totals(journal_index).rows, BROKEN + 1);
    check(journal_index_oldest(journal_index) >= now
          && journal_index_oldest(journal_index) < UTC_NEVER);
    check_int(fixture_count(fixture, "SELECT count(*) FROM block"), SENSORS - BROKEN);
    check_int(fixture_count(fixture, "SELECT count(*) FROM sensor_status"), SENSORS - BROKEN);
    end();
}

TEST(compactor_skips_sensors_that_cannot_be_compacted)
{
    with_each_store(skips_broken_sensors);
}

TEST(journal_index_oldest_ignores_sensors_that_are_set_aside)
{
    struct journal_index *index = journal_index_open();
    bool newly;

    journal_index_add(index, 1, 7, 1, 100);
    journal_index_add(index, 1, 7, 2, 200);
    journal_index_add(index, 1, 8, 3, 300);
    check_int(journal_index_oldest(index), 100);
    check_int(journal_index_set_aside(index, 7, &newly), 2);
    check(newly);
    check_int(journal_index_oldest(index), 300);
    journal_index_add(index, 1, 7, 4, 150);
    check_int(journal_index_oldest(index), 300);
    check_int(journal_index_set_aside(index, 7, &newly), 3);
    check(!newly);
    check_int(journal_index_set_aside(index, 9, &newly), 0);
    check(!newly);
    journal_index_remove(index, 7, (const int64_t[]){ 1 }, 1);
    check_int(journal_index_oldest(index), 200);
    journal_index_close(index);
}

/* More places than one scan covers. */
TEST(journal_index_finds_the_oldest_row_among_many)
{
    enum { MANY = 20 * 1000 };

    for (int64_t oldest = 1; oldest <= MANY; oldest += MANY - 1) {
        struct journal_index *index = journal_index_open();
        for (int64_t sensor = 1; sensor <= MANY; sensor++)
            journal_index_add(index, 1, sensor, sensor, sensor == oldest ? 100 : 200);
        check_int(journal_index_oldest(index), 100);
        journal_index_close(index);
    }
}
