#include "service/license/licensing.h"

#include <stdio.h>
#include <string.h>

#include "service/license/licensing_give.h"
#include "service/organization/organizations.h"
#include "service/sensor/sensors.h"
#include "support/check.h"
#include "support/verbs.h"

static const char fridge[] = "282C02402FAD";

static int64_t
at(const char *text)
{
    utc_seconds when = 0;

    check(utc_parse(&when, text, strlen(text)));
    return when;
}

static void
queues_exactly(struct fixture *fixture)
{
    int64_t mine = make_organization_in(fixture, "Mine", "Europe/Warsaw");
    const char *key = make_key(fixture, mine, 5, "P2Y");
    struct license license;
    struct license_list all;

    fixture->call.now = at("2026-11-24T13:05:00Z");
    add_sensor(fixture, mine, fridge, "Fridge");
    fixture->call.now += 7;
    check_int(license_assign(&fixture->call, mine, "28:2c:02:40:2f:ad", NULL, &license), STATUS_OK);
    check_text(license.serial, fridge);
    check_text(license.key, key);
    check_text(license.term, "P2Y");
    check_int(license.state, LICENSE_QUEUED);
    check_int(license.starts_at, at("2028-11-24T23:00:00Z"));
    check_int(license.expires_at, at("2030-11-24T23:00:00Z"));
    check_int(license.assigned_at, fixture->call.now);
    check_text(license.assigned_by, "system");
    check_int(license_assign(&fixture->call, mine, fridge, NULL, &license), STATUS_OK);
    check_int(license.starts_at, at("2030-11-24T23:00:00Z")); /* behind the whole queue */

    check_int(license_history(&fixture->call, mine, fridge, &all), STATUS_OK);
    check_int(all.count, 3);
    check_int(all.items[0].state, LICENSE_ACTIVE);
    check_int(all.items[0].starts_at, at("2026-11-24T13:05:00Z"));
    check_int(all.items[0].expires_at, all.items[1].starts_at);
    check_int(all.items[1].expires_at, all.items[2].starts_at);
    fixture->call.now = all.items[1].starts_at; /* the turn comes by itself */
    check_int(license_history(&fixture->call, mine, fridge, &all), STATUS_OK);
    check_int(all.items[0].state, LICENSE_EXPIRED);
    check_int(all.items[1].state, LICENSE_ACTIVE);
    check_ledger(fixture);
}

TEST(license_assign_queues_exactly_at_covered_until)
{
    with_each_store(queues_exactly);
}

static void
starts_now(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine");
    struct license license;
    int64_t end = (NOON / UTC_DAY + 2) * UTC_DAY;

    make_key(fixture, mine, 9, "P1D");
    check_int(add_sensor(fixture, mine, fridge, "").expires_at, end);
    fixture_script(fixture, "UPDATE sensor SET auto_renewal = false");
    fixture->call.now = end - 1;
    fixture->call.dry_run = true;
    check_int(license_assign(&fixture->call, mine, fridge, NULL, &license), STATUS_OK);
    check_int(license.starts_at, end);
    fixture->call.dry_run = false;
    fixture->call.now = end; /* the first instant without coverage */
    check_int(license_assign(&fixture->call, mine, fridge, NULL, &license), STATUS_OK);
    check_int(license.starts_at, end);
    check_int(license.expires_at, end + UTC_DAY);
    check_int(license.state, LICENSE_ACTIVE);
    fixture->call.now = end + UTC_DAY + 5;
    check_int(license_assign(&fixture->call, mine, fridge, NULL, &license), STATUS_OK);
    check_int(license.starts_at, fixture->call.now); /* never back-dated */
    check_int(license.expires_at, end + 3 * UTC_DAY);
    check_int(fixture_count(fixture, "SELECT version FROM sensor")
                  - fixture_count(fixture, "SELECT version FROM organization"),
              0);
    check_ledger(fixture);
}

TEST(license_assign_starts_now_without_coverage)
{
    with_each_store(starts_now);
}

