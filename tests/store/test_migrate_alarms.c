/* Alarm rules, and what is kept of the sensors that they watch, in a store of an earlier program.
 */
#include "store/migrate.h"
#include "support/check.h"
#include "support/ledger_rows.h"
#include "support/migrating.h"

/* A rule with a recipient, a sensor that it watches, and one that never sent. */
static void
keeps_alarm_rules(struct fixture *fixture)
{
    char url[MIGRATING_URL_SIZE];
    struct fixture fresh = fresh_place(fixture, url);
    struct fault fault = { 0 };

    fresh.call.db.store = fixture_open_second(&fresh, STORE_READ_WRITE);
    migrate_to(&fresh, 15);
    ledger_add_organization(&fresh, LEDGER_ORGANIZATION);
    ledger_add_sensor(&fresh, LEDGER_ORGANIZATION, "282C02424EF1");
    ledger_add_sensor(&fresh, LEDGER_ORGANIZATION, "282C02424EF2");
    fixture_script(
        &fresh,
        "INSERT INTO user_account (id, email, name, password_hash, operator, created_at) VALUES "
        "(61, 'anna@example.org', 'Anna', 'x', false, 0); "
        "INSERT INTO member (organization_id, user_id, role, added_at) VALUES "
        "(11, 61, 'manager', 0); "
        "INSERT INTO alarm_rule (organization_id, id, sensor_id, condition, channel_type, "
        "threshold, hysteresis, for_seconds, tell_when_over, samples_from, made_at, made_by) "
        "VALUES (11, 71, NULL, 'lost_connection', 0, 0, 0, 600, true, 0, 5, 'test'); "
        "INSERT INTO alarm_recipient (organization_id, rule_id, user_id) VALUES (11, 71, 61); "
        "INSERT INTO alarm_expectation (organization_id, sensor_id, expected_at, look_at) "
        "SELECT 11, min(id), 1728000000, NULL FROM sensor");
    check_int(migrate(fresh.call.db.store, 2, &fault), STATUS_OK);
    check_text(fault.reason, "");
    check_int(fixture_count(&fresh, "SELECT count(*) FROM alarm_rule WHERE id = 71 AND made_at = 5 "
                                    "AND condition = 'lost_connection' AND for_seconds = 600"),
              1);
    check_int(fixture_count(&fresh, "SELECT count(*) FROM alarm_recipient"), 1);
    check_int(fixture_count(&fresh, "SELECT count(*) FROM alarm_expectation WHERE look_at = 0"), 2);
    fixture_script(&fresh, "UPDATE alarm_rule SET condition = 'tamper'; "
                           "DROP INDEX alarm_rule_by_sensor; DROP INDEX alarm_recipient_by_user; "
                           "DELETE FROM alarm_rule"); /* the recipient goes along */
    check_int(fixture_count(&fresh, "SELECT count(*) FROM alarm_recipient"), 0);
    store_close(fresh.call.db.store);
    leave_place(&fresh);
}

TEST(a_store_with_alarm_rules_keeps_them_and_their_recipients)
{
    with_each_store(keeps_alarm_rules);
}
