#include "service/alert_mail.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "noticing.h"
#include "service/transaction.h"
#include "statements.h"
#include "support/check.h"
#include "support/ledger_rows.h"

#define SERIAL "282C02424EED"

enum { RULE = 71 };

static void
begin(struct fixture *fixture)
{
    char sql[1024];

    fixture->call.public_url = "https://tenure.example.com";
    ledger_add_organization(fixture, LEDGER_ORGANIZATION);
    ledger_add_sensor(fixture, LEDGER_ORGANIZATION, SERIAL);
    snprintf(
        sql, sizeof sql,
        "INSERT INTO user_account (id, email, name, password_hash, operator, created_at) VALUES "
        "(61, 'anna@example.org', 'Anna', 'x', false, 0), (62, 'bob@example.org', 'Bob', 'x', "
        "false, 0); "
        "INSERT INTO member (organization_id, user_id, role, added_at) "
        "SELECT %d, id, 'manager', 0 FROM user_account WHERE id IN (61, 62); "
        "INSERT INTO alarm_rule (organization_id, id, sensor_id, condition, channel_type, "
        "threshold, hysteresis, "
        "for_seconds, tell_when_over, samples_from, made_at, made_by) "
        "VALUES (%d, %d, NULL, 'above', 1, 8, 0, 0, true, 0, 0, 'test'); "
        "INSERT INTO alarm_recipient (organization_id, rule_id, user_id) "
        "SELECT organization_id, %d, user_id FROM member; "
        "INSERT INTO alarm_turn (organization_id, node, node_before, tell_at) VALUES (%d, 0, 0, "
        "0);",
        LEDGER_ORGANIZATION, LEDGER_ORGANIZATION, RULE, RULE, LEDGER_ORGANIZATION);
    fixture_script(fixture, sql);
}

static void
open_alert(struct fixture *fixture, int id)
{
    char sql[512];

    snprintf(sql, sizeof sql,
             "INSERT INTO alert (organization_id, id, rule_id, sensor_id, channel, condition, "
             "channel_type, threshold, "
             "hysteresis, for_seconds, started_at, peak, noticed_at, to_tell, told_begin) VALUES "
             "(%d, %d, %d, %" PRId64 ", 1, 'above', 1, 8, 0, 0, %" PRId64 ", 9, 0, true, false)",
             LEDGER_ORGANIZATION, id, RULE, ledger_sensor_id(SERIAL), NOON + id);
    fixture_script(fixture, sql);
}

static void
open_alerts(struct fixture *fixture, int from, int to)
{
    char sql[640];

    snprintf(sql, sizeof sql,
             "INSERT INTO alert (organization_id, id, rule_id, sensor_id, channel, condition, "
             "channel_type, threshold, hysteresis, for_seconds, started_at, peak, noticed_at, "
             "to_tell, told_begin) "
             "WITH RECURSIVE number (n) AS (SELECT %d UNION ALL SELECT n + 1 FROM number "
             "WHERE n < %d) "
             "SELECT %d, n, %d, %" PRId64 ", 1, 'above', 1, 8, 0, 0, %" PRId64
             " + n, 9, 0, true, false FROM number",
             from, to, LEDGER_ORGANIZATION, RULE, ledger_sensor_id(SERIAL), NOON);
    fixture_script(fixture, sql);
}

static void
end_alerts(struct fixture *fixture)
{
    fixture_script(
        fixture,
        "UPDATE alert SET ended_at = started_at + 60, to_tell = true WHERE ended_at IS NULL");
}

static enum status
tell_body(struct call *call, void *more)
{
    return alert_mail_moment_step(call, more);
}

/* How many mails there are once the ticker has looked. */
static int64_t
told(struct fixture *fixture, utc_seconds now)
{
    bool more = true;

    fixture->call.now = now;
    while (more && check_failures() == 0)
        check_int(transact(&fixture->call, tell_body, &more), STATUS_OK);
    arena_clear(&fixture->arena);
    return mails(fixture);
}

static void
are_one_for_all(struct fixture *fixture)
{
    utc_seconds next, pause = NOON + ALERT_MAIL_PAUSE_SECONDS;

    begin(fixture);
    check_int(told(fixture, NOON), 0);
    open_alert(fixture, 1);
    open_alert(fixture, 2);
    check_int(told(fixture, NOON), 2); /* each recipient one, of both */
    open_alert(fixture, 3);
    check_int(alert_mail_moment_next(&fixture->call, &next), STATUS_OK);
    check_int(next, pause);
    check_int(told(fixture, pause - 1), 2);
    check_int(told(fixture, pause), 4);
    check_int(told(fixture, pause + UTC_DAY), 4);
    end_alerts(fixture);
    check_int(told(fixture, pause + UTC_DAY), 6);
    check_int(told(fixture, pause + 2 * UTC_DAY), 6);
    check_int(
        fixture_count(fixture, "SELECT count(*) FROM outbox WHERE target = 'anna@example.org'"), 3);
    check_int(alert_mail_moment_next(&fixture->call, &next), STATUS_OK);
    check(next == UTC_NEVER);
}

