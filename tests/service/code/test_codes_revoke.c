#include "service/code/codes_revoke.h"

#include <stdio.h>
#include <string.h>

#include "service/audit/audit_log.h"
#include "service/license/licensing.h"
#include "service/sensor/sensors.h"
#include "support/check.h"
#include "support/verbs.h"

#define FIRST  "282C02410001"
#define SECOND "282C02410002"
#define THIRD  "282C02410003"
#define DAY    UTC_DAY

static const struct actor seller = { .kind = ACTOR_OPERATOR,
                                     .id = 5,
                                     .name = "seller@example.com" };

/* The id of the order behind a key. */
static int64_t
order_of(struct fixture *fixture, const char *key)
{
    char sql[256];

    snprintf(sql, sizeof sql, "SELECT id FROM license_key WHERE key = '%s'", key);
    return fixture_count(fixture, sql);
}

static struct code_revocation
revoke(struct fixture *fixture, int64_t id, utc_seconds effective_at)
{
    struct code_revocation out = { 0 };
    const struct actor *before = fixture->call.actor;

    fixture->call.actor = &seller;
    check_int(code_revoke(&fixture->call, id,
                          &(struct code_revocation_request){ "unpaid", effective_at }, &out),
              STATUS_OK);
    fixture->call.actor = before;
    return out;
}

static void
check_counts(const struct code_revocation *got, int64_t pool, int64_t waiting, int64_t ended)
{
    check_int(got->withdrawn_from_pool, pool);
    check_int(got->withdrawn_waiting, waiting);
    check_int(got->ended, ended);
}

static void
switch_off(struct fixture *fixture)
{
    fixture_script(fixture, "UPDATE sensor SET auto_renewal = false");
}

static void
voids_an_unredeemed_code(struct fixture *fixture)
{
    int64_t organization = make_organization(fixture, "Cold chain");
    const char *code = issue_as(
        fixture, &(struct code_request){ .quantity = 3, .term = "P1Y", .reference = "4711" });
    int64_t id = fixture_count(fixture, "SELECT id FROM activation_code");
    struct code_revocation_request request = { .reason = " too late " };
    struct code_revocation out;
    struct redemption redemption;
    struct code_page page;

    fixture->call.dry_run = true;
    check_int(code_revoke(&fixture->call, id, &request, &out), STATUS_OK);
    check_text(out.order.state, "revoked");
    fixture->call.dry_run = false;
    check_int(code_list(&fixture->call,
                        &(struct code_query){ .page = { .limit = 9 }, .state = "issued" }, &page),
              STATUS_OK);
    check_int(page.count, 1);

    out = revoke(fixture, id, 0);
    check_counts(&out, 0, 0, 0);
    check_int(out.effective_at, 0);
    check_int(out.order.revoked_at, NOON);
    check_text(out.order.revoked_by, seller.name);
    check_text(out.order.revoke_reason, "unpaid");
    check_failed(fixture, code_redeem(&fixture->call, organization, code, &redemption),
                 STATUS_CONFLICT, "code_revoked", "code");
    check_failed(fixture, code_revoke(&fixture->call, id, &request, &out), STATUS_CONFLICT,
                 "code_revoked", "");
    check_failed(fixture, code_revoke(&fixture->call, 99, &request, &out), STATUS_NOT_FOUND, "",
                 "");
    request.reason = "";
    check_failed(fixture, code_revoke(&fixture->call, id, &request, &out), STATUS_INVALID, "",
                 "reason");
    check_int(code_list(&fixture->call,
                        &(struct code_query){
                            .page = { .limit = 9 }, .state = "revoked", .reference = "4711" },
                        &page),
              STATUS_OK);
    check_int(page.count, 1);
    check_ledger(fixture);
}

TEST(code_revoke_voids_an_unredeemed_code)
{
    with_each_store(voids_an_unredeemed_code);
}

/* Two keys; FIRST runs on the revoked one with one of each waiting, SECOND runs on the
 * other with two of the revoked and one of its own waiting, THIRD runs on the revoked one alone. */
struct fleet {
    int64_t id, order;
    const char *revoked, *other;
};

static void
assign(struct fixture *fixture, const struct fleet *fleet, const char *serial, const char *key)
{
    struct license license;

    check_int(license_assign(&fixture->call, fleet->id, serial, key, &license), STATUS_OK);
}

static void
add_with(struct fixture *fixture, const struct fleet *fleet, const char *serial, const char *key)
{
    struct manager_row row;

    check_int(sensor_add(&fixture->call, fleet->id,
                         &(struct sensor_request){ .serial = serial, .name = "s", .key = key },
                         &row, NULL),
              STATUS_OK);
}

