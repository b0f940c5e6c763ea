#include "service/measurement/sensor_status.h"

#include <stdlib.h>
#include <string.h>

#include "service/measurement/compaction.h"
#include "support/check.h"
#include "support/ledger_rows.h"
#include "support/random.h"
#include "support/reading.h"

#define DAYS 20

/* Random samples, delivered in random groupings, with repeats, compacted now and
 * then, with starts in between, after which what is compacted may stand in the journal: what is
 * read is each (channel, at) once, the first value, in order. */
static void
reads_each_sample_once(struct fixture *fixture)
{
    enum { SLOTS = 400 };
    struct random random = random_seeded();
    static int64_t first[SLOTS][2]; /* by slot and channel; -1: never sent */
    static struct reading got[2 * SLOTS + 10];
    utc_seconds origin = fixture->call.now - DAYS * UTC_DAY;

    reading_begin(fixture);
    memset(first, 0xFF, sizeof first);
    for (int message = 0; message < 300; message++) {
        struct sample samples[12];
        size_t count = 1 + random_below(&random, 12);
        for (size_t i = 0; i < count; i++) {
            size_t slot = random_below(&random, SLOTS), channel = random_below(&random, 2);
            int64_t raw = (int64_t)random_below(&random, 1000);
            samples[i] = (struct sample){ .channel = (uint8_t)(1 + channel),
                                          .type = 1,
                                          .raw = raw,
                                          .at = origin + (int64_t)slot * (DAYS * UTC_DAY / SLOTS) };
            if (first[slot][channel] < 0)
                first[slot][channel] = raw;
        }
        reading_deliver(fixture, samples, count);
        if (random_below(&random, 40) == 0)
            reading_compact(fixture);
        if (random_below(&random, 80) == 0)
            reading_trim(fixture);
        if (random_below(&random, 80) == 0)
            reading_restart(fixture);
    }
    size_t count = reading_all(fixture, reading_everything(7), got, sizeof got / sizeof got[0]),
           at = 0;
    for (size_t slot = 0; slot < SLOTS; slot++)
        for (size_t channel = 0; channel < 2; channel++) {
            if (first[slot][channel] < 0)
                continue;
            check(at < count);
            check_int(got[at].sample.raw, first[slot][channel]);
            check_int(got[at].sample.channel, 1 + channel);
            check_int(got[at].sample.at, origin + (int64_t)slot * (DAYS * UTC_DAY / SLOTS));
            at++;
        }
    check_int(at, count);
    reading_compact(fixture);
    check_int(reading_all(fixture, reading_everything(1000), got, sizeof got / sizeof got[0]),
              count);
    reading_restart(fixture); /* the rest of the journal is compacted again */
    reading_compact(fixture);
    reading_trim(fixture);
    check_int(fixture_count(fixture, "SELECT count(*) FROM journal"), 0);
    check_int(reading_all(fixture, reading_everything(1000), got, sizeof got / sizeof got[0]),
              count);
    check_int(fixture_count(fixture, "SELECT sum(sample_count) FROM block"), count);
    reading_end(fixture);
}

TEST(readings_give_each_sample_once)
{
    with_each_store(reads_each_sample_once);
}

static void
selects_and_condenses(struct fixture *fixture)
{
    utc_seconds hour = fixture->call.now - fixture->call.now % 3600 - 7200;
    const struct sample samples[] = {
        { .channel = 1, .type = 1, .at = hour, .raw = 100 },
        { .channel = 1, .type = 1, .at = hour + 1800, .raw = 300 },
        { .channel = 1, .type = 1, .kind = SAMPLE_ERROR, .at = hour + 1900, .raw = 8388557 },
        { .channel = 1, .type = 1, .at = hour + 3600, .raw = -50 },
        { .channel = 3, .type = 5, .kind = SAMPLE_STATE, .at = hour + 10, .raw = 1 },
    };
    struct reading got[10];
    struct readings_query query = reading_everything(1);

    reading_begin(fixture);
    reading_deliver(fixture, samples, 5);
    query.channel = 1;
    check_int(reading_all(fixture, query, got, 10), 4);
    query.from = hour + 1;
    query.to = hour + 3600; /* not included */
    check_int(reading_all(fixture, query, got, 10), 2);
    check_int(got[1].sample.kind, SAMPLE_ERROR);

    query = reading_everything(1);
    query.resolution_seconds = 3600;
    check_int(reading_all(fixture, query, got, 10), 4); /* the state of channel 3 still holds */
    check_int(got[0].sample.at, hour);
    check_int(got[0].sample.channel, 1);
    check_int(got[0].count, 2);
    check_real(got[0].min, 10);
    check_real(got[0].mean, 20);
    check_real(got[0].max, 30);
    check_int(got[1].sample.channel, 3);
    check_int(got[2].sample.at, hour + 3600);
    check_real(got[2].mean, -5);
    reading_end(fixture);
}

TEST(readings_select_and_condense)
{
    with_each_store(selects_and_condenses);
}

static void
adds_major_and_minor(struct fixture *fixture)
{
    utc_seconds at = fixture->call.now - 60;
    const struct sample samples[] = {
        { .channel = 2, .type = 24, .at = at, .raw = 42 * 6 + 2 }, /* minor, of channel 3 */
        { .channel = 3, .type = 25, .at = at, .raw = 7 * 4 },      /* 7 times 100 l */
        { .channel = 3, .type = 25, .at = at + 1, .raw = 8 * 4 },  /* without a minor */
    };
    struct reading got[10];
    struct readings_query query = reading_everything(10);

    reading_begin(fixture);
    reading_deliver(fixture, samples, 3);
    query.channel = 3;
    check_int(reading_all(fixture, query, got, 10), 2);
    check(got[0].has_total);
    check_int(got[0].total, 742);
    check(!got[1].has_total);
    reading_end(fixture);
}

