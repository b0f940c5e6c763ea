#include <stdio.h>
#include <string.h>

#include "service/ingest/ingest.h"
#include "service/license/licensing.h"
#include "service/measurement/journal_index.h"
#include "service/sensor/sensors.h"
#include "support/check.h"
#include "support/verbs.h"

static const char fridge[] = "282C02402FAD", cellar[] = "282C02402FAE";

static void
give_back(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine"), other = make_organization(fixture, "Other");
    struct manager_row row = { .serial = "" };
    struct license license;

    make_key(fixture, mine, 3, "P10D");
    fixture->call.now++; /* the pool gives from the older one */
    make_key(fixture, mine, 1, "P1Y");
    make_key(fixture, other, 1, "P1Y");
    int64_t running = add_sensor(fixture, mine, fridge, "Fridge").license_id;
    for (int i = 0; i < 3; i++)
        check_int(license_assign(&fixture->call, mine, fridge, NULL, &license), STATUS_OK);
    check_int(sensor_remove(&fixture->call, mine, "28-2c-02-40-2f-ad"), STATUS_OK);
    check_int(fixture_count(fixture,
                            "SELECT sum(quantity - assigned) FROM license_key WHERE quantity > 1"),
              2);
    check_int(fixture_count(fixture, "SELECT count(*) FROM license"), 1); /* the one that runs */
    check_int(fixture_count(fixture, "SELECT count(*) FROM serial_owner"), 0);
    check_int(
        fixture_count(fixture, "SELECT count(*) FROM audit_entry WHERE action = 'sensor.remove'"),
        1);
    check_ledger(fixture);
    check_failed(fixture, sensor_remove(&fixture->call, mine, fridge), STATUS_NOT_FOUND, "",
                 "serial");
    check_failed(fixture, manager_row(&fixture->call, mine, fridge, &row), STATUS_NOT_FOUND, "",
                 "serial");

    fixture->call.now += 3 * UTC_DAY;
    row = add_sensor(fixture, mine, fridge, NULL); /* it carries on */
    check_text(row.name, "Fridge");
    check_int(row.license_id, running);
    check_int(row.queue_count, 0);
    check_int(fixture_count(fixture, "SELECT sum(quantity - assigned) FROM license_key"), 4);

    check_int(sensor_remove(&fixture->call, mine, fridge), STATUS_OK);
    add_sensor(fixture, other, fridge, ""); /* sold */
    check_failed(
        fixture,
        sensor_add(&fixture->call, mine, &(struct sensor_request){ .serial = fridge }, &row, NULL),
        STATUS_CONFLICT, "sensor_not_available", "serial");
    check_failed(fixture, sensor_remove(&fixture->call, mine, fridge), STATUS_NOT_FOUND, "",
                 "serial");
    check_ledger(fixture);
}

TEST(sensor_remove_returns_waiting_licenses_to_the_pool)
{
    with_each_store(give_back);
}

static void
revives(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine");
    struct manager_row row = { .serial = "" };
    struct license license;

    make_key(fixture, mine, 1, "P1D");
    add_sensor(fixture, mine, cellar, "");
    make_key(fixture, mine, 2, "P1M");
    add_sensor(fixture, mine, fridge, "");
    check_int(license_assign(&fixture->call, mine, fridge, NULL, &license), STATUS_OK);
    fixture->call.now += 5 * UTC_DAY;
    check_int(sensor_remove(&fixture->call, mine, fridge), STATUS_OK);
    check_int(manager_row(&fixture->call, mine, cellar, &row), STATUS_OK);
    check_int(row.activated_at, fixture->call.now);
    check_ledger(fixture);

    /* A removed sensor is not renewed, and its coverage ends. */
    make_key(fixture, mine, 5, "P1M");
    fixture->call.now += 40 * UTC_DAY;
    row = add_sensor(fixture, mine, fridge, "");
    check_int(row.activated_at, fixture->call.now);
    check_ledger(fixture);
}

TEST(sensor_remove_renews_expired_sensors)
{
    with_each_store(revives);
}

static void
nothing_is_saved(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine");
    struct sample sample = { .channel = 1, .type = 1, .at = NOON, .raw = 1 };
    struct delivery delivery = { .samples = &sample, .sample_count = 1 };
    struct ingest_item item = { .delivery = &delivery }, *items[] = { &item };
    struct ingest *ingest = ingest_open();
    struct journal_index *journal_index = fixture->call.journal_index = journal_index_open();

    make_key(fixture, mine, 1, "P1M");
    add_sensor(fixture, mine, fridge, "");
    check(serial_parse(&delivery.serial, fridge, strlen(fridge)));
    check_int(ingest_commit(ingest, &fixture->call, items, 1), STATUS_OK);
    check_int(item.saved, 1);
    check_int(sensor_remove(&fixture->call, mine, fridge), STATUS_OK);
    check_int(ingest_commit(ingest, &fixture->call, items, 1), STATUS_OK);
    check_int(item.verdict, INGEST_UNKNOWN_SENSOR);
    add_sensor(fixture, mine, fridge, "");
    ingest_forget_unknown(ingest);
    sample.at = NOON + 1;
    check_int(ingest_commit(ingest, &fixture->call, items, 1), STATUS_OK);
    check_int(item.saved, 1);
    check_int(fixture_count(fixture, "SELECT count(*) FROM journal"), 2);
    ingest_close(ingest);
    journal_index_close(journal_index);
}

TEST(sensor_remove_stops_saving_immediately)
{
    with_each_store(nothing_is_saved);
}

struct subject {
    int64_t organization_id;
    char serial[16];
    int serials;
};

static void
prepare(struct fixture *fixture, void *with)
{
    struct subject *subject = with;
    struct license license;

    snprintf(subject->serial, sizeof subject->serial, "282C02%06X", (unsigned)++subject->serials);
    add_sensor(fixture, subject->organization_id, subject->serial, "");
    check_int(
        license_assign(&fixture->call, subject->organization_id, subject->serial, NULL, &license),
        STATUS_OK);
}

static enum status
remove_it(struct fixture *fixture, void *with)
{
    const struct subject *subject = with;

    return sensor_remove(&fixture->call, subject->organization_id, subject->serial);
}

static void
leaves_nothing_half_done(struct fixture *fixture)
{
    struct subject subject = { .organization_id = make_organization(fixture, "Mine") };

    make_key(fixture, subject.organization_id, 1000, "P1M");
    check_torture(
        fixture,
        &(struct torture){
            .prepare = prepare,
            .verb = remove_it,
            .with = &subject,
            .rows = "SELECT 5 * (SELECT count(*) FROM license) + (SELECT count(*) FROM audit_entry)"
                    " + 3 * (SELECT count(*) FROM sensor WHERE removed_at IS NULL)"
                    " + (SELECT count(*) FROM serial_owner)",
            .delta = -5 + 1 - 3 - 1,
        });
}

TEST(sensor_remove_is_atomic)
{
    with_each_store(leaves_nothing_half_done);
}
