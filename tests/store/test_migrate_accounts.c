/* Calendar links and counters of wrong passwords in a store of an earlier program. */
#include <stdio.h>
#include <string.h>

#include "store/migrate.h"
#include "support/check.h"
#include "support/migrating.h"

static void
add_link(struct fixture *fixture, int organization_id, const char *maker)
{
    bool sqlite = !strcmp(fixture->driver_name, "sqlite");
    char sql[600];

    snprintf(sql, sizeof sql,
             "INSERT INTO organization (id, name, time_zone, pool_order, notice_time, "
             "device_token, device_token_required, created_at, version) "
             "VALUES (%d, 'A', 'UTC', 'oldest_first', '08:00', 'x%d', false, 1, 1); "
             "INSERT INTO calendar_feed (organization_id, token_hash, made_at, made_by) "
             "VALUES (%d, %s%d', 5, '%s'); ",
             organization_id, organization_id, organization_id, sqlite ? "x'" : "'\\x",
             organization_id, maker);
    fixture_script(fixture, sql);
}

static void
keeps_calendar_links(struct fixture *fixture)
{
    char url[MIGRATING_URL_SIZE];
    struct fixture fresh = fresh_place(fixture, url);
    struct fault fault = { 0 };

    fresh.call.db.store = fixture_open_second(&fresh, STORE_READ_WRITE);
    migrate_to(&fresh, 22);
    add_link(&fresh, 11, "anna@example.org");
    add_link(&fresh, 12, "bob@example.org");
    add_link(&fresh, 13, "gone@example.org");
    fixture_script(
        &fresh,
        "INSERT INTO user_account (id, email, name, password_hash, operator, created_at) VALUES "
        "(61, 'anna@example.org', 'Anna', 'x', false, 0), "
        "(62, 'bob@example.org', 'Bob', 'x', false, 0); "
        "INSERT INTO member (organization_id, user_id, role, added_at) VALUES "
        "(11, 61, 'manager', 0), (12, 62, 'analyst', 0), (13, 61, 'manager', 0); "
        "INSERT INTO throttle (subject, recent, waits, wait_until, forget_at) "
        "SELECT 'sign_in:anna@example.org', token_hash, 1, 2, 3 FROM calendar_feed LIMIT 1; "
        "INSERT INTO throttle (subject, recent, waits, wait_until, forget_at) "
        "SELECT 'code:11', token_hash, 1, 2, 3 FROM calendar_feed LIMIT 1");
    check_int(migrate(fresh.call.db.store, 2, &fault), STATUS_OK);
    check_text(fault.reason, "");
    check_int(fixture_count(&fresh, "SELECT count(*) FROM calendar_link"), 3);
    check_int(fixture_count(&fresh, "SELECT count(*) FROM calendar_link WHERE user_id = 61 AND "
                                    "organization_id = 11 AND made_by = 'anna@example.org' AND "
                                    "made_at = 5"),
              1);
    check_int(fixture_count(&fresh, "SELECT count(*) FROM calendar_link WHERE user_id IS NULL"), 2);
    check_int(fixture_count(&fresh, "SELECT count(*) FROM throttle WHERE subject = 'code:11'"), 1);
    check_int(fixture_count(&fresh, "SELECT count(*) FROM throttle"), 1);
    store_close(fresh.call.db.store);
    leave_place(&fresh);
}

TEST(a_calendar_link_of_an_earlier_program_goes_to_its_maker)
{
    with_each_store(keeps_calendar_links);
}
