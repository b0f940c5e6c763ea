/* A verb says which licenses it takes from the pool, before it takes them and after. */
#include <string.h>

#include "service/license/licensing.h"
#include "service/license/take_back.h"
#include "service/sensor/sensors.h"
#include "service/sensor/sensors_import.h"
#include "support/check.h"
#include "support/verbs.h"

static const char fridge[] = "282C02402FAD", cellar[] = "282C02402FAE",
                  store_room[] = "282C02402FAF";
static const struct sensor_change off = { .has_auto_renewal = true };
static const struct sensor_change on = { .has_auto_renewal = true, .auto_renewal = true };

enum { NEW_DAY = (NOON + 40 * UTC_DAY) / UTC_DAY };

/* The fridge has stopped with its auto renewal off; the pool holds a year and a month, in this
 * order. */
static int64_t
make_stopped(struct fixture *fixture, const char **year)
{
    int64_t mine = make_organization(fixture, "Mine");
    struct sensor_changed changed;

    make_key(fixture, mine, 1, "P1M");
    add_sensor(fixture, mine, fridge, "Fridge");
    check_int(sensor_change(&fixture->call, mine, fridge, &off, &changed), STATUS_OK);
    check_int(changed.renewed_count, 0);
    check_int(changed.licenses_left, 0);
    fixture->call.now += 40 * UTC_DAY;
    *year = make_key(fixture, mine, 1, "P1Y");
    fixture->call.now++;
    make_key(fixture, mine, 2, "P1M");
    return mine;
}

static void
check_renewed(struct fixture *fixture, const struct sensor_changed *changed, const char *key)
{
    (void)fixture;
    check_int(changed->sensor.state, SENSOR_ACTIVE);
    check(changed->sensor.auto_renewal);
    check_int(changed->licenses_left, 2);
    check_int(changed->renewed_count, 1);
    check_text(changed->renewed[0].serial, fridge);
    check_text(changed->renewed[0].key, key);
    check_text(changed->renewed[0].term, "P1Y");
    check_int(changed->renewed[0].last_day, NEW_DAY + 365);
    check_int(changed->renewed[0].expires_at, (NEW_DAY + 366) * (int64_t)UTC_DAY);
}

static void
switches_on(struct fixture *fixture)
{
    const char *year;
    int64_t mine = make_stopped(fixture, &year);
    struct sensor_changed changed;
    struct license_list list;

    fixture->call.dry_run = true;
    check_int(sensor_change(&fixture->call, mine, fridge, &on, &changed), STATUS_OK);
    check_renewed(fixture, &changed, year);
    fixture->call.dry_run = false;
    check_int(fixture_count(fixture, "SELECT count(*) FROM license"), 1);
    check_int(fixture_count(fixture, "SELECT count(*) FROM sensor WHERE auto_renewal"), 0);

    check_int(sensor_change(&fixture->call, mine, fridge, &on, &changed), STATUS_OK);
    check_renewed(fixture, &changed, year);
    check_int(license_history(&fixture->call, mine, fridge, &list), STATUS_OK);
    check_int(list.count, 2);
    check_int(changed.renewed[0].license_id, list.items[1].id);

    /* It is undone by the license that the answer names. */
    check_int(license_take_back(&fixture->call, mine, changed.renewed[0].license_id), STATUS_OK);
    check_int(sensor_change(&fixture->call, mine, fridge, &off, &changed), STATUS_OK);
    check_int(changed.sensor.state, SENSOR_EXPIRED);
    check(!changed.sensor.auto_renewal);
    check_int(changed.licenses_left, 3);
    check_ledger(fixture);
}

TEST(switching_auto_renewal_on_says_what_it_takes_before_and_after)
{
    with_each_store(switches_on);
}