static struct fleet
make_fleet(struct fixture *fixture)
{
    struct fleet fleet = { .id = make_organization(fixture, "Cold chain") };

    fleet.revoked = make_key(fixture, fleet.id, 10, "P10D");
    fleet.other = make_key(fixture, fleet.id, 3, "P20D");
    fleet.order = order_of(fixture, fleet.revoked);
    add_with(fixture, &fleet, FIRST, fleet.revoked);
    assign(fixture, &fleet, FIRST, fleet.revoked);
    assign(fixture, &fleet, FIRST, fleet.other);
    add_with(fixture, &fleet, SECOND, fleet.other);
    assign(fixture, &fleet, SECOND, fleet.revoked);
    assign(fixture, &fleet, SECOND, fleet.revoked);
    assign(fixture, &fleet, SECOND, fleet.other);
    add_with(fixture, &fleet, THIRD, fleet.revoked);
    fixture->call.now += 3 * DAY;
    return fleet;
}

static struct license_list
held(struct fixture *fixture, const struct fleet *fleet, const char *serial)
{
    struct license_list list = { 0 };

    check_int(license_history(&fixture->call, fleet->id, serial, &list), STATUS_OK);
    return list;
}

static void
withdraws_and_ends(struct fixture *fixture)
{
    struct fleet fleet = make_fleet(fixture);
    utc_seconds midnight = NOON / DAY * DAY + DAY; /* licenses added at noon count from here */
    struct manager_row row;

    switch_off(fixture);
    struct code_revocation got = revoke(fixture, fleet.order, 0);
    check_counts(&got, 5, 3, 2);
    check_int(got.effective_at, NOON + 3 * DAY);
    check_text(got.order.state, "revoked");

    struct license_list list = held(fixture, &fleet, FIRST); /* the waiting license moves to now */
    check_int(list.count, 2);
    check_int(list.items[0].state, LICENSE_REVOKED);
    check_int(list.items[0].expires_at, fixture->call.now);
    check_int(list.items[1].state, LICENSE_ACTIVE);
    check_int(list.items[1].starts_at, fixture->call.now);
    check_int(list.items[1].expires_at, midnight + 23 * DAY);
    list = held(fixture, &fleet, SECOND);
    check_int(list.count, 2);
    check_int(list.items[0].expires_at, midnight + 20 * DAY);
    check_int(list.items[1].starts_at, midnight + 20 * DAY);
    check_int(list.items[1].expires_at, midnight + 40 * DAY);
    list = held(fixture, &fleet, THIRD);
    check_int(list.count, 1);
    check_int(manager_row(&fixture->call, fleet.id, THIRD, &row), STATUS_OK);
    check_int(row.state, SENSOR_EXPIRED);
    check_int(fixture_count(
                  fixture,
                  "SELECT count(*) FROM sensor WHERE coverage_ends_at <> (SELECT max(expires_at)"
                  " FROM license WHERE sensor_id = sensor.id)"),
              0);
    check_int(
        fixture_count(fixture,
                      "SELECT assigned * 100 + withdrawn FROM license_key WHERE term = 'P10D'"),
        208);
    check_int(
        fixture_count(fixture, "SELECT count(*) FROM audit_entry WHERE action = 'license.revoke'"),
        3);
    check_int(fixture_count(fixture, "SELECT count(*) FROM audit_entry WHERE action = 'code.revoke'"
                                     " AND actor_kind = 'operator'"),
              2);
    check_int(fixture_count(fixture, "SELECT count(*) FROM audit_entry WHERE action = 'code.revoke'"
                                     " AND organization_id = 0"),
              1);
    check_ledger(fixture);
}

TEST(code_revoke_withdraws_waiting_licenses_and_ends_running_ones)
{
    with_each_store(withdraws_and_ends);
}

static void
ends_at_an_instant(struct fixture *fixture)
{
    struct fleet fleet = make_fleet(fixture);
    utc_seconds ends = NOON + 5 * DAY;

    switch_off(fixture);
    struct code_revocation got = revoke(fixture, fleet.order, ends);
    check_counts(&got, 5, 3, 2);
    struct license_list list = held(fixture, &fleet, FIRST);
    check_int(list.items[0].state, LICENSE_ACTIVE);
    check_int(list.items[0].expires_at, ends);
    check_int(list.items[1].starts_at, ends);
    fixture->call.now = ends;
    list = held(fixture, &fleet, FIRST);
    check_int(list.items[0].state, LICENSE_REVOKED);
    check_int(list.items[1].state, LICENSE_ACTIVE);
    check_ledger(fixture);
}

TEST(code_revoke_ends_running_licenses_at_the_given_instant)
{
    with_each_store(ends_at_an_instant);
}

/* Later than their end: running licenses stay; waiting ones are withdrawn all the same. */
static void
lets_run_what_ends_before(struct fixture *fixture)
{
    struct fleet fleet = make_fleet(fixture);
    struct code_revocation got = revoke(fixture, fleet.order, NOON + 300 * DAY);

    check_counts(&got, 5, 3, 0);
    struct license_list list = held(fixture, &fleet, FIRST);
    check_int(list.count, 2);
    check_int(list.items[0].state, LICENSE_ACTIVE);
    check_int(list.items[1].starts_at, list.items[0].expires_at);
    check_int(fixture_count(fixture, "SELECT count(*) FROM license WHERE revoked_at IS NOT NULL"),
              0);
    check_ledger(fixture);
}

