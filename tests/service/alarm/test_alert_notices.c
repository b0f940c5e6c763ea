#include <string.h>

#include "service/alarm/alert_mail.h"
#include "support/alerting.h"
#include "support/check.h"
#include "support/ledger_rows.h"
#include "support/noticing.h"

/* The notices of an alert, newest first. */
static struct notice_page
notices_of_alert(struct fixture *fixture, int64_t alert_id, const char *serial)
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

    begin_alerts(fixture);
    ledger_add_sensor(fixture, LEDGER_ORGANIZATION, "282C02424EEE");
    open_alert(fixture, 1);
    open_alert(fixture, 2);
    check_int(count_mails_at(fixture, NOON), 2);
    page = listed(fixture, LEDGER_ORGANIZATION, NULL);
    check_int(page.count, 2); /* one for each recipient, about both alerts */
    check_text(page.items[0].kind, "alert_began");
    check_int(page.items[0].due_on, NOON / UTC_DAY);
    check_int(page.items[0].delivery.queued_at, NOON);
    check_text(page.items[0].delivery.state, "waiting");
    check(page.items[0].delivery.last_error == NULL);
    check_int(page.items[0].serial_count, 1);
    check_text(page.items[0].serials[0], ALERT_SERIAL);

    fixture_script(fixture, "UPDATE outbox SET state = 'failed', attempts = 1, last_error = 'no' "
                            "WHERE target = 'bob@example.org'");
    end_alerts(fixture);
    open_alert(fixture, 3);
    check_int(count_mails_at(fixture, NOON + UTC_DAY),
              4); /* one mail each, about new alerts and two that are over */
    check_int(listed(fixture, LEDGER_ORGANIZATION, ALERT_SERIAL).count, 6);
    check_int(listed(fixture, LEDGER_ORGANIZATION, "282C02424EEE").count, 0);
    page = notices_of_alert(fixture, 1, NULL);
    check_int(page.count, 4);
    check_text(page.items[1].kind, "alert_over");
    check_text(page.items[2].kind, "alert_began");
    for (size_t i = 0; i < page.count; i++) {
        bool failed = i >= 2 && !strcmp(page.items[i].recipient, "bob@example.org");
        check_text(page.items[i].delivery.state, failed ? "failed" : "waiting");
        check((page.items[i].delivery.last_error != NULL) == failed);
    }
    page = notices_of_alert(fixture, 3, ALERT_SERIAL);
    check_int(page.count, 2);
    check_text(page.items[0].kind, "alert_began");
    check_int(notices_of_alert(fixture, 3, "282C02424EEE").count, 0);
    check_failed(fixture, notices_list(&fixture->call, LEDGER_ORGANIZATION, &unknown, &page),
                 STATUS_NOT_FOUND, "", "");
}

TEST(notices_of_alert_mails_name_their_alerts)
{
    with_each_store(are_notices);
}

static void
write_few_rows(struct fixture *fixture)
{
    enum { IN_ONE = ALERT_MAIL_MOST_ROWS / 3, ALL = IN_ONE + 10 };
    static const char written[] = "SELECT (SELECT count(*) FROM alert_mail_batch) "
                                  "+ (SELECT count(*) FROM notice_rule)";
    struct notice_page page;

    begin_alerts(fixture);
    open_alerts_of_rules(fixture, ALL);
    check_int(count_mails_at(fixture, NOON), 2);
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert WHERE mail_pending"), 10);
    check_int(fixture_count(fixture, written), 3 * IN_ONE);
    page = notices_of_alert(fixture, IN_ONE, ALERT_SERIAL);
    check_int(page.count, 2);
    check_int(page.items[0].serial_count, 1);
    check_int(notices_of_alert(fixture, IN_ONE + 1, NULL).count, 0);
    check_int(count_mails_at(fixture, NOON + ALERT_MAIL_PAUSE_SECONDS), 4);
    check_int(fixture_count(fixture, written), 3 * ALL);
    check_int(notices_of_alert(fixture, IN_ONE + 1, NULL).count, 2);
}

TEST(alert_mails_write_few_rows_in_a_transaction)
{
    with_each_store(write_few_rows);
}

/* One batch of mails; each notice names the alerts of its own recipient. */
static void
speak_of_own(struct fixture *fixture)
{
    struct notice_page page;

    begin_alerts(fixture);
    ledger_add_sensor(fixture, LEDGER_ORGANIZATION, "282C02424EEE");
    open_alerts_of_rules(fixture, 2);
    fixture_script(fixture,
                   "DELETE FROM alarm_recipient WHERE rule_id = 1002 AND user_id = 62; "
                   "UPDATE alert SET sensor_id = (SELECT max(id) FROM sensor) WHERE id = 2");
    check_int(count_mails_at(fixture, NOON), 2);
    check_int(notices_of_alert(fixture, 1, NULL).count, 2);
    page = notices_of_alert(fixture, 2, NULL);
    check_int(page.count, 1);
    check_text(page.items[0].recipient, "anna@example.org");
    check_int(page.items[0].serial_count, 2);
    page = listed(fixture, LEDGER_ORGANIZATION, "282C02424EEE");
    check_int(page.count, 1);
    check_text(page.items[0].recipient, "anna@example.org");
    check_int(listed(fixture, LEDGER_ORGANIZATION, ALERT_SERIAL).count, 2);
}

TEST(a_notice_names_only_the_alerts_of_its_recipient)
{
    with_each_store(speak_of_own);
}
