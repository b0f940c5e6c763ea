#include "service/alarm/alarm_rules.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "support/check.h"
#include "support/ledger_rows.h"
#include "support/verbs.h"

#define SERIAL "282C02424EED"
#define OTHER  "282C02424EEE"

enum { MEMBER = 61, STRANGER = 62 };

static void
begin(struct fixture *fixture)
{
    char sql[512];

    ledger_add_organization(fixture, LEDGER_ORGANIZATION);
    ledger_add_sensor(fixture, LEDGER_ORGANIZATION, SERIAL);
    ledger_add_sensor(fixture, LEDGER_ORGANIZATION, OTHER);
    snprintf(
        sql, sizeof sql,
        "INSERT INTO user_account (id, email, name, password_hash, operator, created_at) VALUES "
        "(%d, 'anna@example.org', 'Anna', 'x', false, 0), (%d, 'bob@example.org', 'Bob', 'x', "
        "false, 0); "
        "INSERT INTO member (organization_id, user_id, role, added_at) VALUES (%d, %d, 'manager', "
        "0);",
        MEMBER, STRANGER, LEDGER_ORGANIZATION, MEMBER);
    fixture_script(fixture, sql);
}

static struct alarm_rule_request
warm(const char *serial)
{
    return (struct alarm_rule_request){
        .serial = serial,
        .all = !serial,
        .has_condition = true,
        .condition = ALARM_ABOVE,
        .channel_type = "temperature",
        .has_threshold = true,
        .threshold = 8.0,
    };
}

static enum status
add(struct fixture *fixture, const struct alarm_rule_request *request, struct alarm_rule_row *row)
{
    return alarm_rule_add(&fixture->call, LEDGER_ORGANIZATION, request, row);
}

static int64_t
entries(struct fixture *fixture)
{
    return fixture_count(fixture,
                         "SELECT count(*) FROM audit_entry WHERE action LIKE 'alarm_rule.%'");
}

static void
are_made_changed_and_removed(struct fixture *fixture)
{
    const int64_t anna = MEMBER;
    struct alarm_rule_request request = warm(SERIAL),
                              change = { .has_threshold = true, .threshold = 9.5 };
    struct alarm_rule_row row, changed;

    begin(fixture);
    request.recipients = &anna;
    request.recipient_count = 1;
    check_int(add(fixture, &request, &row), STATUS_OK);
    check_int(row.recipient_count, 1);
    check(row.tell_when_over);
    check_int(entries(fixture), 1);
    check_int(alarm_rule_change(&fixture->call, LEDGER_ORGANIZATION, row.id, &change, &changed),
              STATUS_OK);
    check_real(changed.rule.threshold, 9.5);
    check_int(changed.recipient_count, 1);
    check_int(entries(fixture), 2);
    fixture_script(fixture, "DELETE FROM member"); /* a former member gets no more mail */
    check_int(alarm_rule_read(&fixture->call, LEDGER_ORGANIZATION, row.id, &changed), STATUS_OK);
    check_int(changed.recipient_count, 0);
    check_int(alarm_rule_remove(&fixture->call, LEDGER_ORGANIZATION, row.id), STATUS_OK);
    check_int(entries(fixture), 3);
    check_failed(fixture, alarm_rule_remove(&fixture->call, LEDGER_ORGANIZATION, row.id),
                 STATUS_NOT_FOUND, "", "");
    check_failed(fixture,
                 alarm_rule_change(&fixture->call, LEDGER_ORGANIZATION, row.id, &change, &changed),
                 STATUS_NOT_FOUND, "", "");
    check_int(entries(fixture), 3);
}

TEST(alarm_rules_are_made_changed_and_removed)
{
    with_each_store(are_made_changed_and_removed);
}

static void
refuse(struct fixture *fixture)
{
    const int64_t stranger[] = { STRANGER }, twice[] = { MEMBER, MEMBER };
    struct alarm_rule_request unknown = warm("282C02FFFFFF"), bob = warm(SERIAL),
                              two = warm(SERIAL);
    struct alarm_rule_row row;

    begin(fixture);
    bob.recipients = stranger, bob.recipient_count = 1;
    two.recipients = twice, two.recipient_count = 2;
    check_int(add(fixture, &unknown, &row), STATUS_NOT_FOUND);
    fixture->call.db.fault = (struct fault){ 0 };
    check_failed(fixture, add(fixture, &bob, &row), STATUS_INVALID, "", "recipients");
    check_failed(fixture, add(fixture, &two, &row), STATUS_INVALID, "", "recipients");
    check_int(fixture_count(fixture, "SELECT count(*) FROM alarm_rule"), 0);
    check_int(entries(fixture), 0);
}

TEST(alarm_rules_refuse_unknown_sensors_and_recipients)
{
    with_each_store(refuse);
}

