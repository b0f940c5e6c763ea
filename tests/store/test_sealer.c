#include "service/sealer.h"

#include <stdlib.h>
#include <string.h>

#include "base/utc.h"
#include "service/ingest.h"
#include "support/check.h"
#include "support/ledger_rows.h"
#include "support/store_fixture.h"
#include "threads.h"

#define OLD   "282C02424EED"
#define YOUNG "282C02424EEE"

static void
deliver(struct fixture *fixture, struct ingest *ingest, const char *serial)
{
    const struct sample sample = { .channel = 1, .type = 1, .at = fixture->call.now, .raw = 1 };
    struct delivery delivery = { .samples = &sample, .sample_count = 1, .battery_ok = true };
    struct ingest_item item = { .delivery = &delivery }, *items[] = { &item };

    check(serial_parse(&delivery.serial, serial, strlen(serial)));
    check_int(ingest_commit(ingest, &fixture->call, items, 1), STATUS_OK);
    check_int(item.saved, 1);
}

static void
seals_all_that_waits(struct fixture *fixture)
{
    utc_seconds now = utc_now();
    int64_t give_up = monotonic_nanoseconds() + (int64_t)NEWS_PATIENCE_SECONDS * 1000000000;
    struct tail *tail = fixture->call.tail = tail_open();
    struct ingest *ingest = ingest_open();
    const char *serials[] = { OLD, YOUNG };

    ledger_add_organization(fixture, LEDGER_ORGANIZATION);
    for (size_t i = 0; i < 2; i++) {
        ledger_add_sensor(fixture, LEDGER_ORGANIZATION, serials[i]);
        ledger_add_license(fixture, LEDGER_ORGANIZATION, serials[i], now - UTC_DAY, now + UTC_DAY);
    }
    fixture->call.now = now - SEALER_MOST_AGE_SECONDS - 1;
    deliver(fixture, ingest, OLD);
    fixture->call.now = now;
    deliver(fixture, ingest, YOUNG);

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
    tail_remove(tail, 6, 6);
    check_int(tail_oldest(tail), 100);
    check_int(tail_sensors(tail, &sensors), 4);
    check(!memcmp(sensors, want, sizeof want));
    free(sensors);
    tail_close(tail);
}
