#include "service/alarm/alarm_lost.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "service/core/transaction.h"
#include "service/ingest/ingest.h"
#include "service/measurement/journal_index.h"
#include "statements.h"
#include "support/check.h"
#include "support/ledger_rows.h"
#include "support/verbs.h"

#define SERIAL "282C02424EED"
#define MINUTE INT64_C(60)
#define HOUR   (60 * MINUTE)
#define SLACK  (5 * MINUTE)

static struct journal_index *journal_index;
static struct ingest *ingest;

static enum status
lost_body(struct call *call, void *with)
{
    return alarm_lost_job_run(call, with);
}

/* How many alerts there are after the job has run. */
static int64_t
lost_at(struct fixture *fixture, utc_seconds now)
{
    bool more = true;

    fixture->call.now = now;
    while (more)
        check_int(transact(&fixture->call, lost_body, &more), STATUS_OK);
    arena_clear(&fixture->arena);
    return fixture_count(fixture, "SELECT count(*) FROM alert WHERE withdrawn_at IS NULL");
}

/* A message that announces the next one. */
static void
send(struct fixture *fixture, utc_seconds next)
{
    const struct sample sample = { .channel = 1, .type = 1, .at = fixture->call.now, .raw = 40 };
    struct delivery delivery = { .samples = &sample,
                                 .sample_count = 1,
                                 .battery_ok = true,
                                 .signal = 40,
                                 .next_transmission_at = next };
    struct ingest_item item = { .delivery = &delivery }, *items[] = { &item };

    check(serial_parse(&delivery.serial, SERIAL, strlen(SERIAL)));
    check_int(ingest_commit(ingest, &fixture->call, items, 1), STATUS_OK);
    arena_clear(&fixture->arena);
}

/* A sensor with a license for `seconds`, watched for its connection, that sends in half an hour. */
static utc_seconds
begin(struct fixture *fixture, int64_t seconds)
{
    utc_seconds now = fixture->call.now;
    char sql[512];

    journal_index = journal_index_open();
    ingest = ingest_open();
    fixture->call.journal_index = journal_index;
    ledger_add_organization(fixture, LEDGER_ORGANIZATION);
    ledger_add_sensor(fixture, LEDGER_ORGANIZATION, SERIAL);
    ledger_add_license(fixture, LEDGER_ORGANIZATION, SERIAL, now - HOUR, now + seconds);
    snprintf(sql, sizeof sql,
             "INSERT INTO alarm_rule (organization_id, id, sensor_id, condition, channel_type, "
             "threshold, hysteresis, "
             "for_seconds, tell_when_over, samples_from, made_at, made_by) VALUES (%d, 71, NULL, "
             "'lost_connection', 0, "
             "0, 0, %d, false, 0, 0, 'test'); "
             "INSERT INTO alarm_cache_owner (organization_id, node, node_before, mail_at) VALUES "
             "(%d, 0, "
             "0, 0);",
             LEDGER_ORGANIZATION, (int)SLACK, LEDGER_ORGANIZATION);
    fixture_script(fixture, sql);
    send(fixture, now + HOUR / 2);
    return now + HOUR / 2;
}

static void
end(void)
{
    ingest_close(ingest);
    journal_index_close(journal_index);
}

static void
opens_once(struct fixture *fixture)
{
    utc_seconds expected = begin(fixture, 24 * HOUR), next;

    check_int(alarm_lost_job_next_at(&fixture->call, &next), STATUS_OK);
    check_int(next, expected + SLACK);
    check_int(lost_at(fixture, expected + SLACK - 1), 0);
    check_int(lost_at(fixture, expected + SLACK), 1);
    check_int(fixture_count(fixture, "SELECT started_at FROM alert"), expected);
    check_int(lost_at(fixture, expected + 10 * HOUR), 1);
    send(fixture, fixture->call.now + HOUR);
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert WHERE ended_at IS NULL"), 0);
    check_int(lost_at(fixture, fixture->call.now + HOUR), 1);
    check_int(lost_at(fixture, fixture->call.now + SLACK), 2);
    end();
}

TEST(alarm_lost_opens_one_alert_until_a_message_comes)
{
    with_each_store(opens_once);
}

