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
    check_int(count_mails_at(fixture, NOON), 0);
    open_alert(fixture, 1);
    open_alert(fixture, 2);
    check_int(count_mails_at(fixture, NOON), 2); /* one for each recipient, about both */
    open_alert(fixture, 3);
    check_int(alert_mail_job_next_at(&fixture->call, &next), STATUS_OK);
    check_int(next, pause);
    check_int(count_mails_at(fixture, pause - 1), 2);
    check_int(count_mails_at(fixture, pause), 4);
    check_int(count_mails_at(fixture, pause + UTC_DAY), 4);
    end_alerts(fixture);
    check_int(count_mails_at(fixture, pause + UTC_DAY), 6);
    check_int(count_mails_at(fixture, pause + 2 * UTC_DAY), 6);
    check_int(
        fixture_count(fixture, "SELECT count(*) FROM outbox WHERE target = 'anna@example.org'"), 3);
    check_int(alert_mail_job_next_at(&fixture->call, &next), STATUS_OK);
    check(next == UTC_NEVER);
}

TEST(each_recipient_gets_one_alert_mail_before_a_pause)
{
    with_each_store(are_one_for_all);
}

/* One mail counts all alerts and lists some; the pause follows. */
static void
are_one_for_thousands(struct fixture *fixture)
{
    begin_alerts(fixture);
    open_alerts(fixture, 1, 1201);
    check_int(count_mails_at(fixture, NOON), 2);
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert WHERE mail_pending"), 0);
    check_int(count_mails_at(fixture, NOON + ALERT_MAIL_PAUSE_SECONDS), 2);
    utc_seconds next = NOON + UTC_DAY;
    open_alerts(fixture, 2000, 2000 + ALERT_MAIL_MOST_ROWS - 2);
    check_int(count_mails_at(fixture, next),
              4); /* about as many as one batch covers; the last one waits */
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert WHERE mail_pending"), 1);
    check_int(count_mails_at(fixture, next + ALERT_MAIL_PAUSE_SECONDS - 1), 4);
    check_int(count_mails_at(fixture, next + ALERT_MAIL_PAUSE_SECONDS), 6);
}

TEST(one_alert_mail_covers_thousands_of_alerts)
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
    check_int(count_mails_at(fixture, now), 1);
    fixture_script(fixture, "UPDATE alarm_rule SET tell_when_over = false");
    end_alerts(fixture);
    check_int(count_mails_at(fixture, now += UTC_DAY), 1);
    open_alert(fixture, 2);
    fixture_script(fixture, "UPDATE alert SET withdrawn_at = 1 WHERE id = 2");
    check_int(count_mails_at(fixture, now += UTC_DAY), 1);
    open_alert(fixture, 3);
    fixture_script(fixture, "DELETE FROM alarm_recipient");
    check_int(count_mails_at(fixture, now += UTC_DAY), 1);
    open_alert(fixture, 4);
    fixture_script(fixture, "DELETE FROM alarm_rule");
    check_int(count_mails_at(fixture, now += UTC_DAY), 1);
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert WHERE mail_pending"), 0);
}

TEST(alert_mails_go_only_to_members_that_a_rule_still_names)
{
    with_each_store(are_for_who_is_named);
}

static void
tell_in_thread(struct call *call, int thread, void *with)
{
    bool more = true;

    (void)thread, (void)with;
    while (more) {
        enum status status = transact(call, alert_mail_step, &more);
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

TEST(two_nodes_send_an_alert_mail_once)
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

/* A recipient may leave between the two statements that read the alerts. */
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

TEST(a_recipient_may_leave_while_alert_mails_are_written)
{
    with_each_store(recipients_go);
}

/* Torture: if any store call fails once, each recipient gets one mail. */
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
        (void)!transact(&fixture->call, alert_mail_step, &more);
        calls = fixture_calls();
        fixture_fail_at(fixture, 0);
        fixture->call.db.fault = (struct fault){ 0 };
        check_int(count_mails_at(fixture, NOON), 2);
        check_int(fixture_count(fixture, "SELECT count(*) FROM notice"), 2);
        check_int(fixture_count(fixture, "SELECT count(*) FROM notice_rule"), 2);
        check_int(fixture_count(fixture, "SELECT count(*) FROM alert_mail_batch"), 1);
    }
}

TEST(alert_mails_leave_nothing_half_done)
{
    with_each_store(leave_nothing_half_done);
}
