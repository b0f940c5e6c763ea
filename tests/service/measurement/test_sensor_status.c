#include "service/measurement/sensor_status.h"

#include <stdlib.h>
#include <string.h>

#include "service/ingest/ingest.h"
#include "service/measurement/compaction.h"
#include "service/measurement/conflicts.h"
#include "service/measurement/readings.h"
#include "support/check.h"
#include "support/ledger_rows.h"
#include "support/store_fixture.h"

#define SERIAL "282C02424EED"
#define HOUR   INT64_C(3600)

static struct journal_index *journal_index;
static struct ingest *ingest;

static void
begin(struct fixture *fixture)
{
    fixture->call.journal_index = journal_index = journal_index_open();
    ingest = ingest_open();
    ledger_add_organization(fixture, LEDGER_ORGANIZATION);
    ledger_add_sensor(fixture, LEDGER_ORGANIZATION, SERIAL);
    ledger_add_license(fixture, LEDGER_ORGANIZATION, SERIAL, fixture->call.now - 9 * UTC_DAY,
                       fixture->call.now + 9 * UTC_DAY);
}

static void
end(void)
{
    ingest_close(ingest);
    journal_index_close(journal_index);
}

static void
send(struct fixture *fixture, const struct sample *samples, size_t count)
{
    struct delivery delivery = { .samples = samples, .sample_count = count, .signal = 40 };
    struct ingest_item item = { .delivery = &delivery }, *items[] = { &item };

    check(serial_parse(&delivery.serial, SERIAL, strlen(SERIAL)));
    check_int(ingest_commit(ingest, &fixture->call, items, 1), STATUS_OK);
    check_int(item.saved, count);
    arena_clear(&fixture->arena);
}

static void
send_one(struct fixture *fixture, utc_seconds at, int64_t raw)
{
    send(fixture, &(struct sample){ .channel = 1, .type = 1, .at = at, .raw = raw }, 1);
}

/* Compacts what can be compacted, and returns how many messages are left. */
static size_t
compact(struct fixture *fixture)
{
    struct journal_index_sensor *sensors;
    size_t count = journal_index_sensors(journal_index, &sensors);
    struct compaction_queue queue = { sensors, count, 0, false };
    struct journal_trim trim = { 0 };
    struct compaction *compaction;

    while (queue.done < count && !check_failures()) {
        check_int(compaction_prepare(&fixture->call, &queue, &compaction), STATUS_OK);
        check_int(compaction_write(&fixture->call, compaction), STATUS_OK);
        compaction_forget(compaction, journal_index, &trim);
        arena_clear(&fixture->arena);
    }
    journal_trim_clear(&trim);
    free(sensors);
    return journal_index_totals(journal_index).rows;
}

static struct sensor_status
status_of(struct fixture *fixture)
{
    struct sensor_status out;

    check_int(
        sensor_status_read(&fixture->call, LEDGER_ORGANIZATION, ledger_sensor_id(SERIAL), &out),
        STATUS_OK);
    return out;
}

/* The current value of the first channel; -1: none. */
static int64_t
current(struct fixture *fixture)
{
    struct sensor_status status = status_of(fixture);
    int64_t raw = status.channel_count > 0 ? status.channels[0].raw : -1;

    arena_clear(&fixture->arena);
    return raw;
}

static int64_t
conflicts(struct fixture *fixture)
{
    int64_t count = status_of(fixture).conflicts;

    arena_clear(&fixture->arena);
    return count;
}

static size_t
readings_count(struct fixture *fixture)
{
    struct readings_query query = { .page = { .limit = 1000 }, .to = UTC_NEVER };
    struct readings_page page = { 0 };

    check_int(readings_list(&fixture->call, LEDGER_ORGANIZATION, SERIAL, &query, &page), STATUS_OK);
    size_t count = page.count;
    arena_clear(&fixture->arena);
    return count;
}

static void
waits_for_its_time(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    begin(fixture);
    send_one(fixture, now + 200, 3);
    check_int(current(fixture), -1);
    send_one(fixture, now, 1);
    send_one(fixture, now + 100, 2);
    check_int(current(fixture), 1);
    check_int(readings_count(fixture), 3);

    /* No compaction in between may lose the current value, or one whose time comes. */
    check_int(compact(fixture), 3); /* the first message is ahead: those behind it wait */
    check_int(current(fixture), 1);
    fixture->call.now = now + 99;
    check_int(current(fixture), 1);
    fixture->call.now = now + 100;
    check_int(current(fixture), 2);
    check_int(compact(fixture), 3);
    check_int(current(fixture), 2);
    fixture->call.now = now + 199;
    check_int(current(fixture), 2);
    fixture->call.now = now + 200;
    check_int(current(fixture), 3);
    check_int(compact(fixture), 0);
    check_int(current(fixture), 3);
    check_int(readings_count(fixture), 3);
    end();
}

