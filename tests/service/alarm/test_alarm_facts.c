/* Alerts on a sensor that never sent, on its clock and on tampering. */
#include <inttypes.h>
#include <stdio.h>

#include "support/alerting.h"
#include "support/check.h"
#include "support/hearing.h"
#include "support/ledger_rows.h"
#include "support/noticing.h"
#include "support/verbs.h"

#define MINUTE INT64_C(60)
#define DAY    (24 * (int64_t)HOUR)
#define SLACK  (10 * MINUTE)
#define OPEN   "SELECT count(*) FROM alert WHERE ended_at IS NULL"

static void
never_sends(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    begin_hearing(fixture);
    watch(fixture, 71, "lost_connection", SLACK);
    struct server server = server_open(fixture);

    check_int(open_at(fixture, &server, now), 0);
    check_int(open_at(fixture, &server, now + DAY + SLACK - 1), 0);
    check_int(open_at(fixture, &server, now + DAY + SLACK), 1);
    check_int(fixture_count(fixture, "SELECT started_at FROM alert WHERE never_seen"), now + DAY);
    check_int(open_at(fixture, &server, now + 9 * DAY), 1);
    hear_announce(fixture, &server, HOUR);
    check_int(fixture_count(fixture, OPEN), 0);
    check_int(open_at(fixture, &server, now + 9 * DAY + HOUR + SLACK), 1);
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert WHERE NOT never_seen"), 1);
    server_close(&server);
}

TEST(a_licensed_sensor_that_never_sent_is_lost_a_day_later)
{
    with_each_store(never_sends);
}

/* The latest of these counts; %d is the number of hours that begin the day. */
static const char *const since[] = {
    "UPDATE sensor SET added_at = %" PRId64,
    "UPDATE license SET starts_at = %" PRId64,
    "UPDATE alarm_rule SET made_at = %" PRId64,
    "UPDATE schema_migration SET applied_at = %" PRId64 " WHERE number = 17",
};

static void
never_sends_since(struct fixture *fixture)
{
    utc_seconds latest = fixture->call.now;

    begin_hearing(fixture);
    watch(fixture, 71, "lost_connection", SLACK);
    struct server server = server_open(fixture);

    for (size_t i = 0; i < sizeof since / sizeof since[0]; i++) {
        char sql[128];
        latest += 5 * HOUR;
        snprintf(sql, sizeof sql, since[i], latest);
        check_row(sql);
        fixture_script(fixture, sql);
        check_int(open_at(fixture, &server, latest + DAY + SLACK - 1), 0);
        fixture_script(fixture, "UPDATE alarm_expectation SET look_at = 0");
        check_int(open_at(fixture, &server, latest + DAY + SLACK), 1);
        fixture_script(fixture, "DELETE FROM alert; UPDATE alarm_expectation SET look_at = 0");
    }
    server_close(&server);
}

TEST(a_sensor_that_never_sent_has_a_day_since_it_was_added_licensed_watched_and_upgraded)
{
    with_each_store(never_sends_since);
}

/* It was added after the rule; it was heard, but not with its token. */
static void
never_sends_and_is_new(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    begin_hearing(fixture);
    watch(fixture, 71, "lost_connection", SLACK);
    struct server server = server_open(fixture);

    hear_announce(fixture, &server, 7 * DAY);
    check_int(open_at(fixture, &server, now), 0);
    ledger_add_sensor(fixture, LEDGER_ORGANIZATION, "282C02424EEE");
    ledger_add_license(fixture, LEDGER_ORGANIZATION, "282C02424EEE", now, now + 90 * DAY);
    fixture_script(fixture, "UPDATE organization SET device_token_required = true");
    check_int(open_at(fixture, &server, now + DAY + SLACK - 1), 0);
    check_int(open_at(fixture, &server, now + DAY + SLACK), 1);
    check_int(fixture_count(fixture, "SELECT sensor_id FROM alert WHERE never_seen"),
              ledger_sensor_id("282C02424EEE"));
    server_close(&server);
}

TEST(a_sensor_that_was_added_after_the_rule_and_never_sent_is_lost)
{
    with_each_store(never_sends_and_is_new);
}

