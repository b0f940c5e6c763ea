#include "service/manager/manager.h"

#include <stdio.h>
#include <string.h>

#include "service/license/licensing.h"
#include "service/sensor/sensors.h"
#include "support/check.h"
#include "support/verbs.h"

/* One organization in which every state stands once; week-long licenses, UTC. Added:
 * 1 (expired), 2 (ends in 3 days), 3 (as 2, with one queued), 4 (unlicensed). */
struct fleet {
    int64_t id;
    const char *key;
    utc_seconds end_1, end_2;
};

static struct fleet
make_fleet(struct fixture *fixture)
{
    struct fleet fleet = { .id = make_organization(fixture, "Mine") };
    struct license license;

    fleet.key = make_key(fixture, fleet.id, 6, "P1W");
    fleet.end_1 = add_sensor(fixture, fleet.id, "000000000001", "Delta").expires_at;
    add_sensor(fixture, fleet.id, "000000000004", "alpha 100%");
    fixture_script(
        fixture,
        "DELETE FROM license WHERE starts_at = 1795521600 AND sensor_id ="
        " (SELECT id FROM sensor WHERE serial = '000000000004');"
        "UPDATE sensor SET coverage_ends_at = 0, last_starts_at = 0 WHERE serial = '000000000004';"
        "UPDATE license_key SET assigned = assigned - 1");
    fixture->call.now += 5 * UTC_DAY;
    fleet.end_2 = add_sensor(fixture, fleet.id, "000000000002", "Bravo").expires_at;
    add_sensor(fixture, fleet.id, "000000000003", "charlie");
    check_int(license_assign(&fixture->call, fleet.id, "000000000003", NULL, &license), STATUS_OK);
    fixture->call.now += 4 * UTC_DAY;
    return fleet;
}

static void
gives_each_row(struct fixture *fixture)
{
    struct fleet fleet = make_fleet(fixture);
    struct manager_query query = { .page = { .limit = 10 }, .sort = MANAGER_BY_SERIAL };
    struct manager_page page;

    fixture_script(fixture,
                   "INSERT INTO refusal (organization_id, sensor_id, reason, count, first_at,"
                   " last_at) SELECT organization_id, id, 'expired', 1200, 50, 90 FROM sensor"
                   " WHERE serial = '000000000001'");
    fixture_script(fixture,
                   "INSERT INTO refusal (organization_id, sensor_id, reason, count, first_at,"
                   " last_at) SELECT organization_id, id, 'bad_timestamp', 4, 70, 99 FROM sensor"
                   " WHERE serial = '000000000001'");
    check_int(manager_list(&fixture->call, fleet.id, &query, &page), STATUS_OK);
    check_int(page.count, 4);
    check_int(page.licenses_left, 2);
    check_int(page.active, 2);
    check_int(page.expiring, 2);
    check_int(page.expired, 1);
    check_int(page.unlicensed, 1);
    check(!page.next);

    const struct manager_row *row = &page.rows[0];
    check_int(row->state, SENSOR_EXPIRED);
    check(row->has_license && !row->next);
    check_int(row->expires_at, fleet.end_1);
    check_int(row->days_left, -1);
    check_int(row->covered_until, 0);
    check_int(row->refused.count, 1204);
    check_int(row->refused.reasons[GATE_REFUSE_EXPIRED], 1200);
    check_int(row->refused.reasons[GATE_REFUSE_BAD_TIMESTAMP], 4);
    check_int(row->refused.reasons[GATE_REFUSE_UNLICENSED], 0);
    check_int(row->refused.first_at, 50);
    check_int(row->refused.last_at, 99);

    row = &page.rows[1];
    check_int(row->state, SENSOR_ACTIVE);
    check_int(row->days_left, 3);
    check_int(row->last_day, fleet.end_2 / UTC_DAY - 1);
    check_int(row->covered_until, fleet.end_2);
    check_int(row->key_assigned, 4);
    check_int(row->key_quantity, 6);
    check_text(row->next, "pool");

    row = &page.rows[2];
    check_text(row->next, "queue");
    check_int(row->queue_count, 1);
    check_int(row->queue[0].state, LICENSE_QUEUED);
    check_int(row->queue[0].starts_at, fleet.end_2);
    check_int(row->covered_until, fleet.end_2 + 7 * UTC_DAY);
    check_int(row->expires_at, fleet.end_2);

    row = &page.rows[3];
    check_int(row->state, SENSOR_UNLICENSED);
    check(!row->has_license && !row->next && !row->key);
    check_ledger(fixture);
}