TEST(sensor_status_shows_a_sample_when_its_time_has_come)
{
    with_each_store(waits_for_its_time);
}

/* Messages before one that is ahead are compacted. */
static void
compacts_up_to_it(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;
    const struct sample mixed[] = { { .channel = 1, .type = 1, .at = now - 60, .raw = 1 },
                                    { .channel = 1, .type = 1, .at = now + 60, .raw = 2 } };

    begin(fixture);
    send_one(fixture, now - 120, 0);
    send(fixture, mixed, 2);
    send_one(fixture, now - 60, 9); /* the first one stays, whenever each of them is compacted */
    check_int(compact(fixture), 2);
    check_int(fixture_count(fixture, "SELECT sum(sample_count) FROM block"), 1);
    fixture->call.now = now + 60;
    check_int(compact(fixture), 0);
    check_int(fixture_count(fixture, "SELECT sum(sample_count) FROM block"), 3);
    check_int(current(fixture), 2);
    check_int(conflicts(fixture), 1);
    end();
}

TEST(sensor_status_leaves_messages_that_are_ahead_in_the_journal)
{
    with_each_store(compacts_up_to_it);
}

/* A clock that was far ahead has set the sensor's, and is right again. */
static void
waits_for_no_wrong_clock(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    begin(fixture);
    fixture->call.now = now + 8 * UTC_DAY;
    send_one(fixture, now + 8 * UTC_DAY, 7);
    fixture->call.now = now;
    fixture_script(fixture, "UPDATE clock_mark SET latest_at = 1");
    send_one(fixture, now, 1);
    check_int(compact(fixture), 0);
    check_int(fixture_count(fixture, "SELECT sum(sample_count) FROM block"), 2);
    check_int(current(fixture), 1);
    end();
}

TEST(sensor_status_does_not_wait_for_the_time_of_a_wrong_clock)
{
    with_each_store(waits_for_no_wrong_clock);
}

/* Earlier programs kept a sample a day ahead as the current value. */
static void
reads_earlier_statuses(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    begin(fixture);
    send_one(fixture, now, 1);
    fixture->call.now = now + HOUR;
    send_one(fixture, now + HOUR, 2);
    check_int(compact(fixture), 0);
    fixture->call.now = now; /* as if that were ahead */
    check_int(current(fixture), 1);
    fixture->call.now = now + HOUR;
    check_int(current(fixture), 2);
    end();
}

TEST(sensor_status_is_right_where_an_earlier_program_kept_a_sample_ahead)
{
    with_each_store(reads_earlier_statuses);
}

/* The same conflicts, for each place where the two samples may be when they are counted. */
static void
counts_each_once(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;
    const struct sample within[] = {
        { .channel = 1, .type = 5, .kind = SAMPLE_STATE, .at = now - 900, .raw = 1 },
        { .channel = 1, .type = 5, .kind = SAMPLE_STATE, .at = now - 900, .raw = 0 },
    };
    const struct sample error[] = { { .channel = 2, .type = 1, .at = now - 900, .raw = 1 } };
    const struct sample value[] = {
        { .channel = 2, .type = 1, .at = now - 900, .raw = 1, .kind = SAMPLE_ERROR }
    };

    begin(fixture);
    send(fixture, within, 2); /* in one message */
    check_int(conflicts(fixture), 1);
    send(fixture, error, 1); /* an error against a value */
    send(fixture, value, 1);
    check_int(conflicts(fixture), 2);
    send_one(fixture, now - 60, 1); /* in the journal */
    send_one(fixture, now - 60, 1);
    check_int(conflicts(fixture), 2);
    send_one(fixture, now - 60, 2);
    check_int(conflicts(fixture), 3);
    send_one(fixture, now - 60, 2);
    send_one(fixture, now - 60, 1);
    check_int(conflicts(fixture), 3);
    send_one(fixture, now - 60, 3);
    check_int(conflicts(fixture), 4);
    check_int(compact(fixture), 0);
    check_int(conflicts(fixture), 4);

    send(fixture, within, 2); /* across compaction: nothing new */
    send(fixture, value, 1);
    send_one(fixture, now - 60, 3);
    send_one(fixture, now - 60, 1);
    check_int(conflicts(fixture), 4);
    send_one(fixture, now - 60, 4); /* a new one against the block */
    check_int(conflicts(fixture), 5);
    check_int(compact(fixture), 0);
    check_int(conflicts(fixture), 5);
    check_int(fixture_count(fixture, "SELECT differing_repeats FROM sensor_status"), 5);
    check_int(current(fixture), 1); /* the first one stays */
    check_int(readings_count(fixture), 3);
    end();
}