/* As many more as this, which is the only sensor of all, with its only license. */
static void
copy_licensed_sensor(struct fixture *fixture, int count)
{
    char sql[1024];

    snprintf(sql, sizeof sql,
             "INSERT INTO sensor (organization_id, id, serial, name, name_folded, auto_renewal, "
             "alarms_paused, added_at, added_by, coverage_ends_at, last_starts_at, version) "
             "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d), "
             "one AS MATERIALIZED (SELECT * FROM sensor) "
             "SELECT organization_id, 1000000 + i, CAST(100000000000 + i AS TEXT), '', '', "
             "auto_renewal, false, added_at, added_by, coverage_ends_at, last_starts_at, version "
             "FROM n CROSS JOIN one",
             count);
    fixture_script(fixture, sql);
    fixture_script(fixture,
                   "INSERT INTO license (organization_id, id, sensor_id, key_id, starts_at, "
                   "expires_at, assigned_at, assigned_by, cause) "
                   "WITH one AS MATERIALIZED (SELECT * FROM license) "
                   "SELECT one.organization_id, sensor.id, sensor.id, key_id, starts_at, "
                   "expires_at, assigned_at, assigned_by, cause "
                   "FROM sensor CROSS JOIN one WHERE sensor.id <> one.sensor_id");
}

/* One mail for each recipient, however many sensors, and not before all are found. */
static void
never_send_by_thousands(struct fixture *fixture)
{
    enum { MANY = 10000 };
    utc_seconds now = fixture->call.now, later = now + DAY + SLACK;

    begin_alerts(fixture);
    fixture_script(fixture, "UPDATE alarm_rule SET condition = 'lost_connection', channel_type = 0,"
                            " for_seconds = 600");
    ledger_add_license(fixture, LEDGER_ORGANIZATION, ALERT_SERIAL, now - HOUR, now + 90 * DAY);
    copy_licensed_sensor(fixture, MANY - 1);
    struct server server = server_open(fixture);

    check_int(open_at(fixture, &server, now), 0);
    fixture->call.now = later;
    fixture_script(fixture, "UPDATE alarm_expectation SET look_at = look_at + 60 "
                            "WHERE sensor_id >= 1000000 AND sensor_id < 1000011");
    check_int(open_at(fixture, &server, later), MANY - 10);
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert WHERE never_seen"), MANY - 10);
    check_int(count_mails_at(fixture, later + 60), 0); /* ten are due and not found yet */
    check_int(open_at(fixture, &server, later + 60), MANY);
    check_int(count_mails_at(fixture, later + 60), 2);
    check_int(count_mails_at(fixture, later + DAY), 2);
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert WHERE mail_pending"), 0);
    server_close(&server);
}

TEST(sensors_that_never_sent_are_told_in_one_mail)
{
    with_each_store(never_send_by_thousands);
}

static void
hear_wrong_time(struct fixture *fixture, const struct server *server)
{
    const struct sample sample = {
        .channel = 1, .type = 1, .at = fixture->call.now + 400 * DAY, .raw = 9
    };

    hear(fixture, server, (struct delivery){ .samples = &sample, .sample_count = 1 });
}

/* By the clock, without another message, and after a restart. */
static void
clock_is_wrong(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    begin_hearing(fixture);
    watch(fixture, 71, "clock_wrong", SLACK);
    struct server server = server_open(fixture);

    hear_announce(fixture, &server, HOUR);
    hear_wrong_time(fixture, &server);
    check_int(fixture_count(fixture, OPEN), 0);
    fixture->call.now = now + 5 * MINUTE;
    server_close(&server);
    server = server_open(fixture);
    hear_wrong_time(fixture, &server);
    hear(fixture, &server, (struct delivery){ .kind = DELIVERY_CONFIG }); /* says nothing of it */
    check_int(open_at(fixture, &server, now + SLACK - 1), 0);
    check_int(open_at(fixture, &server, now + SLACK), 1);
    check_int(fixture_count(fixture, "SELECT started_at FROM alert"), now);
    hear_wrong_time(fixture, &server);
    check_int(fixture_count(fixture, OPEN), 1);
    hear_announce(fixture, &server, HOUR);
    check_int(fixture_count(fixture, OPEN), 0);
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert"), 1);
    hear_wrong_time(fixture, &server);
    fixture->call.now += MINUTE;
    hear_announce(fixture, &server, HOUR); /* right again, too early for an alert */
    check_int(open_at(fixture, &server, now + DAY), 0);
    server_close(&server);
}

TEST(a_clock_that_is_wrong_for_long_enough_is_an_alert_until_it_is_right)
{
    with_each_store(clock_is_wrong);
}