/* Off, on again while it is on, on under coverage, and another setting of a stopped sensor. */
static void
spends_nothing(struct fixture *fixture)
{
    const char *year;
    int64_t mine = make_stopped(fixture, &year);
    struct sensor_changed changed;
    struct sensor_change named = { .name = "Fridge 2" };

    fixture->call.dry_run = true;
    check_int(sensor_change(&fixture->call, mine, fridge, &named, &changed), STATUS_OK);
    check_text(changed.sensor.name, "Fridge 2");
    check_int(changed.renewed_count, 0);
    check_int(changed.sensor.state, SENSOR_EXPIRED);
    fixture->call.dry_run = false;
    check_int(sensor_change(&fixture->call, mine, fridge, &on, &changed), STATUS_OK);
    const struct sensor_change *const quiet[] = { &on, &off, &on, &named };
    for (size_t i = 0; i < sizeof quiet / sizeof *quiet; i++) {
        check_int(sensor_change(&fixture->call, mine, fridge, quiet[i], &changed), STATUS_OK);
        check_int(changed.renewed_count, 0);
        check_int(changed.licenses_left, 2);
    }
}

TEST(a_change_that_takes_no_license_says_so)
{
    with_each_store(spends_nothing);
}

static void
adds_one(struct fixture *fixture)
{
    const char *year;
    int64_t mine = make_stopped(fixture, &year);
    struct sensor_request request = { .serial = cellar };
    struct manager_row row;
    struct key_taken taken;

    fixture->call.dry_run = true;
    check_int(sensor_add(&fixture->call, mine, &request, &row, &taken), STATUS_OK);
    check_text(taken.key, year);
    check_text(taken.term, "P1Y");
    check_int(taken.quantity, 1);
    check_int(taken.last_day, NEW_DAY + 365);
    check_int(taken.expires_at, row.expires_at);
    fixture->call.dry_run = false;
    check_int(fixture_count(fixture, "SELECT count(*) FROM sensor"), 1);
    check_int(sensor_add(&fixture->call, mine, &request, &row, &taken), STATUS_OK);
    check_text(taken.key, year);

    remove_sensor(fixture, mine, cellar);
    check_int(sensor_add(&fixture->call, mine, &request, &row, &taken), STATUS_OK);
    check(!taken.key); /* it comes back with its license */
    check_int(taken.quantity, 0);
}

TEST(adding_a_sensor_says_which_license_it_takes)
{
    with_each_store(adds_one);
}

static void
imports(struct fixture *fixture)
{
    const char *year;
    int64_t mine = make_stopped(fixture, &year);
    struct sensors_imported imported;

    remove_sensor(fixture, mine, fridge);
    /* The cellar is covered: it takes none. */
    add_sensor(fixture, mine, cellar, "Cellar");
    remove_sensor(fixture, mine, cellar);
    const char *more = make_key(fixture, mine, 1, "P2Y");
    struct import_row rows[] = {
        { .request = { .serial = fridge } }, /* comes back without coverage */
        { .request = { .serial = cellar } },
        { .request = { .serial = store_room, .key = more } },
    };
    for (int turn = 0; turn < 2; turn++) {
        fixture->call.dry_run = turn == 0;
        check_int(sensors_import_check(&fixture->call, rows, 3), STATUS_OK);
        check_int(sensors_import(&fixture->call, mine, rows, 3, &imported), STATUS_OK);
        check_int(imported.licenses_left, 1);
        check_int(imported.taken_count, 2);
        int64_t taken = 0;
        for (size_t i = 0; i < imported.taken_count; i++) {
            bool is_more = !strcmp(imported.taken[i].key, more);
            taken += imported.taken[i].quantity;
            check_text(imported.taken[i].term, is_more ? "P2Y" : "P1M");
            check_int(imported.taken[i].last_day, is_more ? NEW_DAY + 731 : NEW_DAY + 31);
        }
        check_int(taken, 2);
        check(rows[0].resumed && rows[0].key && strcmp(rows[0].key, more));
        check(rows[1].resumed && !rows[1].key);
        check_text(rows[2].key, more);
    }
}

TEST(an_import_says_which_licenses_it_takes)
{
    with_each_store(imports);
}