TEST(conflicts_are_counted_once_wherever_the_samples_are)
{
    with_each_store(counts_each_once);
}

/* After a crash the journal holds messages that are compacted already. */
static void
counts_once_after_a_crash(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    begin(fixture);
    send_one(fixture, now - 60, 1);
    send_one(fixture, now - 60, 2);
    check_int(compact(fixture), 0); /* and not trimmed */
    check_int(journal_index_rebuild(&fixture->call), STATUS_OK);
    check_int(journal_index_totals(journal_index).rows, 2);
    check_int(conflicts(fixture), 1);
    check_int(compact(fixture), 0);
    check_int(conflicts(fixture), 1);
    end();
}

TEST(conflicts_are_counted_once_after_a_crash)
{
    with_each_store(counts_once_after_a_crash);
}

/* Each of two servers has its own journal index. */
static void
counts_across_servers(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;
    struct journal_index *first;
    struct ingest *first_ingest;

    begin(fixture);
    first = journal_index;
    first_ingest = ingest;
    send_one(fixture, now - 60, 1);
    fixture->call.journal_index = journal_index = journal_index_open();
    ingest = ingest_open();
    send_one(fixture, now - 60, 2);
    check_int(compact(fixture), 0); /* the second server's first */
    check_int(conflicts(fixture), 0);
    ingest_close(ingest);
    journal_index_close(journal_index);
    fixture->call.journal_index = journal_index = first;
    ingest = first_ingest;
    check_int(conflicts(fixture), 1);
    check_int(compact(fixture), 0);
    check_int(conflicts(fixture), 1);
    end();
}

TEST(conflicts_are_counted_across_servers)
{
    with_each_store(counts_across_servers);
}

/* Many at once, on several days; the last ones are remembered. */
static void
remembers_a_bounded_number(struct fixture *fixture)
{
    enum { MANY = 4 * CONFLICTS_MOST_KNOWN };
    utc_seconds now = fixture->call.now;
    struct sample samples[MANY];

    begin(fixture);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < MANY; i++)
            samples[i] = (struct sample){
                .channel = 1, .type = 1, .at = now - (utc_seconds)i * 1000, .raw = round
            };
        send(fixture, samples, MANY);
        send(fixture, samples, MANY);
    }
    check_int(conflicts(fixture), MANY);
    check_int(compact(fixture), 0);
    check_int(conflicts(fixture), MANY);
    check_int(fixture_count(fixture, "SELECT length(conflicts) FROM sensor_status"),
              8 * CONFLICTS_MOST_KNOWN);
    check_int(fixture_count(fixture, "SELECT count(*) FROM conflict_watch WHERE is_pending"), 1);
    end();
}

TEST(conflicts_remember_a_bounded_number)
{
    with_each_store(remembers_a_bounded_number);
}

/* If any store call fails, nothing is counted. */
static void
leaves_nothing_half_done(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;
    struct journal_index_sensor key = { LEDGER_ORGANIZATION, ledger_sensor_id(SERIAL) };
    enum status status = STATUS_BUSY;

    begin(fixture);
    send_one(fixture, now - 60, 1);
    send_one(fixture, now - 60, 2);
    for (int n = 1; status; n++) {
        struct compaction_queue queue = { &key, 1, 0, false };
        struct compaction *compaction;
        check_int(compaction_prepare(&fixture->call, &queue, &compaction), STATUS_OK);
        check_int(store_begin(fixture->call.db.store, &fixture->call.db.fault), STATUS_OK);
        fixture->call.in_transaction = true; /* no second try */
        fixture_fail_at(fixture, n);
        status = compaction_write(&fixture->call, compaction);
        fixture_fail_at(fixture, 0);
        fixture->call.in_transaction = false;
        store_rollback(fixture->call.db.store);
        check_int(conflicts(fixture), 1);
        check_int(fixture_count(fixture, "SELECT count(*) FROM conflict_watch"), 0);
    }
    end();
}

TEST(conflicts_leave_nothing_half_done)
{
    with_each_store(leaves_nothing_half_done);
}