TEST(manager_list_gives_each_row)
{
    with_each_store(gives_each_row);
}

static void
filters(struct fixture *fixture)
{
    static const struct {
        const char *name;
        struct manager_query query;
        const char *serials; /* last digits, in order */
    } rows[] = {
        { "by serial", { .sort = MANAGER_BY_SERIAL }, "1234" },
        { "by name, in any case", { .sort = MANAGER_BY_NAME }, "4231" },
        { "by end, without one last", { .sort = MANAGER_BY_EXPIRES_AT }, "1234" },
        { "by beginning", { .sort = MANAGER_BY_ACTIVATED_AT }, "1234" },
        { "active", { .sort = MANAGER_BY_SERIAL, .state = MANAGER_ACTIVE }, "23" },
        { "expiring", { .sort = MANAGER_BY_NAME, .state = MANAGER_EXPIRING }, "23" },
        { "expired", { .sort = MANAGER_BY_EXPIRES_AT, .state = MANAGER_EXPIRED }, "1" },
        { "unlicensed", { .sort = MANAGER_BY_SERIAL, .state = MANAGER_UNLICENSED }, "4" },
        { "not saving", { .sort = MANAGER_BY_SERIAL, .state = MANAGER_NOT_SAVING }, "" },
        { "a part of the name", { .sort = MANAGER_BY_SERIAL, .q = "RA" }, "2" },
        { "no part of a serial", { .sort = MANAGER_BY_SERIAL, .q = "00:00:5" }, "" },
        { "a part of the serial", { .sort = MANAGER_BY_SERIAL, .q = "00:00:03" }, "3" },
        { "no wildcard", { .sort = MANAGER_BY_SERIAL, .q = "0%" }, "4" },
        { "no wildcard either", { .sort = MANAGER_BY_SERIAL, .q = "_" }, "" },
        { "nor an escape", { .sort = MANAGER_BY_SERIAL, .q = "!" }, "" },
        { "separators alone", { .sort = MANAGER_BY_SERIAL, .q = "-" }, "" },
        { "ends before", { .sort = MANAGER_BY_SERIAL, .expires_before = NOON + 8 * UTC_DAY }, "1" },
        { "another key",
          { .sort = MANAGER_BY_SERIAL, .key = "00000-00000-00000-00000-00000" },
          "" },
    };
    struct fleet fleet = make_fleet(fixture);

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int64_t limit = 1; limit <= 4; limit += 3) { /* page by page, and at once */
            struct manager_query query = rows[i].query;
            struct manager_page page;
            char got[16] = "";
            size_t count = 0;
            query.page.limit = limit;
            check_row(rows[i].name);
            do {
                check_int(manager_list(&fixture->call, fleet.id, &query, &page), STATUS_OK);
                for (size_t j = 0; j < page.count && count < sizeof got - 1; j++)
                    got[count++] = page.rows[j].serial[11];
                query.page.cursor = page.next;
            } while (page.next && count < sizeof got - 1);
            check_text(got, rows[i].serials);
        }
    }
    struct manager_query query = { .page = { .limit = 9 }, .key = fleet.key };
    struct manager_page page;
    check_int(manager_list(&fixture->call, fleet.id, &query, &page), STATUS_OK);
    check_int(page.count, 3);
}

TEST(manager_list_filters_and_sorts)
{
    with_each_store(filters);
}