/* A report says nothing about the battery: it does not hold its state. */
static void
ends_with_a_report(struct fixture *fixture)
{
    utc_seconds expected = begin(fixture, 24 * HOUR);
    struct delivery report = { .kind = DELIVERY_DEVICE_INFO, .payload = (const uint8_t *)"" };
    struct ingest_item item = { .delivery = &report }, *items[] = { &item };

    fixture_script(fixture,
                   "INSERT INTO alarm_rule (organization_id, id, sensor_id, condition, "
                   "channel_type, threshold, hysteresis, for_seconds, tell_when_over, "
                   "samples_from, made_at, made_by) "
                   "SELECT organization_id, 72, NULL, 'low_battery', 0, 0, 0, 0, false, 0, 0, "
                   "'test' FROM alarm_rule");
    ingest_close(ingest);
    ingest = ingest_open();
    check_int(lost_at(fixture, expected + SLACK), 1);
    check(serial_parse(&report.serial, SERIAL, strlen(SERIAL)));
    check_int(ingest_commit(ingest, &fixture->call, items, 1), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert WHERE ended_at IS NULL"), 0);
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert WHERE rule_id = 72"), 0);
    end();
}

TEST(alarm_lost_ends_with_a_message_of_any_kind)
{
    with_each_store(ends_with_a_report);
}

/* A message that another process saves. */
struct other {
    atomic_bool begun;
    utc_seconds next;
};

static enum status
take_message(struct call *call, void *with)
{
    struct other *other = with;
    struct alarm_cache_owner_claim_in turn = { .node = 99 };
    struct alarm_cache_owner_claim_out *rows;
    size_t count;

    for (size_t i = 0; i < sizeof turn.organizations / sizeof turn.organizations[0]; i++)
        turn.organizations[i] = LEDGER_ORGANIZATION;
    enum status status = alarm_cache_owner_claim(&call->db, &turn, &rows, &count);
    atomic_store(&other->begun, true);
    nanosleep(&(struct timespec){ .tv_nsec = 200 * 1000 * 1000 }, NULL);
    const struct alarm_expectation_put_in expectation = {
        .organization_id = LEDGER_ORGANIZATION,
        .sensor_id = ledger_sensor_id(SERIAL),
        .heard_at = other->next - HOUR,
        .announced = HOUR,
        .gaps = { "", 0 },
        .look_at = { true, other->next + SLACK },
    };
    return status ? status : alarm_expectation_put(&call->db, &expectation, 1, NULL);
}

static void
take_or_look(struct call *call, int thread, void *with)
{
    struct other *other = with;
    enum status status = STATUS_BUSY;
    bool more;

    while (thread == 1 && !atomic_load(&other->begun))
        nanosleep(&(struct timespec){ .tv_nsec = 1000 * 1000 }, NULL);
    while (status == STATUS_BUSY)
        status = transact(call, thread == 0 ? take_message : lost_body,
                          thread == 0 ? (void *)other : &more);
    check_int(status, STATUS_OK);
}

static void
opens_none_for_a_sensor_that_sends(struct fixture *fixture)
{
    utc_seconds expected = begin(fixture, 24 * HOUR), look_at;
    struct other other = { .next = expected + HOUR };

    check_int(lost_at(fixture, expected + SLACK - 1), 0); /* no sensor is left to wake */
    fixture->call.journal_index = NULL; /* ours does not have the message of the other process */
    fixture->call.now = expected + SLACK;
    run_in_two_threads(fixture, take_or_look, &other);
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert"), 0);
    check_int(alarm_lost_job_next_at(&fixture->call, &look_at), STATUS_OK);
    check_int(look_at, other.next + SLACK);
    end();
}

TEST(alarm_lost_opens_no_alert_if_another_process_receives_the_message)
{
    with_each_store(opens_none_for_a_sensor_that_sends);
}

/* As the verbs do: a change of a sensor raises its version. */
static void
change(struct fixture *fixture, const char *what)
{
    char sql[256];

    snprintf(sql, sizeof sql,
             "UPDATE organization SET version = version + 1; "
             "UPDATE sensor SET %s, version = (SELECT max(version) FROM organization)",
             what);
    fixture_script(fixture, sql);
}

static void
sleeps(struct fixture *fixture)
{
    utc_seconds next;

    check_int(alarm_lost_job_next_at(&fixture->call, &next), STATUS_OK);
    check(next == UTC_NEVER);
}

/* Messages in the gap were not saved: the sensor gets the time between two messages. */
static void
is_lost_after(struct fixture *fixture, utc_seconds since, int64_t before)
{
    check_int(lost_at(fixture, since), before);
    check_int(lost_at(fixture, since + HOUR / 2 + SLACK - 1), before);
    check_int(lost_at(fixture, since + HOUR / 2 + SLACK), before + 1);
    check_int(fixture_count(fixture, "SELECT max(started_at) FROM alert"), since + HOUR / 2);
    check_int(lost_at(fixture, since + 100 * HOUR), before + 1);
    sleeps(fixture);
}

static void
opens_after_a_gap(struct fixture *fixture)
{
    utc_seconds expected = begin(fixture, HOUR / 2 + MINUTE);

    check_int(lost_at(fixture, expected + SLACK), 0);
    sleeps(fixture);
    check_int(lost_at(fixture, expected + 100 * HOUR), 0);
    utc_seconds licensed = fixture->call.now;
    ledger_add_license(fixture, LEDGER_ORGANIZATION, SERIAL, licensed, licensed + 900 * HOUR);
    is_lost_after(fixture, licensed, 0);
    send(fixture, fixture->call.now + HOUR / 2);
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert WHERE ended_at IS NULL"), 0);
    end();
}

TEST(alarm_lost_opens_an_alert_after_a_gap_in_the_license)
{
    with_each_store(opens_after_a_gap);
}

/* The sensor counts again when its queued license begins. */
static void
opens_after_a_queued_license(struct fixture *fixture)
{
    utc_seconds expected = begin(fixture, HOUR / 2 + MINUTE), licensed = expected + 9 * HOUR, next;

    ledger_add_license(fixture, LEDGER_ORGANIZATION, SERIAL, licensed, licensed + 9 * HOUR);
    ledger_add_license(fixture, LEDGER_ORGANIZATION, SERIAL, licensed + 9 * HOUR,
                       licensed + 900 * HOUR);
    check_int(lost_at(fixture, expected + SLACK), 0);
    check_int(alarm_lost_job_next_at(&fixture->call, &next), STATUS_OK);
    check_int(next, licensed);
    is_lost_after(fixture, licensed, 0);
    end();
}

TEST(alarm_lost_opens_an_alert_after_a_queued_license_began)
{
    with_each_store(opens_after_a_queued_license);
}

static void
opens_after_a_pause(struct fixture *fixture)
{
    utc_seconds expected = begin(fixture, 9000 * HOUR);
    char sql[128];

    change(fixture, "alarms_paused = true");
    check_int(lost_at(fixture, expected + SLACK), 0);
    sleeps(fixture);
    check_int(lost_at(fixture, expected + 100 * HOUR), 0);
    snprintf(sql, sizeof sql, "alarms_paused = false, alarms_from = %" PRId64, fixture->call.now);
    change(fixture, sql);
    is_lost_after(fixture, fixture->call.now, 0);
    end();
}

TEST(alarm_lost_opens_an_alert_after_a_pause)
{
    with_each_store(opens_after_a_pause);
}

static void
opens_for_a_sensor_added_again(struct fixture *fixture)
{
    utc_seconds expected = begin(fixture, 9000 * HOUR);
    char sql[128];

    change(fixture, "removed_at = 1");
    check_int(lost_at(fixture, expected + SLACK), 0);
    sleeps(fixture);
    check_int(lost_at(fixture, expected + 100 * HOUR), 0);
    snprintf(sql, sizeof sql, "removed_at = NULL, added_at = %" PRId64, fixture->call.now);
    change(fixture, sql);
    is_lost_after(fixture, fixture->call.now, 0);
    end();
}

TEST(alarm_lost_opens_an_alert_for_a_sensor_that_was_added_again)
{
    with_each_store(opens_for_a_sensor_added_again);
}

/* Torture: if any store call fails once, there is one alert. */
static void
leaves_nothing_half_done(struct fixture *fixture)
{
    utc_seconds expected = begin(fixture, 900 * HOUR);

    for (int n = 1, calls = n; n <= calls; n++) {
        char sql[160];
        bool more;
        snprintf(sql, sizeof sql,
                 "DELETE FROM alert; UPDATE alarm_expectation SET look_at = %" PRId64, expected);
        fixture_script(fixture, sql);
        fixture->call.now = expected + HOUR;
        fixture_fail_at(fixture, n);
        (void)!transact(&fixture->call, lost_body, &more);
        calls = fixture_calls();
        fixture_fail_at(fixture, 0);
        fixture->call.db.fault = (struct fault){ 0 };
        check_int(lost_at(fixture, expected + HOUR), 1);
    }
    end();
}

TEST(alarm_lost_leaves_nothing_half_done)
{
    with_each_store(leaves_nothing_half_done);
}
