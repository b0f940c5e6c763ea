#include "service/ingest/ingest.h"

#include <stdio.h>
#include <string.h>

#include "service/coverage/coverage_table.h"
#include "service/measurement/journal_index.h"
#include "service/measurement/readings.h"
#include "support/check.h"
#include "support/ledger_rows.h"
#include "support/store_fixture.h"

#define SERIAL "282C02424EED"
#define OTHER  "282C02424EEE"
#define HOUR   INT64_C(3600)

static struct journal_index *journal_index;
static struct ingest *ingest;

static void
begin(struct fixture *fixture)
{
    journal_index = journal_index_open();
    ingest = ingest_open();
    fixture->call.journal_index = journal_index;
    ledger_add_organization(fixture, LEDGER_ORGANIZATION);
    ledger_add_sensor(fixture, LEDGER_ORGANIZATION, SERIAL);
}

static void
end(void)
{
    ingest_close(ingest);
    journal_index_close(journal_index);
}

static struct delivery
delivery_of(const char *serial, const struct sample *samples, size_t count)
{
    struct delivery delivery = {
        .samples = samples, .sample_count = count, .battery_ok = true, .signal = 40
    };

    check(serial_parse(&delivery.serial, serial, strlen(serial)));
    return delivery;
}

/* Commits one delivery and returns its item. */
static struct ingest_item
commit(struct fixture *fixture, const struct delivery *delivery, enum status want)
{
    struct ingest_item item = { .delivery = delivery }, *items[] = { &item };

    check_int(ingest_commit(ingest, &fixture->call, items, 1), want);
    return item;
}

static size_t
readings_count(struct fixture *fixture, const char *serial)
{
    struct readings_query query = { .page = { .limit = 1000 }, .to = UTC_NEVER };
    struct readings_page page = { 0 };

    check_int(readings_list(&fixture->call, LEDGER_ORGANIZATION, serial, &query, &page), STATUS_OK);
    return page.count;
}

static void
saves_by_the_time_of_measurement(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;
    const struct sample samples[] = {
        { .channel = 1, .type = 1, .at = now - 3 * HOUR, .raw = 215 }, /* before the license */
        { .channel = 1, .type = 1, .at = now - 2 * HOUR, .raw = 216 }, /* its first second */
        { .channel = 1, .type = 1, .at = now - HOUR - 1, .raw = 217 }, /* its last second */
        { .channel = 1, .type = 1, .at = now - HOUR, .raw = 218 },     /* after its end */
        { .channel = 1, .type = 1, .at = now + 301, .raw = 219 }       /* a bad clock */
    };
    struct delivery delivery = delivery_of(SERIAL, samples, 5);

    begin(fixture);
    ledger_add_license(fixture, LEDGER_ORGANIZATION, SERIAL, now - 2 * HOUR, now - HOUR);
    struct ingest_item item = commit(fixture, &delivery, STATUS_OK);
    check_int(item.verdict, INGEST_DONE);
    check_int(item.saved, 2);
    check_int(item.refused, 3);
    check_int(readings_count(fixture, SERIAL), 2);
    check_int(fixture_count(fixture, "SELECT count(*) FROM refusal WHERE count = 1"), 3);
    check_int(readings_count(fixture, SERIAL), 2);
    end();
}

TEST(ingest_saves_by_the_time_of_measurement)
{
    with_each_store(saves_by_the_time_of_measurement);
}

static void
sees_each_change_of_the_ledger(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;
    const struct sample sample = { .channel = 1, .type = 1, .at = now, .raw = 1 };
    struct delivery delivery = delivery_of(SERIAL, &sample, 1),
                    other = delivery_of(OTHER, &sample, 1);

    begin(fixture);
    check_int(commit(fixture, &delivery, STATUS_OK).saved, 0);
    check_int(fixture_count(fixture, "SELECT count FROM refusal WHERE reason = 'unlicensed'"), 1);

    ledger_add_license(fixture, LEDGER_ORGANIZATION, SERIAL, now - HOUR, now + HOUR);
    check_int(commit(fixture, &delivery, STATUS_OK).saved, 1);

    check_int(commit(fixture, &other, STATUS_OK).verdict, INGEST_UNKNOWN_SENSOR);
    ledger_add_organization(fixture, 12);
    ledger_add_sensor(fixture, 12, OTHER);
    ledger_add_license(fixture, 12, OTHER, now - HOUR, now + HOUR);
    check_int(commit(fixture, &other, STATUS_OK).verdict, INGEST_UNKNOWN_SENSOR); /* for a second */
    ingest_forget_unknown(ingest);
    check_int(commit(fixture, &other, STATUS_OK).saved, 1);

    /* Removed here and added there: the next message belongs to the other organization. */
    ledger_remove_sensor(fixture, LEDGER_ORGANIZATION, SERIAL);
    ledger_add_sensor(fixture, 12, SERIAL);
    check_int(commit(fixture, &delivery, STATUS_OK).saved, 0);
    check_int(fixture_count(fixture, "SELECT count(*) FROM refusal WHERE organization_id = 12"), 1);
    end();
}