TEST(code_revoke_keeps_licenses_that_end_earlier)
{
    with_each_store(lets_run_what_ends_before);
}

/* An instant in the past means now; a license that starts in this second leaves no interval. */
static void
ends_at_its_beginning(struct fixture *fixture)
{
    struct fleet fleet = { .id = make_organization(fixture, "Cold chain") };

    fleet.revoked = make_key(fixture, fleet.id, 2, "P10D");
    fleet.order = order_of(fixture, fleet.revoked);
    add_with(fixture, &fleet, FIRST, fleet.revoked);
    assign(fixture, &fleet, FIRST, fleet.revoked);
    struct code_revocation got = revoke(fixture, fleet.order, NOON - DAY);
    check_counts(&got, 0, 2, 0);
    check_int(got.effective_at, NOON);
    check_int(held(fixture, &fleet, FIRST).count, 0);
    check_int(fixture_count(fixture, "SELECT coverage_ends_at FROM sensor"), 0);
    check_ledger(fixture);
}

TEST(code_revoke_leaves_no_empty_interval)
{
    with_each_store(ends_at_its_beginning);
}

/* The invariant of rule 5: a sensor that loses coverage now is renewed now, from other keys. */
static void
renews_from_other_keys(struct fixture *fixture)
{
    struct fleet fleet = make_fleet(fixture);
    const char *third = make_key(fixture, fleet.id, 1, "P1Y");
    struct code_revocation got = revoke(fixture, fleet.order, 0);

    check_counts(&got, 5, 3, 2);
    struct license_list list = held(fixture, &fleet, THIRD);
    check_int(list.count, 2);
    check_text(list.items[1].key, third);
    check_int(list.items[1].starts_at, fixture->call.now);
    check_int(list.items[1].state, LICENSE_ACTIVE);
    check_int(held(fixture, &fleet, FIRST).count, 2);
    check_ledger(fixture);
}

TEST(code_revoke_renews_sensors_that_lose_coverage)
{
    with_each_store(renews_from_other_keys);
}

/* More sensors than one chunk. */
static void
revokes_many(struct fixture *fixture)
{
    struct fleet fleet = { .id = make_organization(fixture, "Cold chain") };
    char serial[16];

    fleet.revoked = make_key(fixture, fleet.id, 500, "P1Y");
    fleet.order = order_of(fixture, fleet.revoked);
    for (int i = 0; i < 300; i++) {
        snprintf(serial, sizeof serial, "0000000%05d", i);
        add_sensor(fixture, fleet.id, serial, "s");
    }
    fixture->call.now += DAY;
    struct code_revocation got = revoke(fixture, fleet.order, fixture->call.now + DAY);
    check_counts(&got, 200, 0, 300);
    check_int(fixture_count(fixture, "SELECT count(DISTINCT coverage_ends_at) FROM sensor"), 1);
    check_int(fixture_count(fixture, "SELECT min(coverage_ends_at) FROM sensor"),
              fixture->call.now + DAY);
    struct audit_verification found;
    check_int(audit_verify(&fixture->call, &(struct audit_verify_request){ .head = NULL }, &found),
              STATUS_OK);
    check_int(found.flawed, 0);
    check_ledger(fixture);
}

TEST(code_revoke_handles_more_sensors_than_one_chunk)
{
    with_each_store(revokes_many);
}

struct tortured {
    struct fleet fleet;
    int64_t order;
};

static void
prepare_torture(struct fixture *fixture, void *with)
{
    struct tortured *tortured = with;
    const char *key = make_key(fixture, tortured->fleet.id, 2, "P10D");
    struct fleet fleet = tortured->fleet;

    tortured->order = order_of(fixture, key);
    assign(fixture, &fleet, FIRST, key);
    assign(fixture, &fleet, FIRST, fleet.other);
}

static enum status
revoke_tortured(struct fixture *fixture, void *with)
{
    struct tortured *tortured = with;
    struct code_revocation out;

    return code_revoke(&fixture->call, tortured->order,
                       &(struct code_revocation_request){ .reason = "unpaid" }, &out);
}

static void
is_tortured(struct fixture *fixture)
{
    struct tortured tortured = { .fleet = { .id = make_organization(fixture, "Cold chain") } };

    tortured.fleet.other = make_key(fixture, tortured.fleet.id, 1000, "P1D");
    add_with(fixture, &tortured.fleet, FIRST, tortured.fleet.other);
    check_torture(fixture,
                  &(struct torture){
                      .prepare = prepare_torture,
                      .verb = revoke_tortured,
                      .with = &tortured,
                      .rows = "SELECT count(*) FROM audit_entry WHERE action = 'code.revoke'",
                      .delta = 2,
                  });
}

TEST(code_revoke_is_atomic)
{
    with_each_store(is_tortured);
}
