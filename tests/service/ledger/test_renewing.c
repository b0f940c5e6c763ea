#include "service/ledger/ledger.h"

#include <stdio.h>
#include <string.h>

#include "service/core/transaction.h"
#include "service/ingest/ingest.h"
#include "service/ledger/ledger_jobs.h"
#include "service/ledger/renewing.h"
#include "service/license/licensing.h"
#include "service/measurement/journal_index.h"
#include "service/organization/organizations.h"
#include "service/sensor/sensors.h"
#include "support/check.h"
#include "support/verbs.h"

#define FIRST  "282C02410001"
#define SECOND "282C02410002"
#define THIRD  "282C02410003"
#define DAY    UTC_DAY

/* What the ticker does until nothing is due. */
static enum status
tick_body(struct call *call, void *with)
{
    return renewal_job_run(call, with);
}

static int
tick(struct fixture *fixture)
{
    bool more = true;
    int steps = 0;

    while (more && steps < 1000) {
        check_int(transact(&fixture->call, tick_body, &more), STATUS_OK);
        steps++;
    }
    return steps;
}

static int64_t
licenses_of(struct fixture *fixture, const char *serial, struct license_list *out,
            int64_t organization)
{
    check_int(license_history(&fixture->call, organization, serial, out), STATUS_OK);
    return (int64_t)out->count;
}

/* An outage over several ends: the ledger is, to the second, what it would have been. */
static void
catches_up_exactly(struct fixture *fixture)
{
    int64_t organization = make_organization_in(fixture, "Cold chain", "Europe/Warsaw");
    struct license_list list;

    make_key(fixture, organization, 10, "P1M");
    struct manager_row row = add_sensor(fixture, organization, FIRST, "Fridge");
    add_sensor(fixture, organization, SECOND, "Room");
    check_int(tick(fixture), 1); /* nothing is due yet */

    fixture->call.now = NOON + 100 * DAY;
    check(tick(fixture) > 1);
    static const char *const serials[] = { FIRST, SECOND };
    for (size_t s = 0; s < 2; s++) {
        check_int(licenses_of(fixture, serials[s], &list, organization), 4);
        for (size_t i = 1; i < list.count; i++) {
            check_int(list.items[i].starts_at, list.items[i - 1].expires_at);
            check_text(list.items[i].assigned_by, "system");
        }
        check_int(list.items[0].expires_at, row.expires_at);
        check_int(list.items[list.count - 1].state, LICENSE_ACTIVE);
    }
    check_int(fixture_count(fixture, "SELECT assigned FROM license_key"), 8);
    check_ledger(fixture);
    check_int(tick(fixture), 1); /* a second tick changes nothing */
    check_int(fixture_count(fixture, "SELECT count(*) FROM license"), 8);
}

TEST(renewing_catches_up_exactly_after_an_outage)
{
    with_each_store(catches_up_exactly);
}

static void
serves_in_order_when_the_pool_is_short(struct fixture *fixture)
{
    int64_t organization = make_organization(fixture, "Cold chain");
    struct license_list list;

    make_key(fixture, organization, 4, "P10D");
    add_sensor(fixture, organization, THIRD, "Third");
    add_sensor(fixture, organization, FIRST, "First");
    fixture->call.now = NOON + DAY;
    add_sensor(fixture, organization, SECOND, "Second"); /* ends a day later */
    fixture->call.now = NOON + 60 * DAY;
    tick(fixture);
    check_int(licenses_of(fixture, FIRST, &list, organization), 2); /* the lower serial of two */
    check_int(licenses_of(fixture, THIRD, &list, organization), 1);
    check_int(licenses_of(fixture, SECOND, &list, organization), 1);
    check_int(fixture_count(fixture, "SELECT quantity - assigned FROM license_key"), 0);

    /* Licenses arrive: expired sensors are renewed immediately, from now on. */
    const char *code = issue(fixture, 2, "P1Y");
    struct redemption dry, redemption, again;
    fixture->call.dry_run = true;
    check_int(code_redeem(&fixture->call, organization, code, &dry), STATUS_OK);
    fixture->call.dry_run = false;
    check_int(dry.renewed_count, 2);
    check_int(code_redeem(&fixture->call, organization, code, &redemption), STATUS_OK);
    check_int(redemption.renewed_count, 2);
    check_int(redemption.licenses_left, 0);
    check_text(redemption.renewed[0].serial, THIRD); /* its coverage ended first */
    check_text(redemption.renewed[1].serial, SECOND);
    check_int(licenses_of(fixture, THIRD, &list, organization), 2);
    check_int(list.items[1].starts_at, fixture->call.now);
    check_int(code_redeem(&fixture->call, organization, code, &again), STATUS_OK);
    check_int(again.renewed_count, 2);
    check_int(again.licenses_left, 0);
    check_ledger(fixture);
}

