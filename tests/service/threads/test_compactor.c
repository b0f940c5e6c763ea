#include "service/threads/compactor.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/utc.h"
#include "service/ingest/ingest.h"
#include "service/measurement/compaction.h"
#include "service/measurement/journal.h"
#include "support/check.h"
#include "support/ledger_rows.h"
#include "support/store_fixture.h"
#include "support/threads.h"

#define OLD   "282C02424EED"
#define YOUNG "282C02424EEE"

static void
deliver(struct call *call, struct ingest *ingest, const char *serial, utc_seconds at)
{
    const struct sample sample = { .channel = 1, .type = 1, .at = at, .raw = 1 };
    struct delivery delivery = { .samples = &sample, .sample_count = 1, .battery_ok = true };
    struct ingest_item item = { .delivery = &delivery }, *items[] = { &item };

    check(serial_parse(&delivery.serial, serial, strlen(serial)));
    check_int(ingest_commit(ingest, call, items, 1), STATUS_OK);
    check_int(item.saved, 1);
}

static void
add_both(struct fixture *fixture, utc_seconds now)
{
    ledger_add_organization(fixture, LEDGER_ORGANIZATION);
    for (const char *const *serial = (const char *const[]){ OLD, YOUNG, NULL }; *serial; serial++) {
        ledger_add_sensor(fixture, LEDGER_ORGANIZATION, *serial);
        ledger_add_license(fixture, LEDGER_ORGANIZATION, *serial, now - UTC_DAY, now + UTC_DAY);
    }
}

/* Runs a compactor until the journal is empty, and checks that it is. */
static void
compact_all(struct fixture *fixture, struct journal_index *journal_index)
{
    int64_t give_up = monotonic_nanoseconds() + (int64_t)NEWS_PATIENCE_SECONDS * 1000000000;
    struct writer *writer = start_writer(fixture, journal_index);
    struct compactor *compactor;
    const struct store_options store = { .url = fixture->url };

    check_int(compactor_start(&compactor,
                              &(struct compactor_options){ .store = &store,
                                                           .writer = writer,
                                                           .journal_index = journal_index },
                              &fixture->call.db.fault),
              STATUS_OK);
    while (fixture_count(fixture, "SELECT count(*) FROM journal") > 0
           && monotonic_nanoseconds() < give_up)
        continue;
    compactor_stop(compactor);
    writer_stop(writer);
    check_int(fixture_count(fixture, "SELECT count(*) FROM journal"), 0);
    check_int(journal_index_totals(journal_index).rows, 0);
}

static void
compacts_all_that_waits(struct fixture *fixture)
{
    utc_seconds now = utc_now();
    struct journal_index *journal_index = fixture->call.journal_index = journal_index_open();
    struct ingest *ingest = ingest_open();

    add_both(fixture, now);
    fixture->call.now = now - COMPACTOR_MOST_AGE_SECONDS - 1;
    deliver(&fixture->call, ingest, OLD, fixture->call.now);
    fixture->call.now = now;
    deliver(&fixture->call, ingest, YOUNG, fixture->call.now);
    compact_all(fixture, journal_index);
    check_int(fixture_count(fixture, "SELECT count(*) FROM block"), 2);
    ingest_close(ingest);
    journal_index_close(journal_index);
}

TEST(compactor_compacts_all_that_waits_once_the_oldest_message_is_an_hour_old)
{
    with_each_store(compacts_all_that_waits);
}

/* No server's index has the message: its server ended for good. */
static void
compacts_what_another_server_left(struct fixture *fixture)
{
    utc_seconds now = utc_now();
    struct journal_index *journal_index = journal_index_open(), *others = journal_index_open();
    struct ingest *ingest = ingest_open();

    fixture->call.journal_index = others;
    if (store_is_shared(fixture->call.db.store)) {
        add_both(fixture, now);
        fixture->call.now = now - 2 * COMPACTOR_MOST_AGE_SECONDS - 10;
        deliver(&fixture->call, ingest, OLD, fixture->call.now);
        fixture->call.now = now;
        compact_all(fixture, journal_index);
        check_int(fixture_count(fixture, "SELECT count(*) FROM block"), 1);
    }
    ingest_close(ingest);
    journal_index_close(journal_index);
    journal_index_close(others);
}