static void
refuses(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine");
    struct manager_query query = { .page = { .limit = 1 }, .sort = MANAGER_BY_NAME };
    char long_q[MANAGER_Q_MOST_BYTES + 2] = "";
    struct manager_page page;
    struct manager_row row;

    make_key(fixture, mine, 3, "P1Y");
    add_sensor(fixture, mine, "000000000001", "a");
    add_sensor(fixture, mine, "000000000002", "b");
    check_int(manager_list(&fixture->call, mine, &query, &page), STATUS_OK);
    query.page.cursor = page.next;
    query.sort = MANAGER_BY_SERIAL; /* a cursor is of one order */
    check_failed(fixture, manager_list(&fixture->call, mine, &query, &page), STATUS_MALFORMED, "",
                 "cursor");
    query.page.cursor = "!";
    check_failed(fixture, manager_list(&fixture->call, mine, &query, &page), STATUS_MALFORMED, "",
                 "cursor");
    query.page.cursor = NULL;
    query.key = "nonsense";
    check_failed(fixture, manager_list(&fixture->call, mine, &query, &page), STATUS_MALFORMED, "",
                 "key");
    query.key = NULL;
    memset(long_q, 'q', MANAGER_Q_MOST_BYTES + 1);
    query.q = long_q;
    check_failed(fixture, manager_list(&fixture->call, mine, &query, &page), STATUS_MALFORMED, "",
                 "q");
    check_failed(fixture, manager_row(&fixture->call, mine, "000000000009", &row), STATUS_NOT_FOUND,
                 "", "serial");
}

TEST(manager_list_refuses_malformed_queries)
{
    with_each_store(refuses);
}

static void
forecasts(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine");
    struct manager_query query = { .page = { .limit = 200 }, .sort = MANAGER_BY_SERIAL };
    struct manager_page page;
    char serial[16];

    make_key(fixture, mine, 42, "P1Y");
    for (int i = 0; i < 40; i++) { /* more than one chunk; all end together */
        snprintf(serial, sizeof serial, "0000000000%02d", i);
        add_sensor(fixture, mine, serial, "s");
    }
    check_int(manager_list(&fixture->call, mine, &query, &page), STATUS_OK);
    check_int(page.count, 40);
    for (size_t i = 0; i < page.count; i++) /* two are left: for the first two serials */
        check_text(page.rows[i].next, i < 2 ? "pool" : "stops");
    check_int(page.stopping, 0);

    fixture->call.now = page.rows[0].expires_at - 30 * UTC_DAY;
    check_int(manager_list(&fixture->call, mine, &query, &page), STATUS_OK);
    check_int(page.expiring, 40);
    check_int(page.stopping, 38);
    query.state = MANAGER_STOPPING;
    check_int(manager_list(&fixture->call, mine, &query, &page), STATUS_OK);
    check_int(page.count, 38);
    check_text(page.rows[0].serial, "000000000002");
}

TEST(manager_list_forecasts_which_sensors_the_pool_renews)
{
    with_each_store(forecasts);
}

static void
expiring_at_the_border(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine");
    struct manager_query query = { .page = { .limit = 9 }, .state = MANAGER_EXPIRING };
    struct manager_page page;

    make_key(fixture, mine, 2, "P31D");
    utc_seconds end = add_sensor(fixture, mine, "000000000001", "a").expires_at;
    fixture->call.now = end - (EXPIRING_DAYS + 1) * UTC_DAY - 1; /* 31 days left */
    check_int(manager_list(&fixture->call, mine, &query, &page), STATUS_OK);
    check_int(page.expiring, 0);
    check_int(page.count, 0);
    fixture->call.now += 1;
    check_int(manager_list(&fixture->call, mine, &query, &page), STATUS_OK);
    check_int(page.expiring, 1);
    check_int(page.count, 1);
    check_int(page.rows[0].days_left, EXPIRING_DAYS);
    fixture->call.now = end - 1;
    check_int(manager_list(&fixture->call, mine, &query, &page), STATUS_OK);
    check_int(page.active, 1);
    check_int(page.rows[0].days_left, 0);
    fixture->call.now = end;
    check_int(manager_list(&fixture->call, mine, &query, &page), STATUS_OK);
    check_int(page.active + page.expiring, 0);
    check_int(page.expired, 1);
}

TEST(manager_list_counts_at_the_borders)
{
    with_each_store(expiring_at_the_border);
}