/* The limit counts rules on one sensor and rules on all together, in either order. */
static void
are_limited(struct fixture *fixture)
{
    struct alarm_rule_request own = warm(SERIAL), other = warm(OTHER), all = warm(NULL);
    struct alarm_rule_row row;

    begin(fixture);
    for (int i = 0; i < ALARM_MOST_OF_SENSOR - 1; i++)
        check_int(add(fixture, &own, &row), STATUS_OK);
    check_int(add(fixture, &all, &row), STATUS_OK);
    check_failed(fixture, add(fixture, &own, &row), STATUS_CONFLICT, "too_many_rules", "");
    check_failed(fixture, add(fixture, &all, &row), STATUS_CONFLICT, "too_many_rules", "");
    check_int(add(fixture, &other, &row), STATUS_OK);
}

TEST(alarm_rules_on_one_sensor_are_limited)
{
    with_each_store(are_limited);
}

/* One rule with an open alert. */
static void
prepare(struct fixture *fixture, void *with)
{
    struct alarm_rule_request request = warm(SERIAL);
    struct alarm_rule_row row;
    const int64_t anna = MEMBER;
    int64_t *id = with;
    char sql[512];

    fixture_script(fixture, "DELETE FROM alert; DELETE FROM alarm_rule");
    request.recipients = &anna;
    request.recipient_count = 1;
    check_int(add(fixture, &request, &row), STATUS_OK);
    *id = row.id;
    snprintf(sql, sizeof sql,
             "INSERT INTO alert (organization_id, id, rule_id, sensor_id, channel, condition, "
             "channel_type, threshold, hysteresis, for_seconds, started_at, peak, noticed_at, "
             "mail_pending, begin_mailed) "
             "VALUES (%d, 81, %" PRId64 ", %" PRId64 ", 1, 'above', 1, 8, 0, 0, 1, 9, 1, false, "
             "true)",
             LEDGER_ORGANIZATION, row.id, ledger_sensor_id(SERIAL));
    fixture_script(fixture, sql);
}

static enum status
add_tortured(struct fixture *fixture, void *with)
{
    struct alarm_rule_row row;
    struct alarm_rule_request request = warm(SERIAL);

    (void)with;
    return add(fixture, &request, &row);
}

static enum status
change_tortured(struct fixture *fixture, void *with)
{
    const int64_t *id = with, nobody = 0;
    const struct alarm_rule_request change = {
        .has_threshold = true, .threshold = 9.5, .recipients = &nobody, .recipient_count = 0
    };
    struct alarm_rule_row row;

    return alarm_rule_change(&fixture->call, LEDGER_ORGANIZATION, *id, &change, &row);
}

static enum status
remove_tortured(struct fixture *fixture, void *with)
{
    const int64_t *id = with;

    return alarm_rule_remove(&fixture->call, LEDGER_ORGANIZATION, *id);
}

/* All that a change writes, or nothing: the rule, its recipients, the end of its alert, the entry.
 */
static void
leave_nothing_half_done(struct fixture *fixture)
{
    int64_t id = 0;

    begin(fixture);
    check_torture(
        fixture,
        &(struct torture){
            .prepare = prepare,
            .verb = add_tortured,
            .with = &id,
            .rows =
                "SELECT count(*) + (SELECT count(*) FROM alarm_rule) - 1 FROM audit_entry WHERE "
                "action = 'alarm_rule.add'",
            .delta = 2,
        });
    check_torture(
        fixture,
        &(struct torture){
            .prepare = prepare,
            .verb = change_tortured,
            .with = &id,
            .rows =
                "SELECT (SELECT count(*) FROM audit_entry WHERE action = 'alarm_rule.change') "
                "+ (SELECT count(*) FROM alarm_rule WHERE threshold > 9 AND samples_from > 0) * 10 "
                "+ (SELECT count(*) FROM alert WHERE ended_at IS NOT NULL AND mail_pending) * 100 "
                "- (SELECT count(*) FROM alarm_recipient) * 1000",
            .delta = 1111,
        });
    check_torture(
        fixture,
        &(struct torture){
            .prepare = prepare,
            .verb = remove_tortured,
            .with = &id,
            .rows =
                "SELECT (SELECT count(*) FROM audit_entry WHERE action = 'alarm_rule.remove') "
                "- (SELECT count(*) FROM alarm_rule) * 10 "
                "+ (SELECT count(*) FROM alert WHERE ended_at IS NOT NULL AND mail_pending) * 100 "
                "- (SELECT count(*) FROM alarm_recipient) * 1000",
            .delta = 1111,
        });
}

TEST(alarm_rules_leave_nothing_half_done)
{
    with_each_store(leave_nothing_half_done);
}