TEST(readings_add_major_and_minor)
{
    with_each_store(adds_major_and_minor);
}

static void
shows_the_newest_state(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;
    const struct sample samples[] = {
        { .channel = 1, .type = 1, .at = now - 60, .raw = 215 },
        { .channel = 1, .type = 1, .at = now, .raw = 216 },
        { .channel = 2, .type = 2, .at = now - 60, .raw = 44 },
    };
    const struct sample late = { .channel = 1, .type = 1, .at = now - 600, .raw = 9 };

    reading_begin(fixture);
    for (int compacted = 0; compacted < 2; compacted++) {
        struct sensor_status sensor = { 0 };
        check_int(sensor_status_read(&fixture->call, LEDGER_ORGANIZATION,
                                     ledger_sensor_id(READING_SERIAL), &sensor),
                  STATUS_OK);
        check_int(sensor.last_seen_at, compacted ? now : 0);
        check_int(sensor.channel_count, compacted ? 2 : 0);
        check_int(sensor.signal, compacted ? 31 : SIGNAL_UNKNOWN);
        check_int(sensor.battery_ok, compacted);
        if (compacted && sensor.channel_count == 2) {
            check_int(sensor.channels[0].raw, 216);
            check_int(sensor.channels[1].raw, 44);
        }
        reading_deliver(fixture, samples, 3);
        reading_compact(fixture);
        reading_deliver(fixture, &late, 1); /* older: changes no latest value */
    }
    reading_end(fixture);
}

TEST(sensor_status_shows_the_newest_state)
{
    with_each_store(shows_the_newest_state);
}

/* A step that was prepared before another process wrote one must not be written. */
static void
compacts_from_one_place(struct fixture *fixture)
{
    const struct sample sample = { .channel = 1, .type = 1, .at = fixture->call.now, .raw = 1 };
    struct journal_index_sensor *sensors;
    struct compaction *first, *second;

    reading_begin(fixture);
    reading_deliver(fixture, &sample, 1);
    check_int(journal_index_sensors(fixture->call.journal_index, &sensors), 1);
    struct compaction_queue queue = { sensors, 1, 0, false }, again = queue;
    check_int(compaction_prepare(&fixture->call, &queue, &first), STATUS_OK);
    check_int(compaction_prepare(&fixture->call, &again, &second), STATUS_OK);
    free(sensors);
    check_int(compaction_write(&fixture->call, first), STATUS_OK);
    check_int(compaction_write(&fixture->call, second), STATUS_CONFLICT);
    check_int(fixture_count(fixture, "SELECT sum(sample_count) FROM block"), 1);
    reading_end(fixture);
}

TEST(compaction_conflicts_with_a_step_of_another_process)
{
    with_each_store(compacts_from_one_place);
}

/* Two processes know the same messages: the second one has nothing left to do, and continues. */
static void
compacts_what_another_has_compacted(struct fixture *fixture)
{
    struct sample samples[] = {
        { .channel = 1, .type = 1, .at = fixture->call.now, .raw = 1 },
        { .channel = 1, .type = 1, .at = fixture->call.now + 1, .raw = 2 }
    };
    struct reading got[4];

    reading_begin(fixture);
    reading_deliver(fixture, samples, 1);
    struct journal_index *other = journal_index_open(), *first = fixture->call.journal_index;
    fixture->call.journal_index = other;
    check_int(journal_index_rebuild(&fixture->call), STATUS_OK);
    fixture->call.journal_index = first;
    fixture->call.now += 10;
    reading_deliver(fixture, samples + 1, 1);
    reading_compact(fixture);
    reading_trim(fixture);

    fixture->call.journal_index = other;
    reading_compact(fixture);
    reading_trim(fixture);
    check_int(reading_all(fixture, reading_everything(10), got, 4), 2);
    check_int(fixture_count(fixture, "SELECT last_seen_at FROM sensor_status"), fixture->call.now);
    fixture->call.now += 10;
    samples[0].at = fixture->call.now;
    reading_deliver(fixture, samples, 1);
    reading_compact(fixture);
    check_int(fixture_count(fixture, "SELECT sum(sample_count) FROM block"), 3);
    check_int(fixture_count(fixture, "SELECT last_seen_at FROM sensor_status"), fixture->call.now);
    journal_index_close(first);
    reading_end(fixture);
}

TEST(compaction_skips_messages_that_another_process_has_compacted)
{
    with_each_store(compacts_what_another_has_compacted);
}

static void
finds_the_tail_again(struct fixture *fixture)
{
    const struct sample sample = { .channel = 1, .type = 1, .at = fixture->call.now, .raw = 1 };
    struct reading got[4];

    reading_begin(fixture);
    reading_deliver(fixture, &sample, 1);
    reading_restart(fixture);
    check_int(journal_index_totals(fixture->call.journal_index).rows, 1);
    check_int(reading_all(fixture, reading_everything(10), got, 4), 1);
    reading_end(fixture);
}

TEST(readings_find_uncompacted_messages_after_a_restart)
{
    with_each_store(finds_the_tail_again);
}