TEST(alert_mails_are_one_a_recipient_for_all_and_pause)
{
    with_each_store(are_one_for_all);
}

/* What was told of an alert, newest first. */
static struct notice_page
told_of(struct fixture *fixture, int64_t alert_id, const char *serial)
{
    struct notice_query query = { .page = { .limit = 100 },
                                  .alert_id = alert_id,
                                  .serial = serial };
    struct notice_page page = { 0 };

    check_int(notices_list(&fixture->call, LEDGER_ORGANIZATION, &query, &page), STATUS_OK);
    return page;
}

static void
are_notices(struct fixture *fixture)
{
    struct notice_page page;
    struct notice_query unknown = { .page = { .limit = 100 }, .alert_id = 99 };

    begin(fixture);
    ledger_add_sensor(fixture, LEDGER_ORGANIZATION, "282C02424EEE");
    open_alert(fixture, 1);
    open_alert(fixture, 2);
    check_int(told(fixture, NOON), 2);
    page = listed(fixture, LEDGER_ORGANIZATION, NULL);
    check_int(page.count, 2); /* one each, of both alerts */
    check_text(page.items[0].kind, "alert_began");
    check_int(page.items[0].due_on, NOON / UTC_DAY);
    check_int(page.items[0].delivery.queued_at, NOON);
    check_text(page.items[0].delivery.state, "waiting");
    check(page.items[0].delivery.last_error == NULL);
    check_int(page.items[0].serial_count, 1);
    check_text(page.items[0].serials[0], SERIAL);

    fixture_script(fixture, "UPDATE outbox SET state = 'failed', attempts = 1, last_error = 'no' "
                            "WHERE target = 'bob@example.org'");
    end_alerts(fixture);
    open_alert(fixture, 3);
    check_int(told(fixture, NOON + UTC_DAY),
              4); /* one mail each says that, and that two are over */
    check_int(listed(fixture, LEDGER_ORGANIZATION, SERIAL).count, 6);
    check_int(listed(fixture, LEDGER_ORGANIZATION, "282C02424EEE").count, 0);
    page = told_of(fixture, 1, NULL);
    check_int(page.count, 4);
    check_text(page.items[1].kind, "alert_over");
    check_text(page.items[2].kind, "alert_began");
    for (size_t i = 0; i < page.count; i++) {
        bool failed = i >= 2 && !strcmp(page.items[i].recipient, "bob@example.org");
        check_text(page.items[i].delivery.state, failed ? "failed" : "waiting");
        check((page.items[i].delivery.last_error != NULL) == failed);
    }
    page = told_of(fixture, 3, SERIAL);
    check_int(page.count, 2);
    check_text(page.items[0].kind, "alert_began");
    check_int(told_of(fixture, 3, "282C02424EEE").count, 0);
    check_failed(fixture, notices_list(&fixture->call, LEDGER_ORGANIZATION, &unknown, &page),
                 STATUS_NOT_FOUND, "", "");
}

TEST(alert_mails_are_notices_with_the_alerts_that_they_speak_of)
{
    with_each_store(are_notices);
}

/* However many there are: one mail says how many, lists some, and the pause holds. */
static void
are_one_for_thousands(struct fixture *fixture)
{
    begin(fixture);
    open_alerts(fixture, 1, 1201);
    check_int(told(fixture, NOON), 2);
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert WHERE to_tell"), 0);
    check_int(told(fixture, NOON + ALERT_MAIL_PAUSE_SECONDS), 2);
    utc_seconds next = NOON + UTC_DAY;
    open_alerts(fixture, 2000, 2000 + ALERT_MAIL_MOST);
    check_int(told(fixture, next), 4); /* of as many as one mail may tell; the last one waits */
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert WHERE to_tell"), 1);
    check_int(told(fixture, next + ALERT_MAIL_PAUSE_SECONDS - 1), 4);
    check_int(told(fixture, next + ALERT_MAIL_PAUSE_SECONDS), 6);
}