static void
takes_the_right_key(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine"), other = make_organization(fixture, "Other");
    const char *foreign = make_key(fixture, other, 1, "P1Y");
    const char *year = make_key(fixture, mine, 1, "P1Y");
    struct organization changed;
    struct license license;

    fixture->call.now += 1;
    const char *week = make_key(fixture, mine, 2, "P1W");
    fixture->call.now += 1;
    const char *decade = make_key(fixture, mine, 2, "P10Y");

    check_text(add_sensor(fixture, mine, fridge, "").key, year); /* oldest first */
    check_failed(fixture, license_assign(&fixture->call, mine, fridge, year, &license),
                 STATUS_CONFLICT, "key_exhausted", "key");
    check_failed(fixture, license_assign(&fixture->call, mine, fridge, foreign, &license),
                 STATUS_NOT_FOUND, "", "key");
    check_failed(fixture, license_assign(&fixture->call, mine, fridge, "no key", &license),
                 STATUS_NOT_FOUND, "", "key");
    check_int(organization_change(&fixture->call, mine,
                                  &(struct organization_change){ .pool_order = "longest_first" },
                                  &changed),
              STATUS_OK);
    check_int(license_assign(&fixture->call, mine, fridge, NULL, &license), STATUS_OK);
    check_text(license.key, decade);
    check_int(organization_change(&fixture->call, mine,
                                  &(struct organization_change){ .pool_order = "shortest_first" },
                                  &changed),
              STATUS_OK);
    check_int(license_assign(&fixture->call, mine, fridge, NULL, &license), STATUS_OK);
    check_text(license.key, week);
    check_int(license_assign(&fixture->call, mine, fridge, decade, &license), STATUS_OK);
    check_int(license_assign(&fixture->call, mine, fridge, NULL, &license), STATUS_OK);
    check_failed(fixture, license_assign(&fixture->call, mine, fridge, NULL, &license),
                 STATUS_CONFLICT, "no_licenses_left", "");
    check_failed(fixture, license_assign(&fixture->call, mine, "FFFFFFFFFFFF", NULL, &license),
                 STATUS_NOT_FOUND, "", "serial");
    check_failed(fixture, license_assign(&fixture->call, mine, "12", NULL, &license),
                 STATUS_NOT_FOUND, "", "serial");
    check_failed(fixture, license_assign(&fixture->call, other, fridge, NULL, &license),
                 STATUS_NOT_FOUND, "", "serial");
    check_ledger(fixture);
}

TEST(license_assign_takes_the_right_key)
{
    with_each_store(takes_the_right_key);
}

/* A license that waits although nothing covers now: what taking the running one back
 * would leave if it did not move the queue. */
static void
never_overlaps(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine");
    struct license license;
    struct license_list all;
    char sql[128];

    make_key(fixture, mine, 9, "P1W");
    add_sensor(fixture, mine, fridge, "");
    for (int i = 0; i < 3; i++)
        check_int(license_assign(&fixture->call, mine, fridge, NULL, &license), STATUS_OK);
    snprintf(sql, sizeof sql, "DELETE FROM license WHERE starts_at <= %lld", (long long)NOON);
    fixture_script(fixture, sql);
    fixture_script(fixture, "UPDATE license_key SET assigned = assigned - 1");
    fixture->call.now += 2 * UTC_DAY;
    check_int(license_assign(&fixture->call, mine, fridge, NULL, &license), STATUS_OK);
    check_int(license.starts_at, fixture->call.now);
    check_int(license_history(&fixture->call, mine, fridge, &all), STATUS_OK);
    check_int(all.count, 4);
    for (size_t i = 1; i < all.count; i++) {
        check_int(all.items[i].starts_at, all.items[i - 1].expires_at);
        check_int(all.items[i].expires_at, all.items[i].starts_at + 7 * UTC_DAY);
    }
    check_ledger(fixture);
}

TEST(license_assign_never_overlaps)
{
    with_each_store(never_overlaps);
}

/* A sensor with five licenses of a week. Those that start from week `first` to week `last` go, as
 * no verb removes them. */
static void
leave_gap(struct fixture *fixture, int64_t organization_id, int first, int last)
{
    utc_seconds start = (NOON / UTC_DAY + 1) * UTC_DAY;
    struct license license;
    char sql[160];

    make_key(fixture, organization_id, 9, "P1W");
    add_sensor(fixture, organization_id, fridge, "");
    for (int i = 0; i < 4; i++)
        check_int(license_assign(&fixture->call, organization_id, fridge, NULL, &license),
                  STATUS_OK);
    snprintf(sql, sizeof sql, "DELETE FROM license WHERE starts_at BETWEEN %lld AND %lld",
             (long long)(first == 0 ? NOON : start + first * 7 * UTC_DAY),
             (long long)(start + last * 7 * UTC_DAY));
    fixture_script(fixture, sql);
    fixture_script(fixture, "UPDATE license_key SET assigned = (SELECT count(*) FROM license)");
}

/* The days from the first midnight to the start of each license. */
static void
check_starts(struct fixture *fixture, int64_t organization_id, const int *days, size_t count)
{
    utc_seconds start = (NOON / UTC_DAY + 1) * UTC_DAY;
    struct license_list all;

    check_int(license_history(&fixture->call, organization_id, fridge, &all), STATUS_OK);
    check_int(all.count, count);
    for (size_t i = 0; i < count && i < all.count; i++)
        check_int(all.items[i].starts_at < start ? -1 : (all.items[i].starts_at - start) / UTC_DAY,
                  days[i]);
    check_int(fixture_count(fixture,
                            "SELECT count(*) FROM sensor WHERE coverage_ends_at = (SELECT "
                            "max(expires_at) FROM license WHERE license.sensor_id = sensor.id)"),
              1);
    check_ledger(fixture);
}