TEST(ingest_sees_each_change_of_the_ledger)
{
    with_each_store(sees_each_change_of_the_ledger);
}

/* Licenses of an hour without a gap, as auto renewal gives them, far more than gaps are kept. */
static void
saves_after_very_many_licenses(struct fixture *fixture)
{
    enum { LICENSES = 2 * COVERAGE_MOST_INTERVALS };
    utc_seconds now = fixture->call.now, first = now - (LICENSES - 1) * HOUR;
    const struct sample samples[] = {
        { .channel = 1, .type = 1, .at = first - 1, .raw = 1 }, /* before the first */
        { .channel = 1, .type = 1, .at = first, .raw = 2 },
        { .channel = 1, .type = 1, .at = now - HOUR, .raw = 3 }, /* where two meet */
        { .channel = 1, .type = 1, .at = now, .raw = 4 },
    };
    struct delivery delivery = delivery_of(SERIAL, samples, sizeof samples / sizeof samples[0]);
    char sql[512];

    begin(fixture);
    ledger_add_license(fixture, LEDGER_ORGANIZATION, SERIAL, first, first + HOUR);
    snprintf(sql, sizeof sql,
             "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < %d)"
             " INSERT INTO license (organization_id, id, sensor_id, key_id, starts_at, expires_at,"
             " assigned_at, assigned_by, cause)"
             " SELECT organization_id, id + i, sensor_id, key_id, starts_at + i * 3600,"
             " expires_at + i * 3600, assigned_at, assigned_by, cause FROM license, n",
             (int)LICENSES);
    fixture_script(fixture, sql);
    struct ingest_item item = commit(fixture, &delivery, STATUS_OK);
    check_int(item.verdict, INGEST_DONE);
    check_int(item.saved, 3);
    check_int(item.refused, 1);
    end();
}

TEST(ingest_saves_after_more_licenses_than_it_keeps_gaps)
{
    with_each_store(saves_after_very_many_licenses);
}

static void
wants_the_token_where_it_is_required(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;
    const struct sample sample = { .channel = 1, .type = 1, .at = now, .raw = 1 };
    struct delivery delivery = delivery_of(SERIAL, &sample, 1);

    begin(fixture);
    ledger_add_license(fixture, LEDGER_ORGANIZATION, SERIAL, now - HOUR, now + HOUR);
    check_int(commit(fixture, &delivery, STATUS_OK).verdict, INGEST_DONE);
    fixture_script(fixture,
                   "UPDATE organization SET version = version + 1, device_token_required = true");
    check_int(commit(fixture, &delivery, STATUS_OK).verdict, INGEST_BAD_TOKEN);
    check_int(fixture_count(fixture, "SELECT count FROM refusal WHERE reason = 'bad_token'"), 1);
    snprintf(delivery.cloud_token, sizeof delivery.cloud_token, "device-token");
    check_int(commit(fixture, &delivery, STATUS_OK).verdict, INGEST_DONE);
    end();
}

TEST(ingest_wants_the_token_where_it_is_required)
{
    with_each_store(wants_the_token_where_it_is_required);
}

static void
keeps_the_newest_report(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;
    struct delivery delivery = delivery_of(SERIAL, NULL, 0);

    begin(fixture);
    delivery.kind = DELIVERY_CONFIG;
    delivery.payload = (const uint8_t *)"\0abc";
    delivery.payload_size = 4;
    check_int(commit(fixture, &delivery, STATUS_OK).verdict, INGEST_DONE);
    check_int(fixture_count(fixture, "SELECT count(*) FROM sensor_report"), 0); /* no license */
    ledger_add_license(fixture, LEDGER_ORGANIZATION, SERIAL, now - HOUR, now + HOUR);
    commit(fixture, &delivery, STATUS_OK);
    delivery.payload_size = 2;
    commit(fixture, &delivery, STATUS_OK);
    check_int(fixture_count(fixture, "SELECT length(payload) FROM sensor_report"), 2);
    end();
}

TEST(ingest_keeps_the_newest_report)
{
    with_each_store(keeps_the_newest_report);
}

/* It shows that the sensor works, though none of its samples is saved. */
static void
saves_that_a_licensed_sensor_was_heard(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;
    const struct sample ahead = { .channel = 1, .type = 1, .at = now + 48 * HOUR, .raw = 1 };
    const struct sample before = { .channel = 1, .type = 1, .at = now - 2 * HOUR, .raw = 1 };
    struct delivery wrong_clock = delivery_of(SERIAL, &ahead, 1),
                    gap = delivery_of(SERIAL, &before, 1);

    begin(fixture);
    check_int(commit(fixture, &wrong_clock, STATUS_OK).refused, 1);
    check_int(fixture_count(fixture, "SELECT count(*) FROM journal"), 0); /* no license */
    ledger_add_license(fixture, LEDGER_ORGANIZATION, SERIAL, now - HOUR, now + HOUR);
    check_int(commit(fixture, &wrong_clock, STATUS_OK).saved, 0);
    check_int(commit(fixture, &gap, STATUS_OK).saved, 0);
    check_int(fixture_count(fixture, "SELECT count(*) FROM journal"), 2);
    check_int(readings_count(fixture, SERIAL), 0);
    end();
}