TEST(renewing_serves_the_earliest_end_first_when_the_pool_is_short)
{
    with_each_store(serves_in_order_when_the_pool_is_short);
}

static void
leaves_alone_who_does_not_want_it(struct fixture *fixture)
{
    int64_t organization = make_organization(fixture, "Cold chain");
    struct sensor_change off = { .has_auto_renewal = true, .auto_renewal = false };
    struct sensor_change on = { .has_auto_renewal = true, .auto_renewal = true };
    struct license_list list;
    struct sensor_changed sensor;

    make_key(fixture, organization, 5, "P10D");
    add_sensor(fixture, organization, FIRST, "First");
    check_int(sensor_change(&fixture->call, organization, FIRST, &off, &sensor), STATUS_OK);
    fixture->call.now = NOON + 30 * DAY;
    tick(fixture);
    check_int(licenses_of(fixture, FIRST, &list, organization), 1);
    /* Switched on again: it takes a license now, not from the old end on. */
    check_int(sensor_change(&fixture->call, organization, FIRST, &on, &sensor), STATUS_OK);
    check_int(licenses_of(fixture, FIRST, &list, organization), 2);
    check_int(list.items[1].starts_at, fixture->call.now);
    check_int(sensor.sensor.state, SENSOR_ACTIVE);
    check_ledger(fixture);
}

TEST(renewing_skips_sensors_without_auto_renewal)
{
    with_each_store(leaves_alone_who_does_not_want_it);
}

/* A verb that comes before the ticker sees the ledger as it is at its instant. */
static void
comes_before_every_verb(struct fixture *fixture)
{
    int64_t organization = make_organization(fixture, "Cold chain");
    struct organization_change change = { .pool_order = "longest_first" };
    struct organization organization_now;
    struct license_list list;

    make_key(fixture, organization, 2, "P10D");
    fixture->call.now++;
    make_key(fixture, organization, 2, "P1Y");
    add_sensor(fixture, organization, FIRST, "First");
    fixture->call.now = NOON + 15 * DAY;
    check_int(organization_change(&fixture->call, organization, &change, &organization_now),
              STATUS_OK);
    /* What fell due before was taken by the order of then. */
    check_int(licenses_of(fixture, FIRST, &list, organization), 2);
    if (list.count == 2)
        check_text(list.items[1].term, "P10D");
}

TEST(due_renewals_are_applied_before_every_verb)
{
    with_each_store(comes_before_every_verb);
}