static void
fills_a_gap(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine");
    static const int filled[] = { -1, 7, 14, 21, 28 }, next[] = { -1, 7, 14, 21, 28, 35 };
    struct license license;

    leave_gap(fixture, mine, 1, 2);
    for (int i = 0; i < 2; i++) {
        check_int(license_assign(&fixture->call, mine, fridge, NULL, &license), STATUS_OK);
        check_int(license.starts_at, (NOON / UTC_DAY + 8 + 7 * i) * UTC_DAY);
    }
    check_starts(fixture, mine, filled, 5);
    check_int(license_assign(&fixture->call, mine, fridge, NULL, &license), STATUS_OK);
    check_starts(fixture, mine, next, 6);
}

static void
moves_what_overlaps(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine");
    static const int days[] = { -1, 7, 17, 28 }, more[] = { -1, 7, 17, 24, 34 };
    struct license license;

    leave_gap(fixture, mine, 1, 1);
    fixture_script(fixture, "DELETE FROM license WHERE starts_at = 1797379200"); /* day 21 */
    fixture_script(fixture, "UPDATE license_key SET assigned = (SELECT count(*) FROM license)");
    const char *longer = make_key(fixture, mine, 2, "P10D");
    check_int(license_assign(&fixture->call, mine, fridge, longer, &license), STATUS_OK);
    check_starts(fixture, mine, days, 4);
    check_int(license_assign(&fixture->call, mine, fridge, longer, &license), STATUS_OK);
    check_starts(fixture, mine, more, 5);
}

static void
starts_now_before_a_queue(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine");
    static const int days[] = { -1, 21, 28 };
    struct license license;

    leave_gap(fixture, mine, 0, 2);
    check_int(license_assign(&fixture->call, mine, fridge, NULL, &license), STATUS_OK);
    check_int(license.starts_at, NOON);
    check_starts(fixture, mine, days, 3); /* the queue begins later and stays */
}

TEST(license_assign_starts_at_the_first_gap)
{
    with_each_store(fills_a_gap);
    with_each_store(moves_what_overlaps);
    with_each_store(starts_now_before_a_queue);
}

static void
queue_has_a_limit(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine");
    struct license license;

    make_key(fixture, mine, 1000, "P10Y");
    add_sensor(fixture, mine, fridge, "");
    for (int i = 0; i < QUEUE_MOST; i++)
        check_int(license_assign(&fixture->call, mine, fridge, NULL, &license), STATUS_OK);
    check_failed(fixture, license_assign(&fixture->call, mine, fridge, NULL, &license),
                 STATUS_CONFLICT, "queue_full", "");
}

TEST(license_assign_limits_the_queue)
{
    with_each_store(queue_has_a_limit);
}

struct taking {
    int64_t organization_id;
    int got[2];
    int refused[2];
};

static void
take_all(struct call *call, int thread, void *with)
{
    struct taking *taking = with;

    for (int i = 0; i < 6; i++) {
        char serial[16];
        struct manager_row row;
        snprintf(serial, sizeof serial, "0000000000%d%d", thread, i);
        enum status status = sensor_add(call, taking->organization_id,
                                        &(struct sensor_request){ .serial = serial }, &row, NULL);
        taking->got[thread] += status == STATUS_OK;
        taking->refused[thread] += status && !strcmp(call->db.fault.code, "no_licenses_left");
    }
}

static void
pool_never_below_zero(struct fixture *fixture)
{
    struct taking taking = { .organization_id = make_organization(fixture, "Mine") };

    make_key(fixture, taking.organization_id, 7, "P1Y");
    run_in_two_threads(fixture, take_all, &taking);
    check_int(taking.got[0] + taking.got[1], 7);
    check_int(taking.refused[0] + taking.refused[1], 5);
    check_int(fixture_count(fixture, "SELECT count(*) FROM sensor"), 7);
    check_int(fixture_count(fixture, "SELECT quantity - assigned FROM license_key"), 0);
    check_ledger(fixture);
}

TEST(license_pool_never_goes_below_zero)
{
    with_each_store(pool_never_below_zero);
}

static enum status
assign(struct fixture *fixture, void *with)
{
    struct license license;

    return license_assign(&fixture->call, *(int64_t *)with, fridge, NULL, &license);
}

static void
leaves_nothing_half_done(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine");

    make_key(fixture, mine, 100, "P1M");
    add_sensor(fixture, mine, fridge, "");
    check_torture(
        fixture,
        &(struct torture){
            .verb = assign,
            .with = &mine,
            .rows = "SELECT (SELECT count(*) FROM license) + (SELECT count(*) FROM audit_entry)"
                    " + (SELECT sum(assigned) FROM license_key)",
            .delta = 3,
        });
}

TEST(license_assign_is_atomic)
{
    with_each_store(leaves_nothing_half_done);
}
