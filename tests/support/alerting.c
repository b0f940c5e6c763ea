#include "support/alerting.h"

#include <inttypes.h>
#include <stdio.h>

#include "service/alarm/alert_mail.h"
#include "service/core/transaction.h"
#include "support/check.h"
#include "support/ledger_rows.h"
#include "support/noticing.h"

void
begin_alerts(struct fixture *fixture)
{
    char sql[1024];

    fixture->call.public_url = "https://tenure.example.com";
    ledger_add_organization(fixture, LEDGER_ORGANIZATION);
    ledger_add_sensor(fixture, LEDGER_ORGANIZATION, ALERT_SERIAL);
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
        "INSERT INTO alarm_cache_owner (organization_id, node, node_before, mail_at) VALUES (%d, "
        "0, 0, "
        "0);",
        LEDGER_ORGANIZATION, LEDGER_ORGANIZATION, ALERT_RULE, ALERT_RULE, LEDGER_ORGANIZATION);
    fixture_script(fixture, sql);
}

void
open_alerts(struct fixture *fixture, int from, int to)
{
    char sql[640];

    snprintf(sql, sizeof sql,
             "INSERT INTO alert (organization_id, id, rule_id, sensor_id, channel, condition, "
             "channel_type, threshold, hysteresis, for_seconds, started_at, peak, noticed_at, "
             "mail_pending, begin_mailed) "
             "WITH RECURSIVE number (n) AS (SELECT %d UNION ALL SELECT n + 1 FROM number "
             "WHERE n < %d) "
             "SELECT %d, n, %d, %" PRId64 ", 1, 'above', 1, 8, 0, 0, %" PRId64
             " + n, 9, 0, true, false FROM number",
             from, to, LEDGER_ORGANIZATION, ALERT_RULE, ledger_sensor_id(ALERT_SERIAL), NOON);
    fixture_script(fixture, sql);
}

void
open_alert(struct fixture *fixture, int id)
{
    open_alerts(fixture, id, id);
}

void
open_alerts_of_rules(struct fixture *fixture, int count)
{
    open_alerts(fixture, 1, count);
    fixture_script(
        fixture,
        "UPDATE alert SET rule_id = id + 1000; "
        "INSERT INTO alarm_rule (organization_id, id, sensor_id, condition, channel_type, "
        "threshold, hysteresis, for_seconds, tell_when_over, samples_from, made_at, made_by) "
        "SELECT organization_id, rule_id, NULL, 'above', 1, 8, 0, 0, true, 0, 0, 'test' "
        "FROM alert; "
        "INSERT INTO alarm_recipient (organization_id, rule_id, user_id) "
        "SELECT alert.organization_id, rule_id, user_id FROM alert CROSS JOIN member");
}

void
end_alerts(struct fixture *fixture)
{
    fixture_script(
        fixture,
        "UPDATE alert SET ended_at = started_at + 60, mail_pending = true WHERE ended_at IS NULL");
}

enum status
alert_mail_step(struct call *call, void *more)
{
    return alert_mail_job_run(call, more);
}

int64_t
count_mails_at(struct fixture *fixture, utc_seconds now)
{
    bool more = true;

    fixture->call.now = now;
    while (more && check_failures() == 0)
        check_int(transact(&fixture->call, alert_mail_step, &more), STATUS_OK);
    arena_clear(&fixture->arena);
    return mails(fixture);
}