TEST(ingest_saves_that_a_licensed_sensor_was_heard)
{
    with_each_store(saves_that_a_licensed_sensor_was_heard);
}

/* Torture: if any store call fails, nothing is stored and nothing acknowledged. */
static void
leaves_nothing_half_done(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;
    const struct sample samples[] = {
        { .channel = 1, .type = 1, .at = now, .raw = 1 },
        { .channel = 1, .type = 1, .at = now - 9 * HOUR, .raw = 1 },
    };
    struct delivery delivery = delivery_of(SERIAL, samples, 2);

    begin(fixture);
    ledger_add_license(fixture, LEDGER_ORGANIZATION, SERIAL, now - HOUR, now + HOUR);
    for (int n = 1; n < 50; n++) {
        ingest_close(ingest);
        ingest = ingest_open();
        fixture->call.in_transaction = true; /* no second try: the failure must show */
        check_int(store_begin(fixture->call.db.store, &fixture->call.db.fault), STATUS_OK);
        fixture_fail_at(fixture, n);
        struct ingest_item item = { .delivery = &delivery }, *items[] = { &item };
        enum status status = ingest_commit(ingest, &fixture->call, items, 1);
        fixture_fail_at(fixture, 0);
        store_rollback(fixture->call.db.store);
        fixture->call.in_transaction = false;
        if (!status)
            break;
        check_int(status, STATUS_BUSY);
        check_int(item.verdict, INGEST_PENDING);
        check_int(fixture_count(fixture, "SELECT count(*) FROM journal"), 0);
        check_int(fixture_count(fixture, "SELECT count(*) FROM refusal"), 0);
        check_int(journal_index_totals(journal_index).rows, 0);
    }
    end();
}

TEST(ingest_leaves_nothing_half_done)
{
    with_each_store(leaves_nothing_half_done);
}

/* A renewal that was rolled back never was, also when another process has changed the
 * organization to the very version that it would have had. */
static void
forgets_a_renewal_that_was_not_committed(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;
    const struct sample sample = { .channel = 1, .type = 1, .at = now, .raw = 1 };
    struct delivery delivery = delivery_of(SERIAL, &sample, 1);
    enum status status = STATUS_BUSY;

    begin(fixture);
    ledger_add_license(fixture, LEDGER_ORGANIZATION, SERIAL, now - 2 * HOUR, now - HOUR);
    fixture_script(fixture, "UPDATE sensor SET auto_renewal = true");
    for (int n = 1; status; n++) {
        struct ingest_item item = { .delivery = &delivery }, *items[] = { &item };

        fixture->call.in_transaction = true; /* no second try */
        check_int(store_begin(fixture->call.db.store, &fixture->call.db.fault), STATUS_OK);
        fixture_fail_at(fixture, n);
        status = ingest_commit(ingest, &fixture->call, items, 1);
        fixture_fail_at(fixture, 0);
        store_rollback(fixture->call.db.store);
        if (!status) {
            check_int(item.saved, 1); /* no failure: the license is renewed, and the sample saved */
            break;
        }
        check_int(store_begin(fixture->call.db.store, &fixture->call.db.fault), STATUS_OK);
        fixture_script(fixture, "UPDATE license_key SET assigned = quantity;"
                                "UPDATE organization SET version = version + 1");
        check_int(commit(fixture, &delivery, STATUS_OK).saved, 0);
        store_rollback(fixture->call.db.store);
    }
    fixture->call.in_transaction = false;
    end();
}

TEST(ingest_forgets_a_renewal_that_was_not_committed)
{
    with_each_store(forgets_a_renewal_that_was_not_committed);
}

/* The transaction is tried again; the message is stored once. */
static void
tries_a_busy_store_again(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;
    const struct sample sample = { .channel = 1, .type = 1, .at = now, .raw = 1 };
    struct delivery delivery = delivery_of(SERIAL, &sample, 1);

    begin(fixture);
    ledger_add_license(fixture, LEDGER_ORGANIZATION, SERIAL, now - HOUR, now + HOUR);
    fixture_fail_at(fixture, 4);
    check_int(commit(fixture, &delivery, STATUS_OK).saved, 1);
    check_int(fixture_count(fixture, "SELECT count(*) FROM journal"), 1);
    check_int(journal_index_totals(journal_index).rows, 1);
    end();
}

TEST(ingest_tries_a_busy_store_again)
{
    with_each_store(tries_a_busy_store_again);
}