TEST(compactor_compacts_what_another_server_left)
{
    with_each_store(compacts_what_another_server_left);
}

/* Returns the id of the new row. */
static int64_t
deliver_at(struct fixture *fixture, struct ingest *ingest, struct journal_index *journal_index,
           utc_seconds at)
{
    fixture->call.journal_index = journal_index;
    fixture->call.now = at;
    deliver(&fixture->call, ingest, OLD, at);
    return fixture_count(fixture, "SELECT max(id) FROM journal");
}

/* The server's own rows and those that nobody has, in turn. The last but one is too young. */
static void
adds_left_rows(struct fixture *fixture)
{
    enum { ROWS = 7, LEFT_AGE = 7200 };
    utc_seconds now = fixture->call.now, first = now - LEFT_AGE - ROWS;
    struct journal_index *own = journal_index_open(), *others = journal_index_open();
    struct ingest *ingest = ingest_open();
    int64_t want[ROWS], *ids;
    size_t count, added;
    bool is_shared = store_is_shared(fixture->call.db.store);

    add_both(fixture, now);
    for (int i = 0; i < ROWS - 1; i++)
        want[i] = deliver_at(fixture, ingest, i % 3 == 1 ? own : others, first + i);
    deliver_at(fixture, ingest, others, now - LEFT_AGE + 1);
    want[ROWS - 1] = deliver_at(fixture, ingest, own, now);
    for (int again = 0; again < 2; again++) {
        utc_seconds looked_at = 0;
        check_int(journal_index_add_left(&fixture->call, &looked_at, &added), STATUS_OK);
        check_int(added, is_shared && !again ? 4 : 0);
        check_int(journal_index_rows(&fixture->call, ledger_sensor_id(OLD), 2 * ROWS, &ids, &count),
                  STATUS_OK);
        check_int(count, is_shared ? ROWS : 3);
        check(!is_shared || !memcmp(ids, want, sizeof want));
        check_int(journal_index_totals(own).rows, (int64_t)count);
        check_int(journal_index_totals(own).newest_id, want[ROWS - 1]);
    }
    ingest_close(ingest);
    journal_index_close(own);
    journal_index_close(others);
}

TEST(journal_index_adds_rows_that_other_servers_left)
{
    with_each_store(adds_left_rows);
}

struct arrival {
    struct call call;
    struct ingest *ingest;
    utc_seconds at; /* the newest sample */
};

static void
arrive(void *with)
{
    struct arrival *arrival = with;

    arrival->at++;
    deliver(&arrival->call, arrival->ingest, OLD, arrival->at);
    deliver(&arrival->call, arrival->ingest, YOUNG, arrival->at);
}

/* One step, as the compactor does it. Messages arrive before the n-th call of its preparation;
 * false when that has fewer. */
static bool
compact_and_sweep(struct fixture *fixture, int n, struct arrival *arrival)
{
    struct journal_index *journal_index = fixture->call.journal_index;
    struct journal_index_sensor *sensors;
    struct journal_trim journal_trim = { 0 };
    struct compaction *compaction;
    size_t count = journal_index_sensors(journal_index, &sensors);
    struct compaction_queue queue = { sensors, count, 0, false };

    check(count > 0);
    fixture_run_at(fixture, n, arrive, arrival);
    check_int(compaction_prepare(&fixture->call, &queue, &compaction), STATUS_OK);
    bool arrived = fixture_calls() >= n;
    fixture_fail_at(fixture, 0);
    check_int(compaction_write(&fixture->call, compaction), STATUS_OK);
    compaction_forget(compaction, journal_index, &journal_trim);
    check_int(journal_trim_step(&fixture->call, &journal_trim, 0), STATUS_OK);
    free(sensors);
    journal_trim_clear(&journal_trim);
    arena_clear(fixture->call.db.arena);
    return arrived;
}