/* Two servers, and a rule without a duration beside one that has it. */
static void
clock_is_wrong_on_two_servers(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    begin_hearing(fixture);
    watch(fixture, 71, "clock_wrong", 0);
    watch(fixture, 72, "clock_wrong", SLACK);
    struct server one = server_open(fixture), other = server_open(fixture);

    hear_wrong_time(fixture, &one);
    check_int(fixture_count(fixture, OPEN), 1);
    fixture->call.now = now + SLACK;
    hear_wrong_time(fixture, &other);
    check_int(fixture_count(fixture, OPEN), 2);
    check_int(fixture_count(fixture, "SELECT min(started_at) FROM alert"), now);
    check_int(fixture_count(fixture, "SELECT max(started_at) FROM alert"), now);
    hear_announce(fixture, &one, HOUR);
    check_int(fixture_count(fixture, OPEN), 0);
    fixture_script(fixture, "UPDATE sensor SET alarms_paused = true");
    fixture_script(fixture, "UPDATE alarm_cache_owner SET node = 0");
    hear_wrong_time(fixture, &other);
    check_int(open_at(fixture, &one, now + DAY), 0);
    server_close(&one);
    server_close(&other);
}

TEST(a_wrong_clock_is_the_same_alert_on_two_servers)
{
    with_each_store(clock_is_wrong_on_two_servers);
}

/* A message, and the number of open alerts after it. */
static const struct tampering {
    const char *row;
    struct delivery delivery;
    int64_t open, all;
} tampering[] = {
    { "none", { .battery_ok = true }, 0, 0 },
    { "a rule of the device was met", { .transfer_reason = 1 << 8 }, 0, 0 },
    { "PIN", { .transfer_reason = TRANSFER_PIN_TAMPER }, 1, 1 },
    { "PIN, repeated", { .transfer_reason = TRANSFER_PIN_TAMPER | 1 << 3 }, 1, 1 },
    { "its configuration", { .kind = DELIVERY_CONFIG }, 1, 1 },
    { "over", { .battery_ok = true }, 0, 1 },
    { "enclosure", { .transfer_reason = TRANSFER_ENCLOSURE_TAMPER }, 1, 2 },
    { "closed", { .kind = DELIVERY_DEVICE_INFO, .enclosure = ENCLOSURE_CLOSED }, 0, 2 },
    { "open", { .kind = DELIVERY_DEVICE_INFO, .enclosure = ENCLOSURE_OPEN }, 1, 3 },
    { "still open", { .battery_ok = true }, 1, 3 },
    { "was open", { .kind = DELIVERY_DEVICE_INFO, .enclosure = ENCLOSURE_WAS_OPEN }, 1, 3 },
    { "not open any more", { .battery_ok = true }, 0, 3 },
    { "was open, again", { .kind = DELIVERY_DEVICE_INFO, .enclosure = ENCLOSURE_WAS_OPEN }, 0, 3 },
    { "closed again", { .kind = DELIVERY_DEVICE_INFO, .enclosure = ENCLOSURE_CLOSED }, 0, 3 },
    { "was open since", { .kind = DELIVERY_DEVICE_INFO, .enclosure = ENCLOSURE_WAS_OPEN }, 1, 4 },
    { "both", { .transfer_reason = TRANSFER_PIN_TAMPER | TRANSFER_ENCLOSURE_TAMPER }, 1, 4 },
};

static void
is_tampered_with(struct fixture *fixture)
{
    begin_hearing(fixture);
    watch(fixture, 71, "tamper", 0);
    struct server server = server_open(fixture);

    for (size_t i = 0; i < sizeof tampering / sizeof tampering[0]; i++) {
        check_row(tampering[i].row);
        if (i % 3 == 0) { /* a restart changes nothing */
            server_close(&server);
            server = server_open(fixture);
        }
        hear(fixture, &server, tampering[i].delivery);
        check_int(fixture_count(fixture, OPEN), tampering[i].open);
        check_int(fixture_count(fixture, "SELECT count(*) FROM alert"), tampering[i].all);
        fixture->call.now += MINUTE;
    }
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert WHERE peak = 1"), 1);
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert WHERE peak = 2"), 3);
    server_close(&server);
}

TEST(tampering_is_an_alert_until_a_message_without_a_sign_of_it)
{
    with_each_store(is_tampered_with);
}