TEST(alert_mails_are_one_for_thousands_of_alerts)
{
    with_each_store(are_one_for_thousands);
}

static void
are_for_who_is_named(struct fixture *fixture)
{
    utc_seconds now = NOON;

    begin(fixture);
    fixture_script(fixture, "DELETE FROM member WHERE user_id = 62");
    open_alert(fixture, 1);
    check_int(told(fixture, now), 1);
    fixture_script(fixture, "UPDATE alarm_rule SET tell_when_over = false");
    end_alerts(fixture);
    check_int(told(fixture, now += UTC_DAY), 1);
    open_alert(fixture, 2);
    fixture_script(fixture, "UPDATE alert SET withdrawn_at = 1 WHERE id = 2");
    check_int(told(fixture, now += UTC_DAY), 1);
    open_alert(fixture, 3);
    fixture_script(fixture, "DELETE FROM alarm_recipient");
    check_int(told(fixture, now += UTC_DAY), 1);
    open_alert(fixture, 4);
    fixture_script(fixture, "DELETE FROM alarm_rule");
    check_int(told(fixture, now += UTC_DAY), 1);
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert WHERE to_tell"), 0);
}

TEST(alert_mails_are_for_whoever_a_rule_still_names)
{
    with_each_store(are_for_who_is_named);
}

static void
tell_in_thread(struct call *call, int thread, void *with)
{
    bool more = true;

    (void)thread, (void)with;
    while (more) {
        enum status status = transact(call, tell_body, &more);
        check(status == STATUS_OK || status == STATUS_BUSY);
        more = more || status;
    }
}

static void
two_nodes(struct fixture *fixture)
{
    begin(fixture);
    fixture->call.now = NOON;
    for (int i = 1; i <= 20; i++) {
        fixture_script(fixture, "UPDATE alarm_turn SET tell_at = 0");
        open_alert(fixture, i);
        run_in_two_threads(fixture, tell_in_thread, NULL);
        check_int(mails(fixture), 2 * i);
    }
}

TEST(alert_mails_of_two_nodes_are_sent_once)
{
    with_each_store(two_nodes);
}

static enum status
remove_recipients(struct call *call, void *with)
{
    (void)with;
    return alarm_recipients_delete(
        call->store, call->arena, &(struct alarm_recipients_delete_in){ LEDGER_ORGANIZATION, RULE },
        NULL, &call->fault);
}

static void
tell_or_remove(struct call *call, int thread, void *with)
{
    enum status status = STATUS_BUSY;

    if (thread == 0)
        tell_in_thread(call, thread, with);
    while (thread == 1 && status == STATUS_BUSY)
        status = transact(call, remove_recipients, NULL);
}

/* He may go between the look at how much he is told and the look at what. */
static void
recipients_go(struct fixture *fixture)
{
    begin(fixture);
    fixture->call.now = NOON;
    for (int i = 1; i <= 20; i++) {
        fixture_script(fixture, "UPDATE alarm_turn SET tell_at = 0; DELETE FROM alarm_recipient; "
                                "INSERT INTO alarm_recipient (organization_id, rule_id, user_id) "
                                "SELECT organization_id, 71, user_id FROM member");
        open_alert(fixture, i);
        run_in_two_threads(fixture, tell_or_remove, NULL);
        check_int(fixture_count(fixture, "SELECT count(*) FROM alert WHERE to_tell"), 0);
    }
}

TEST(alert_mails_bear_that_a_recipient_goes_meanwhile)
{
    with_each_store(recipients_go);
}

/* Torture: whichever store call fails once, each is told once. */
static void
leave_nothing_half_done(struct fixture *fixture)
{
    begin(fixture);
    for (int n = 1, calls = n; n <= calls; n++) {
        bool more;
        fixture_script(fixture, "DELETE FROM alert; DELETE FROM outbox; DELETE FROM notice; "
                                "DELETE FROM notice_alert; UPDATE alarm_turn SET tell_at = 0");
        open_alert(fixture, n);
        fixture->call.now = NOON;
        fixture_fail_at(fixture, n);
        (void)!transact(&fixture->call, tell_body, &more);
        calls = fixture_calls();
        fixture_fail_at(fixture, 0);
        fixture->call.fault = (struct fault){ 0 };
        check_int(told(fixture, NOON), 2);
        check_int(fixture_count(fixture, "SELECT count(*) FROM notice"), 2);
        check_int(fixture_count(fixture, "SELECT count(*) FROM notice_alert"), 2);
    }
}

TEST(alert_mails_leave_nothing_half_done)
{
    with_each_store(leave_nothing_half_done);
}