/* More due than fit into one step: all steps keep the order of the queue. */
static void
goes_on_step_by_step(struct fixture *fixture)
{
    enum { SENSORS = RENEWING_STEP + 50 };
    int64_t organization = make_organization(fixture, "Cold chain");

    make_key(fixture, organization, 3, "P1D");
    add_sensor(fixture, organization, FIRST, "First");
    fixture_script(fixture, "UPDATE license_key SET quantity = 100000");
    copy_sensor(fixture, FIRST, SENSORS);
    fixture->call.now = NOON + 3 * DAY; /* two ends have passed */
    check(tick(fixture) >= 4);
    check_int(fixture_count(fixture, "SELECT count(*) FROM license"), 1 + 2 * (SENSORS + 1));
    check_int(fixture_count(fixture, "SELECT count(DISTINCT coverage_ends_at) FROM sensor"), 1);
    check_int(fixture_count(fixture, "SELECT assigned FROM license_key"), 1 + 2 * (SENSORS + 1));
    check_int(
        fixture_count(fixture, "SELECT count(*) FROM audit_entry WHERE action = 'license.renew'"),
        2 * (SENSORS + 1));
    check_ledger(fixture);
}

TEST(renewing_continues_step_by_step)
{
    with_each_store(goes_on_step_by_step);
}

/* More is due than one transaction should do: a verb has it committed in steps before its own, also
 * where it only asks what would be. */
static void
is_done_in_steps_before_a_verb(struct fixture *fixture)
{
    enum { SENSORS = 2 * RENEWING_STEP };
    static const char *const renewed = "SELECT count(*) FROM license WHERE cause = 'auto_renewal'";
    static const char *const changes =
        "SELECT count(*) FROM audit_entry WHERE action = 'sensor.change'";
    static const char *const version = "SELECT version FROM organization";
    int64_t organization = make_organization(fixture, "Cold chain");
    struct sensor_change change = { .name = "Fridge" };
    struct sensor_changed sensor;

    make_key(fixture, organization, 3, "P1D");
    add_sensor(fixture, organization, FIRST, "First");
    fixture_script(fixture, "UPDATE license_key SET quantity = 100000");
    copy_sensor(fixture, FIRST, SENSORS);
    int64_t before = fixture_count(fixture, version);

    fixture->call.now = NOON + 2 * DAY;
    fixture->call.dry_run = true;
    check_int(sensor_change(&fixture->call, organization, FIRST, &change, &sensor), STATUS_OK);
    check_int(fixture_count(fixture, renewed), SENSORS + 1);
    check_int(fixture_count(fixture, changes), 0);
    check(fixture_count(fixture, version) - before >= 3); /* a transaction a step */

    fixture->call.now = NOON + 3 * DAY;
    fixture->call.dry_run = false;
    before = fixture_count(fixture, version);
    check_int(sensor_change(&fixture->call, organization, FIRST, &change, &sensor), STATUS_OK);
    check_int(sensor.sensor.state, SENSOR_ACTIVE);
    check_int(fixture_count(fixture, renewed), 2 * (SENSORS + 1));
    check_int(fixture_count(fixture, changes), 1);
    check(fixture_count(fixture, version) - before >= 4); /* and the verb's own */
    check_ledger(fixture);
}

TEST(renewing_is_done_in_steps_before_a_verb)
{
    with_each_store(is_done_in_steps_before_a_verb);
}

/* Nothing has ticked: the batch itself applies what is due before it judges. */
static void
comes_before_samples_are_judged(struct fixture *fixture)
{
    int64_t organization = make_organization(fixture, "Cold chain");
    struct journal_index *journal_index = journal_index_open();
    struct ingest *ingest = ingest_open();
    struct license_list list;
    struct sample sample = { .channel = 1, .type = 1, .raw = 5 };
    struct delivery delivery = { .samples = &sample, .sample_count = 1 };
    struct ingest_item item = { .delivery = &delivery }, *items[] = { &item };

    fixture->call.journal_index = journal_index;
    make_key(fixture, organization, 3, "P1D");
    add_sensor(fixture, organization, FIRST, "First");
    check(serial_parse(&delivery.serial, FIRST, strlen(FIRST)));
    for (int day = 0; day < 4; day++) {
        fixture->call.now = NOON + day * 2 * DAY;
        sample.at = fixture->call.now;
        check_int(ingest_commit(ingest, &fixture->call, items, 1), STATUS_OK);
        /* Three licenses of a day (the first with the rest of its day) last into day 4. */
        check_int(item.saved, day * 2 <= 3);
    }
    check_int(licenses_of(fixture, FIRST, &list, organization), 3);
    check_ledger(fixture);
    ingest_close(ingest);
    journal_index_close(journal_index);
}

