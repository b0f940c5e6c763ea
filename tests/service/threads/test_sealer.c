#include "service/threads/sealer.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/utc.h"
#include "service/ingest/ingest.h"
#include "service/measurement/journal.h"
#include "service/measurement/sealing.h"
#include "support/check.h"
#include "support/ledger_rows.h"
#include "support/store_fixture.h"
#include "support/threads.h"

#define OLD   "282C02424EED"
#define YOUNG "282C02424EEE"

static void
deliver(struct call *call, struct ingest *ingest, const char *serial)
{
    const struct sample sample = { .channel = 1, .type = 1, .at = call->now, .raw = 1 };
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

static void
seals_all_that_waits(struct fixture *fixture)
{
    utc_seconds now = utc_now();
    int64_t give_up = monotonic_nanoseconds() + (int64_t)NEWS_PATIENCE_SECONDS * 1000000000;
    struct tail *tail = fixture->call.tail = tail_open();
    struct ingest *ingest = ingest_open();

    add_both(fixture, now);
    fixture->call.now = now - SEALER_MOST_AGE_SECONDS - 1;
    deliver(&fixture->call, ingest, OLD);
    fixture->call.now = now;
    deliver(&fixture->call, ingest, YOUNG);

    struct writer *writer = start_writer(fixture, tail);
    struct sealer *sealer;
    const struct store_options store = { .url = fixture->url };
    check_int(
        sealer_start(&sealer,
                     &(struct sealer_options){ .store = &store, .writer = writer, .tail = tail },
                     &fixture->call.fault),
        STATUS_OK);
    while (fixture_count(fixture, "SELECT count(*) FROM journal") > 0
           && monotonic_nanoseconds() < give_up)
        continue;
    sealer_stop(sealer);
    writer_stop(writer);
    check_int(fixture_count(fixture, "SELECT count(*) FROM journal"), 0);
    check_int(fixture_count(fixture, "SELECT count(*) FROM block"), 2);
    check_int(tail_count(tail), 0);
    ingest_close(ingest);
    tail_close(tail);
}

TEST(sealer_seals_all_that_waits_once_the_oldest_message_is_an_hour_old)
{
    with_each_store(seals_all_that_waits);
}

struct arrival {
    struct call call;
    struct ingest *ingest;
};

static void
arrive(void *with)
{
    struct arrival *arrival = with;

    arrival->call.now++;
    deliver(&arrival->call, arrival->ingest, OLD);
    deliver(&arrival->call, arrival->ingest, YOUNG);
}

/* One step, as the sealer does it. Messages arrive before the n-th call of its preparation; false
 * when that has fewer. */
static bool
seal_and_sweep(struct fixture *fixture, int n, struct arrival *arrival)
{
    struct tail *tail = fixture->call.tail;
    struct tail_sensor *sensors;
    struct sweep sweep = { 0 };
    struct sealing *sealing;
    size_t done = 0, count = tail_sensors(tail, &sensors);

    check(count > 0);
    fixture_run_at(fixture, n, arrive, arrival);
    check_int(sealing_prepare(&fixture->call, sensors, count, &done, &sealing), STATUS_OK);
    bool arrived = fixture_calls() >= n;
    fixture_fail_at(fixture, 0);
    check_int(sealing_write(&fixture->call, sealing), STATUS_OK);
    sealing_forget(sealing, tail, &sweep);
    check_int(sweep_step(&fixture->call, &sweep, 0), STATUS_OK);
    free(sensors);
    sweep_clear(&sweep);
    arena_clear(fixture->call.arena);
    return arrived;
}

/* What a step does not see it must not take for sealed. */
static void
loses_nothing_that_arrives_meanwhile(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;
    struct arena arena;
    struct arrival arrival = { .call = fixture->call, .ingest = ingest_open() };
    int64_t sent = 0;
    int n = 1;

    fixture->call.tail = arrival.call.tail = tail_open();
    arrival.call.store = fixture_open_second(fixture, STORE_READ_WRITE);
    arrival.call.arena = &arena;
    arena_init(&arena, FIXTURE_ARENA_BYTES);
    add_both(fixture, now);
    for (bool more = true; more && !check_failures(); n++) {
        arrive(&arrival);
        more = seal_and_sweep(fixture, n, &arrival);
        sent += more ? 4 : 2;
        if (tail_count(fixture->call.tail) > 0)
            check(!seal_and_sweep(fixture, INT_MAX, &arrival));
        check_int(fixture_count(fixture, "SELECT sum(sample_count) FROM block"), sent);
    }
    check(n > 5);
    arena_clear(&arena);
    store_close(arrival.call.store);
    ingest_close(arrival.ingest);
    tail_close(fixture->call.tail);
}

TEST(sealing_loses_nothing_that_arrives_meanwhile)
{
    with_each_store(loses_nothing_that_arrives_meanwhile);
}

/* The journal is empty by the time of the first message, and the clock was set back. */
static void
goes_on_above_what_was_sealed(struct fixture *fixture)
{
    struct tail *tail = fixture->call.tail = tail_open();
    struct ingest *ingest = ingest_open();
    int64_t sealed = journal_first_id(fixture->call.now + 30);

    add_both(fixture, fixture->call.now);
    tail_add(tail, LEDGER_ORGANIZATION, ledger_sensor_id(OLD), sealed, fixture->call.now + 30);
    tail_remove(tail, ledger_sensor_id(OLD), &sealed, 1);
    deliver(&fixture->call, ingest, OLD);
    check(fixture_count(fixture, "SELECT max(id) FROM journal") > sealed);
    ingest_close(ingest);
    tail_close(tail);
}

TEST(journal_goes_on_above_what_was_sealed_out_of_it)
{
    with_each_store(goes_on_above_what_was_sealed);
}

TEST(sealer_lets_the_journal_grow_with_the_number_of_sensors)
{
    enum { SENSORS = SEALER_MOST_MESSAGES / SEALER_MOST_A_SENSOR + 100 };
    struct tail *tail = tail_open();

    for (int64_t sensor = 1; sensor <= 1000; sensor++)
        tail_add(tail, 1, sensor, sensor, 1);
    check_int(sealer_most_messages(tail), SEALER_MOST_MESSAGES);
    for (int64_t sensor = 1; sensor <= SENSORS; sensor++)
        tail_add(tail, 1, sensor, 1000 + sensor, 1);
    check_int(sealer_most_messages(tail), SENSORS * SEALER_MOST_A_SENSOR);
    tail_close(tail);
}

TEST(tail_gives_its_sensors_by_their_keys)
{
    struct tail *tail = tail_open();
    struct tail_sensor *sensors;
    const struct tail_sensor want[] = { { 1, 8 }, { 1, 9 }, { 2, -5 }, { 2, 7 } };

    check_int(tail_oldest(tail), UTC_NEVER);
    tail_add(tail, 2, 7, 1, 200);
    tail_add(tail, 1, 9, 2, 100);
    tail_add(tail, 2, -5, 3, 300);
    tail_add(tail, 1, 8, 4, 400);
    tail_add(tail, 1, 8, 5, 500);
    tail_add(tail, 3, 6, 6, 50);
    tail_remove(tail, 6, (const int64_t[]){ 6 }, 1);
    check_int(tail_oldest(tail), 100);
    check_int(tail_sensors(tail, &sensors), 4);
    check(!memcmp(sensors, want, sizeof want));
    free(sensors);
    tail_close(tail);
}
