#include "service/alarm/alert_mail.h"

#include "service/core/transaction.h"
#include "statements.h"
#include "support/alerting.h"
#include "support/check.h"
#include "support/ledger_rows.h"
#include "support/noticing.h"

static void
are_one_for_all(struct fixture *fixture)
{
    utc_seconds next, pause = NOON + ALERT_MAIL_PAUSE_SECONDS;

    begin_alerts(fixture);
    check_int(told(fixture, NOON), 0);
    open_alert(fixture, 1);
    open_alert(fixture, 2);
    check_int(told(fixture, NOON), 2); /* each recipient one, of both */
    open_alert(fixture, 3);
    check_int(alert_mail_job_next_at(&fixture->call, &next), STATUS_OK);
    check_int(next, pause);
    check_int(told(fixture, pause - 1), 2);
    check_int(told(fixture, pause), 4);
    check_int(told(fixture, pause + UTC_DAY), 4);
    end_alerts(fixture);
    check_int(told(fixture, pause + UTC_DAY), 6);
    check_int(told(fixture, pause + 2 * UTC_DAY), 6);
    check_int(
        fixture_count(fixture, "SELECT count(*) FROM outbox WHERE target = 'anna@example.org'"), 3);
    check_int(alert_mail_job_next_at(&fixture->call, &next), STATUS_OK);
    check(next == UTC_NEVER);
}

TEST(alert_mails_are_one_a_recipient_for_all_and_pause)
{
    with_each_store(are_one_for_all);
}

/* However many there are: one mail says how many, lists some, and the pause holds. */
static void
are_one_for_thousands(struct fixture *fixture)
{
    begin_alerts(fixture);
    open_alerts(fixture, 1, 1201);
    check_int(told(fixture, NOON), 2);
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert WHERE mail_pending"), 0);
    check_int(told(fixture, NOON + ALERT_MAIL_PAUSE_SECONDS), 2);
    utc_seconds next = NOON + UTC_DAY;
    open_alerts(fixture, 2000, 2000 + ALERT_MAIL_MOST_ROWS - 2);
    check_int(told(fixture, next), 4); /* of as many as one mail may tell; the last one waits */
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert WHERE mail_pending"), 1);
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

    begin_alerts(fixture);
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
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert WHERE mail_pending"), 0);
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
        enum status status = transact(call, tell_step, &more);
        check(status == STATUS_OK || status == STATUS_BUSY);
        more = more || status;
    }
}

static void
two_nodes(struct fixture *fixture)
{
    begin_alerts(fixture);
    fixture->call.now = NOON;
    for (int i = 1; i <= 20; i++) {
        fixture_script(fixture, "UPDATE alarm_cache_owner SET mail_at = 0");
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
        &call->db, &(struct alarm_recipients_delete_in){ LEDGER_ORGANIZATION, ALERT_RULE }, NULL);
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
    begin_alerts(fixture);
    fixture->call.now = NOON;
    for (int i = 1; i <= 20; i++) {
        fixture_script(fixture,
                       "UPDATE alarm_cache_owner SET mail_at = 0; DELETE FROM alarm_recipient; "
                       "INSERT INTO alarm_recipient (organization_id, rule_id, user_id) "
                       "SELECT organization_id, 71, user_id FROM member");
        open_alert(fixture, i);
        run_in_two_threads(fixture, tell_or_remove, NULL);
        check_int(fixture_count(fixture, "SELECT count(*) FROM alert WHERE mail_pending"), 0);
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
    begin_alerts(fixture);
    for (int n = 1, calls = n; n <= calls; n++) {
        bool more;
        fixture_script(fixture, "DELETE FROM alert; DELETE FROM outbox; DELETE FROM notice; "
                                "DELETE FROM notice_rule; DELETE FROM alert_mail_batch; UPDATE "
                                "alarm_cache_owner SET mail_at = 0");
        open_alert(fixture, n);
        fixture->call.now = NOON;
        fixture_fail_at(fixture, n);
        (void)!transact(&fixture->call, tell_step, &more);
        calls = fixture_calls();
        fixture_fail_at(fixture, 0);
        fixture->call.db.fault = (struct fault){ 0 };
        check_int(told(fixture, NOON), 2);
        check_int(fixture_count(fixture, "SELECT count(*) FROM notice"), 2);
        check_int(fixture_count(fixture, "SELECT count(*) FROM notice_rule"), 2);
        check_int(fixture_count(fixture, "SELECT count(*) FROM alert_mail_batch"), 1);
    }
}

TEST(alert_mails_leave_nothing_half_done)
{
    with_each_store(leave_nothing_half_done);
}