TEST(due_renewals_are_applied_before_samples_are_judged)
{
    with_each_store(comes_before_samples_are_judged);
}

/* Torture: whichever store call fails, a step is applied whole or not at all. */
static void
leaves_nothing_half_done(struct fixture *fixture)
{
    int64_t organization = make_organization(fixture, "Cold chain");

    make_key(fixture, organization, 3, "P10D");
    add_sensor(fixture, organization, FIRST, "First");
    add_sensor(fixture, organization, SECOND, "Second");
    fixture->call.now = NOON + 12 * DAY;
    for (int n = 1; n < 40; n++) {
        bool more;
        fixture->call.in_transaction = true; /* no second try: the failure must show */
        check_int(store_begin(fixture->call.db.store, &fixture->call.db.fault), STATUS_OK);
        fixture_fail_at(fixture, n);
        enum status status = renewal_job_run(&fixture->call, &more);
        int calls = fixture_calls();
        fixture_fail_at(fixture, 0);
        store_rollback(fixture->call.db.store);
        fixture->call.in_transaction = false;
        check_ledger(fixture);
        check_int(fixture_count(fixture, "SELECT count(*) FROM license"), 2);
        if (n > calls)
            return;
        check_int(status, STATUS_BUSY);
    }
    check_int(0, 1); /* the step has more calls than were tried */
}

TEST(renewing_is_atomic)
{
    with_each_store(leaves_nothing_half_done);
}

/* More keys than one step looks at, each of one license: the order of the pool holds all the same.
 */
static void
takes_from_many_keys(struct fixture *fixture)
{
    enum { KEYS = 5000 };
    int64_t organization = make_organization(fixture, "Cold chain");
    struct license_list list;
    char sql[1024];

    make_key(fixture, organization, 1, "P1M");
    add_sensor(fixture, organization, FIRST, "");
    make_key(fixture, organization, 1, "P1D");
    snprintf(sql, sizeof sql,
             "UPDATE organization SET pool_order = 'shortest_first'; "
             "UPDATE license_key SET redemption = %d WHERE term = 'P1D'; "
             "INSERT INTO license_key (organization_id, id, key, quantity, assigned, withdrawn, "
             "term, redeemed_at, redemption, redeemed_by, licenses_left_then) "
             "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
             "SELECT organization_id, i, CAST(i AS TEXT), 1, 0, 0, 'P2D', 0, 1000 + i, 'test', 1 "
             "FROM license_key, n WHERE term = 'P1D'",
             10 * KEYS, KEYS);
    fixture_script(fixture, sql);
    fixture->call.now = NOON + 40 * DAY;
    tick(fixture);
    check_int(licenses_of(fixture, FIRST, &list, organization) > 2, true);
    check_text(list.items[1].term, "P1D");
    check_text(list.items[2].term, "P2D");
    fixture->call.now = NOON + 4000 * DAY; /* the keys of one step do not suffice */
    tick(fixture);
    check_int(licenses_of(fixture, FIRST, &list, organization) > 1900, true);
    check_int(list.items[list.count - 1].state, LICENSE_ACTIVE);
    check_int(fixture_count(fixture, "SELECT count(*) FROM license_key WHERE assigned = 0 AND "
                                     "redemption < (SELECT max(redemption) FROM license_key WHERE "
                                     "term = 'P2D' AND assigned = 1)"),
              0);
    check_ledger(fixture);
}

TEST(renewing_takes_from_more_keys_than_a_step_reads)
{
    with_each_store(takes_from_many_keys);
}