/* A step must not count messages as compacted that it does not see. */
static void
loses_nothing_that_arrives_meanwhile(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;
    struct arena arena;
    struct arrival arrival = { .call = fixture->call, .ingest = ingest_open(), .at = now - 1000 };
    int64_t sent = 0;
    int n = 1;

    fixture->call.journal_index = arrival.call.journal_index = journal_index_open();
    arrival.call.db.store = fixture_open_second(fixture, STORE_READ_WRITE);
    arrival.call.db.arena = &arena;
    arena_init(&arena, FIXTURE_ARENA_BYTES);
    add_both(fixture, now);
    for (bool more = true; more && !check_failures(); n++) {
        arrive(&arrival);
        more = compact_and_sweep(fixture, n, &arrival);
        sent += more ? 4 : 2;
        if (journal_index_totals(fixture->call.journal_index).rows > 0)
            check(!compact_and_sweep(fixture, INT_MAX, &arrival));
        check_int(fixture_count(fixture, "SELECT sum(sample_count) FROM block"), sent);
    }
    check(n > 5);
    arena_clear(&arena);
    store_close(arrival.call.db.store);
    ingest_close(arrival.ingest);
    journal_index_close(fixture->call.journal_index);
}

TEST(compaction_loses_nothing_that_arrives_meanwhile)
{
    with_each_store(loses_nothing_that_arrives_meanwhile);
}

/* The journal is empty by the time of the first message, and the clock was set back. */
static void
goes_on_above_what_was_compacted(struct fixture *fixture)
{
    struct journal_index *journal_index = fixture->call.journal_index = journal_index_open();
    struct ingest *ingest = ingest_open();
    int64_t compacted = journal_first_id(fixture->call.now + 30);

    add_both(fixture, fixture->call.now);
    journal_index_add(journal_index, LEDGER_ORGANIZATION, ledger_sensor_id(OLD), compacted,
                      fixture->call.now + 30);
    journal_index_remove(journal_index, ledger_sensor_id(OLD), &compacted, 1);
    deliver(&fixture->call, ingest, OLD, fixture->call.now);
    check(fixture_count(fixture, "SELECT max(id) FROM journal") > compacted);
    ingest_close(ingest);
    journal_index_close(journal_index);
}

TEST(journal_ids_continue_above_those_of_compacted_messages)
{
    with_each_store(goes_on_above_what_was_compacted);
}

TEST(compactor_lets_the_journal_grow_with_the_number_of_sensors)
{
    enum { SENSORS = COMPACTOR_MOST_MESSAGES / COMPACTOR_MOST_A_SENSOR + 100 };
    struct journal_index *journal_index = journal_index_open();

    for (int64_t sensor = 1; sensor <= 1000; sensor++)
        journal_index_add(journal_index, 1, sensor, sensor, 1);
    check_int(compactor_most_messages(journal_index), COMPACTOR_MOST_MESSAGES);
    for (int64_t sensor = 1; sensor <= SENSORS; sensor++)
        journal_index_add(journal_index, 1, sensor, 1000 + sensor, 1);
    check_int(compactor_most_messages(journal_index), SENSORS * COMPACTOR_MOST_A_SENSOR);
    journal_index_close(journal_index);
}

TEST(journal_index_gives_its_sensors_by_their_keys)
{
    struct journal_index *journal_index = journal_index_open();
    struct journal_index_sensor *sensors;
    const struct journal_index_sensor want[] = { { 1, 8 }, { 1, 9 }, { 2, -5 }, { 2, 7 } };

    check_int(journal_index_oldest(journal_index), UTC_NEVER);
    journal_index_add(journal_index, 2, 7, 1, 200);
    journal_index_add(journal_index, 1, 9, 2, 100);
    journal_index_add(journal_index, 2, -5, 3, 300);
    journal_index_add(journal_index, 1, 8, 4, 400);
    journal_index_add(journal_index, 1, 8, 5, 500);
    journal_index_add(journal_index, 3, 6, 6, 50);
    journal_index_remove(journal_index, 6, (const int64_t[]){ 6 }, 1);
    check_int(journal_index_oldest(journal_index), 100);
    check_int(journal_index_sensors(journal_index, &sensors), 4);
    check(!memcmp(sensors, want, sizeof want));
    free(sensors);
    journal_index_close(journal_index);
}
