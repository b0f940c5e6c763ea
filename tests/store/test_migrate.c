#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "store/migrate.h"
#include "support/check.h"
#include "support/ledger_rows.h"
#include "support/migrating.h"
#include "support/sample.h"

enum { WORKERS = 4 };

static int
released(void)
{
    int count = 0;

    while (migrations_all[count + 1].name)
        count++;
    return count;
}

static void
again_changes_nothing(struct fixture *fixture)
{
    struct fault fault = { 0 };

    check_int(fixture_count(fixture, "SELECT count(*) FROM schema_migration"), released());
    check_int(fixture_count(fixture, "SELECT max(number) FROM schema_migration"),
              migrations_all[released()].number);
    check_int(migrate(fixture->call.db.store, fixture->call.now + 5, &fault), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT count(*) FROM schema_migration"), released());
    check_int(fixture_count(fixture, "SELECT max(applied_at) FROM schema_migration"),
              fixture->call.now);
}

TEST(migrating_again_changes_nothing)
{
    with_each_store(again_changes_nothing);
}

static void
newer_is_refused(struct fixture *fixture)
{
    struct fault fault = { 0 };

    fixture_script(fixture, "INSERT INTO schema_migration (number, name, applied_at)"
                            " VALUES (9999, 'of_the_future', 1)");
    check_int(migrate(fixture->call.db.store, fixture->call.now, &fault), STATUS_CONFLICT);
    check_text(fault.field, "store");
    check_text(fault.reason,
               "the store was made by a newer version of this program: start that version");
    check_int(store_begin(fixture->call.db.store, &fault), STATUS_OK); /* nothing was left open */
    store_rollback(fixture->call.db.store);
}

TEST(a_newer_store_is_refused)
{
    with_each_store(newer_is_refused);
}

struct worker {
    pthread_t thread;
    struct store *store;
    struct fault fault;
    enum status status;
};

static void *
work(void *with)
{
    struct worker *worker = with;

    worker->status = migrate(worker->store, 1, &worker->fault);
    return NULL;
}

static void
many_at_once(struct fixture *fixture)
{
    struct worker workers[WORKERS] = { 0 };
    char url[MIGRATING_URL_SIZE];
    struct fixture fresh = fresh_place(fixture, url);

    for (int i = 0; i < WORKERS; i++) {
        workers[i].store = fixture_open_second(&fresh, STORE_READ_WRITE);
        check_int(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < WORKERS; i++) {
        check_int(pthread_join(workers[i].thread, NULL), 0);
        check_int(workers[i].status, STATUS_OK);
        check_text(workers[i].fault.reason, "");
    }
    for (int i = 0; i < WORKERS; i++)
        store_close(workers[i].store);
    if (!on_sqlite(fixture))
        check_int(fixture_count(fixture, "SELECT count(*) FROM schema_migration"), released());
    leave_place(&fresh);
}

TEST(several_processes_may_migrate_a_fresh_store_at_once)
{
    with_each_store(many_at_once);
}

static void
half_is_rolled_back(struct fixture *fixture)
{
    struct fault fault = { 0 };

    /* As if only the first had ever run, though the tables of the second are there: it fails. */
    fixture_script(fixture, "DELETE FROM schema_migration WHERE number > 1");
    check_int(migrate(fixture->call.db.store, fixture->call.now, &fault), STATUS_BROKEN);
    check_int(fixture_count(fixture, "SELECT count(*) FROM schema_migration"), 1);
    check_int(store_begin(fixture->call.db.store, &fault), STATUS_OK);
    store_rollback(fixture->call.db.store);
}

TEST(a_migration_that_fails_leaves_nothing_behind)
{
    with_each_store(half_is_rolled_back);
}

static void
keeps_notices(struct fixture *fixture)
{
    char url[MIGRATING_URL_SIZE];
    struct fixture fresh = fresh_place(fixture, url);
    struct fault fault = { 0 };

    fresh.call.db.store = fixture_open_second(&fresh, STORE_READ_WRITE);
    migrate_to(&fresh, 9);
    fixture_script(
        &fresh,
        "INSERT INTO organization (id, name, time_zone, pool_order, notice_time, device_token, "
        "device_token_required, version, created_at) "
        "VALUES (7, 'Cold chain', 'UTC', 'oldest_first', '08:00', 'x', false, 1, 1); "
        "INSERT INTO notice (organization_id, id, kind, user_id, recipient, due_on, queued_at, "
        "outbox_id) VALUES (7, 1, 'expires_today', 61, 'anna@example.org', 20000, 1728000000, 5), "
        "(7, 2, 'pool_low', 62, 'bob@example.org', 20001, 1728086400, 6)");
    check_int(migrate(fresh.call.db.store, 2, &fault), STATUS_OK);
    check_text(fault.reason, "");
    check_int(fixture_count(&fresh, "SELECT count(*) FROM notice WHERE organization_id = 7 "
                                    "AND id = 2 AND kind = 'pool_low' AND user_id = 62 "
                                    "AND recipient = 'bob@example.org' AND due_on = 20001 "
                                    "AND queued_at = 1728086400 AND outbox_id = 6"),
              1);
    check_int(fixture_count(&fresh, "SELECT count(*) FROM notice"), 2);
    fixture_script(&fresh, "UPDATE notice SET kind = 'alert_began' WHERE id = 1; "
                           "DROP INDEX notice_by_time"); /* which is there */
    store_close(fresh.call.db.store);
    leave_place(&fresh);
}

TEST(a_store_with_notices_keeps_them_where_alerts_become_notices)
{
    with_each_store(keeps_notices);
}

static void
add_entry(struct fixture *fresh, int organization_id, int sequence, const char *action)
{
    char sql[400];

    snprintf(sql, sizeof sql,
             "INSERT INTO audit_entry (organization_id, sequence, at, actor_kind, actor_id, "
             "actor_name, action, object_kind, object_id, before, after, hash) VALUES (%d, %d, 1, "
             "'user', 61, 'anna@example.org', '%s', 'organization', 'x', 'null', 'null', %s)",
             organization_id, sequence, action, on_sqlite(fresh) ? "x'00'" : "'\\x00'");
    fixture_script(fresh, sql);
}

/* Three organizations: of 71 and 72 nobody was ever a recipient, in 73 the members have chosen
 * none. */
static void
gets_recipients(struct fixture *fixture)
{
    char url[MIGRATING_URL_SIZE];
    struct fixture fresh = fresh_place(fixture, url);
    struct fault fault;

    fresh.call.db.store = fixture_open_second(&fresh, STORE_READ_WRITE);
    migrate_to(&fresh, 15);
    fixture_script(
        &fresh,
        "INSERT INTO organization (id, name, time_zone, pool_order, notice_time, device_token, "
        "device_token_required, version, created_at, notices_through, notices_due_at) "
        "VALUES (71, 'A', 'UTC', 'oldest_first', '08:00', 'x', false, 1, 1, 5, 9), "
        "(72, 'B', 'UTC', 'oldest_first', '08:00', 'x', false, 1, 1, 99999, 9), "
        "(73, 'C', 'UTC', 'oldest_first', '08:00', 'x', false, 1, 1, 5, 9); "
        "INSERT INTO user_account (id, email, name, password_hash, operator, created_at) "
        "VALUES (61, 'anna@example.org', '', 'x', false, 1), (62, 'b@example.org', '', 'x', false, "
        "1); "
        "INSERT INTO member (organization_id, user_id, role, added_at) "
        "VALUES (71, 61, 'administrator', 1), (71, 62, 'manager', 1), (72, 62, 'administrator', "
        "1), (73, 61, 'administrator', 1); ");
    add_entry(&fresh, 72, 1, "organization.create");
    add_entry(&fresh, 73, 2, "notifications.change");
    check_int(migrate(fresh.call.db.store, 2, &fault), STATUS_OK);
    check_int(fixture_count(&fresh, "SELECT count(*) FROM notice_recipient"), 2);
    check_int(fixture_count(&fresh, "SELECT count(*) FROM notice_recipient WHERE organization_id = "
                                    "71 AND user_id = 61 AND NOT only_what_stops"),
              1);
    check_int(fixture_count(&fresh, "SELECT count(*) FROM notice_recipient WHERE organization_id = "
                                    "72 AND user_id = 62"),
              1);
    check_int(fixture_count(&fresh, "SELECT created_by FROM organization WHERE id = 72"), 61);
    /* Days that have passed are not made up. */
    int64_t yesterday =
        fixture_count(&fresh, "SELECT notices_through FROM organization WHERE id = 71");
    check(yesterday >= utc_now() / UTC_DAY - 2 && yesterday < utc_now() / UTC_DAY);
    check_int(fixture_count(&fresh, "SELECT notices_through FROM organization WHERE id = 72"),
              99999);
    check_int(fixture_count(&fresh, "SELECT notices_through FROM organization WHERE id = 73"), 5);
    check_int(fixture_count(&fresh, "SELECT notices_due_at FROM organization WHERE id = 73"), 9);
    store_close(fresh.call.db.store);
    leave_place(&fresh);
}

TEST(a_store_where_nobody_was_a_recipient_gets_its_administrators)
{
    with_each_store(gets_recipients);
}

/* SQLite's planner knows every table and index by the name that it has now. */
static void
keeps_statistics(struct fixture *fixture)
{
    if (!on_sqlite(fixture))
        return;
    check_int(fixture_count(fixture, "SELECT count(*) FROM sqlite_stat1 WHERE NOT EXISTS (SELECT 1 "
                                     "FROM sqlite_schema WHERE name = idx AND tbl_name = tbl)"),
              0);
    check_int(fixture_count(fixture,
                            "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND "
                            "sql IS NOT NULL AND tbl_name IN (SELECT tbl FROM "
                            "sqlite_stat1) AND name NOT IN (SELECT idx FROM sqlite_stat1)"),
              0);
    check_int(fixture_count(fixture, "SELECT count(*) FROM sqlite_stat1 WHERE tbl = "
                                     "'alert_mail_batch'"),
              3);
}

TEST(renamed_tables_keep_the_statistics_of_the_planner)
{
    with_each_store(keeps_statistics);
}

enum { REDEEMED_AT = 1728000000, EARLIER_KEY = 20 };

/* The license of a sensor that begins at an instant, as renewal made it then. */
static void
revive(struct fixture *fixture, const char *serial, int64_t at, int64_t expires_at)
{
    char sql[256];

    ledger_add_sensor(fixture, LEDGER_ORGANIZATION, serial);
    ledger_add_license(fixture, LEDGER_ORGANIZATION, serial, at, expires_at);
    snprintf(sql, sizeof sql,
             "UPDATE license SET cause = 'auto_renewal', assigned_at = starts_at "
             "WHERE sensor_id = %" PRId64,
             ledger_sensor_id(serial));
    fixture_script(fixture, sql);
}

static int64_t
told_at(struct fixture *fixture, int64_t key_id, int place, const char *serial)
{
    char sql[320];

    snprintf(sql, sizeof sql,
             "SELECT coalesce((SELECT expires_at FROM redemption_renewed WHERE organization_id = "
             "%d AND key_id = %" PRId64 " AND place = %d AND serial = '%s'), 0)",
             LEDGER_ORGANIZATION, key_id, place, serial);
    return fixture_count(fixture, sql);
}

/* Redemptions before the migration: one renewed three sensors, one an hour before it a fourth. */
static void
redeem(struct fixture *fixture)
{
    ledger_add_organization(fixture, LEDGER_ORGANIZATION);
    fixture_script(fixture,
                   "UPDATE license_key SET redeemed_at = 1728000000; "
                   "INSERT INTO license_key (organization_id, id, key, quantity, assigned, "
                   "withdrawn, term, redeemed_at, redemption, redeemed_by, licenses_left_then) "
                   "VALUES (11, 20, 'EARLIER', 5, 0, 0, 'P1Y', 1727996400, 0, 'test', 4), "
                   "(11, 22, 'NOBODY', 5, 0, 0, 'P1Y', 1728003600, 0, 'test', 5)");
    revive(fixture, "282C02424EF3", REDEEMED_AT, REDEEMED_AT + 300);
    revive(fixture, "282C02424EF1", REDEEMED_AT, REDEEMED_AT + 100);
    revive(fixture, "282C02424EF2", REDEEMED_AT, REDEEMED_AT + 200);
    revive(fixture, "282C02424EF4", REDEEMED_AT - 3600, REDEEMED_AT + 400);
    ledger_remove_sensor(fixture, LEDGER_ORGANIZATION, "282C02424EF2");
    /* These were none of a redemption: assigned then, but to begin later; and by hand. */
    revive(fixture, "282C02424EF5", REDEEMED_AT + 60, REDEEMED_AT + 500);
    revive(fixture, "282C02424EF6", REDEEMED_AT, REDEEMED_AT + 600);
    fixture_script(fixture, "UPDATE license SET assigned_at = 1728000000 WHERE expires_at = "
                            "1728000500; UPDATE license SET cause = 'by_hand' WHERE expires_at = "
                            "1728000600");
}

static void
keeps_renewals(struct fixture *fixture)
{
    char url[MIGRATING_URL_SIZE];
    struct fixture fresh = fresh_place(fixture, url);
    struct fault fault = { 0 };

    fresh.call.db.store = fixture_open_second(&fresh, STORE_READ_WRITE);
    migrate_to(&fresh, 10);
    redeem(&fresh);
    check_int(migrate(fresh.call.db.store, 2, &fault), STATUS_OK);
    check_text(fault.reason, "");
    check_int(fixture_count(&fresh, "SELECT count(*) FROM redemption_renewed"), 4);
    check_int(told_at(&fresh, LEDGER_KEY, 0, "282C02424EF1"), REDEEMED_AT + 100);
    check_int(told_at(&fresh, LEDGER_KEY, 1, "282C02424EF2"), REDEEMED_AT + 200);
    check_int(told_at(&fresh, LEDGER_KEY, 2, "282C02424EF3"), REDEEMED_AT + 300);
    check_int(told_at(&fresh, EARLIER_KEY, 0, "282C02424EF4"), REDEEMED_AT + 400);
    store_close(fresh.call.db.store);
    leave_place(&fresh);
}

TEST(a_store_with_redemptions_keeps_whom_they_renewed)
{
    with_each_store(keeps_renewals);
}

static void
keeps_refusals(struct fixture *fixture)
{
    char url[MIGRATING_URL_SIZE];
    struct fixture fresh = fresh_place(fixture, url);
    struct fault fault;

    fresh.call.db.store = fixture_open_second(&fresh, STORE_READ_WRITE);
    migrate_to(&fresh, 15);
    fixture_script(&fresh, "INSERT INTO refusal VALUES (7, 8, 'expired', 1204, 1, 2)");
    fixture_script(&fresh,
                   on_sqlite(&fresh)
                       ? "INSERT INTO sensor_status VALUES (7, 8, 1, 1, 0, 9, 0, x'', 5)"
                       : "INSERT INTO sensor_status VALUES (7, 8, 1, true, 0, 9, 0, '', 5)");
    check_int(migrate(fresh.call.db.store, 2, &fault), STATUS_OK);
    check_int(fixture_count(&fresh, "SELECT count * (last_at - first_at) FROM refusal"), 1204);
    check_int(fixture_count(&fresh, "SELECT total FROM conflict_watch"), 5);
    store_close(fresh.call.db.store);
    leave_place(&fresh);
}

TEST(a_store_with_refusals_and_conflicts_keeps_their_counts)
{
    with_each_store(keeps_refusals);
}
