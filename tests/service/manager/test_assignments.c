#include "service/manager/assignments.h"

#include <string.h>

#include "service/sensor/sensors.h"
#include "support/check.h"
#include "support/verbs.h"

static const char fridge[] = "282C02402FAD", cellar[] = "282C02402FAE",
                  store_room[] = "282C02402FAF";

static enum status
make(struct fixture *fixture, int64_t organization_id, const struct assignment_request *request,
     struct assignments *out)
{
    *out = (struct assignments){ .count = 0 };
    return assignments_make(&fixture->call, organization_id, request, out);
}

static void
as_plus_would(struct fixture *fixture)
{
    int64_t mine = make_organization_in(fixture, "Mine", "Europe/Warsaw");
    const char *serials[] = { cellar, "28:2c:02:40:2f:ad" };
    struct assignments made;
    struct license_list all;
    struct license plus = { .id = 0 };

    make_key(fixture, mine, 1, "P1D");
    add_sensor(fixture, mine, cellar, "");
    check_int(sensor_change(&fixture->call, mine, cellar,
                            &(struct sensor_change){ .has_auto_renewal = true },
                            &(struct sensor_changed){ 0 }),
              STATUS_OK);
    make_key(fixture, mine, 3, "P1M");
    add_sensor(fixture, mine, fridge, "");
    fixture->call.now++; /* the pool gives from the older one */
    make_key(fixture, mine, 4, "P1Y");
    fixture->call.now += 3 * UTC_DAY; /* the cellar has stopped */
    const struct assignment_request request = { .serials = serials, .serial_count = 2, .count = 2 };
    fixture->call.dry_run = true;
    check_int(license_assign(&fixture->call, mine, fridge, NULL, &plus), STATUS_OK);
    check_int(make(fixture, mine, &request, &made), STATUS_OK);
    check_int(made.licenses_left, 2);
    fixture->call.dry_run = false;
    check_int(fixture_count(fixture, "SELECT count(*) FROM license"), 2);
    check_int(make(fixture, mine, &request, &made), STATUS_OK);
    check_int(made.count, 2);
    check_text(made.items[0].serial, cellar);
    check_text(made.items[1].serial, fridge);
    const struct license *two = made.items[0].licenses, *queued = made.items[1].licenses;
    check_int(two[0].starts_at, fixture->call.now);
    check_int(two[0].state, LICENSE_ACTIVE);
    check_text(two[0].term, "P1M");
    check_int(two[1].starts_at, two[0].expires_at);
    check_int(two[1].state, LICENSE_QUEUED);
    check_text(two[1].term, "P1M");
    check_int(queued[0].starts_at, plus.starts_at);
    check_text(queued[0].term, "P1Y"); /* the older key is exhausted */
    check_int(queued[1].starts_at, queued[0].expires_at);
    check_int(license_history(&fixture->call, mine, fridge, &all), STATUS_OK);
    check_int(all.count, 3);
    check_int(all.items[2].id, queued[1].id);
    check_int(all.items[2].expires_at, queued[1].expires_at);
    check_int(
        fixture_count(fixture,
                      "SELECT count(*) FROM sensor WHERE coverage_ends_at = (SELECT max(expires_at)"
                      " FROM license WHERE license.sensor_id = sensor.id)"),
        2);
    check_int(
        fixture_count(fixture, "SELECT count(*) FROM audit_entry WHERE action = 'license.assign'"),
        4);
    check_int(fixture_count(fixture, "SELECT count(*) FROM license WHERE cause = 'by_hand'"), 4);
    check_ledger(fixture);
}

TEST(assignments_start_like_single_ones)
{
    with_each_store(as_plus_would);
}

static void
by_filter(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine");
    struct assignments made;

    make_key(fixture, mine, 2, "P10D");
    add_sensor(fixture, mine, store_room, "Store room");
    add_sensor(fixture, mine, fridge, "Fridge");
    const char *year = make_key(fixture, mine, 9, "P1Y");
    add_sensor(fixture, mine, cellar, "Cellar");
    check_int(make(fixture, mine,
                   &(struct assignment_request){
                       .filter = { .expires_before = NOON + 60 * UTC_DAY },
                       .count = 1,
                       .key = year,
                   },
                   &made),
              STATUS_OK);
    check_int(made.count, 2);
    check_text(made.items[0].serial, fridge); /* by serial */
    check_text(made.items[1].serial, store_room);
    check_int(made.licenses_left, 6);
    check_int(make(fixture, mine,
                   &(struct assignment_request){ .filter = { .q = "cell" }, .count = 3 }, &made),
              STATUS_OK);
    check_int(made.count, 1);
    check_int(made.items[0].count, 3);
    check_int(
        make(fixture, mine,
             &(struct assignment_request){ .filter = { .state = MANAGER_EXPIRED }, .count = 10 },
             &made),
        STATUS_OK);
    check_int(made.count, 0);
    check_int(made.licenses_left, 3);
    check_int(make(fixture, mine, &(struct assignment_request){ .count = 1 }, &made),
              STATUS_OK); /* all */
    check_int(made.count, 3);
    check_ledger(fixture);
}

TEST(assignments_go_to_the_filtered_sensors)
{
    with_each_store(by_filter);
}

static void
refuses(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine"), other = make_organization(fixture, "Other");
    const char *both[] = { fridge, cellar }, *foreign[] = { fridge, store_room },
               *bad[] = { fridge, "x" }, *twice[] = { fridge, "282c02402fad" };
    struct assignments made;

    const char *key = make_key(fixture, mine, 3, "P1M");
    fixture->call.now++; /* the pool gives from the older one */
    make_key(fixture, mine, 4, "P1M");
    make_key(fixture, other, 1, "P1M");
    add_sensor(fixture, mine, fridge, "");
    add_sensor(fixture, mine, cellar, "");
    add_sensor(fixture, other, store_room, "");
    check_int(make(fixture, mine, &(struct assignment_request){ both, 2, .count = 3 }, &made),
              STATUS_CONFLICT);
    check_int(fixture->call.db.fault.numbers[0].number, 6);
    check_int(fixture->call.db.fault.numbers[1].number, 5);
    check_failed(fixture,
                 make(fixture, mine, &(struct assignment_request){ both, 2, .count = 3 }, &made),
                 STATUS_CONFLICT, "no_licenses_left", "");
    check_failed(
        fixture,
        make(fixture, mine, &(struct assignment_request){ both, 2, .count = 1, .key = key }, &made),
        STATUS_CONFLICT, "key_exhausted", "key");
    check_failed(
        fixture,
        make(fixture, mine, &(struct assignment_request){ both, 2, .count = 1, .key = "x" }, &made),
        STATUS_NOT_FOUND, "", "key");
    check_failed(fixture,
                 make(fixture, mine, &(struct assignment_request){ foreign, 2, .count = 1 }, &made),
                 STATUS_NOT_FOUND, "", "serials");
    check_failed(fixture,
                 make(fixture, mine, &(struct assignment_request){ bad, 2, .count = 1 }, &made),
                 STATUS_INVALID, "serial_malformed", "serials");
    check_failed(fixture,
                 make(fixture, mine, &(struct assignment_request){ twice, 2, .count = 1 }, &made),
                 STATUS_INVALID, "serial_repeated", "serials");
    check_failed(fixture,
                 make(fixture, mine, &(struct assignment_request){ both, 2, .count = 11 }, &made),
                 STATUS_INVALID, "", "count");
    check_int(make(fixture, mine, &(struct assignment_request){ both, 0, .count = 1 }, &made),
              STATUS_OK);
    check_int(fixture_count(fixture, "SELECT count(*) FROM license"), 3);

    make_key(fixture, mine, 200, "P1D");
    for (int i = 0; i < 10; i++)
        check_int(make(fixture, mine, &(struct assignment_request){ both, 1, .count = 10 }, &made),
                  STATUS_OK);
    check_failed(fixture,
                 make(fixture, mine, &(struct assignment_request){ both, 1, .count = 1 }, &made),
                 STATUS_CONFLICT, "queue_full", "");
    check_int(fixture_count(fixture, "SELECT count(*) FROM license"), 103);
    check_ledger(fixture);
}

TEST(a_refused_assignment_gives_no_license)
{
    with_each_store(refuses);
}

static void
reads_many_at_once(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine");
    struct assignments made;
    int calls[2];

    make_key(fixture, mine, 300, "P1M");
    add_sensor(fixture, mine, fridge, "");
    for (int i = 0; i < 2; i++) {
        fixture_fail_at(fixture, 0);
        check_int(make(fixture, mine, &(struct assignment_request){ .count = 1 }, &made),
                  STATUS_OK);
        calls[i] = fixture_calls();
        check_int(made.count, i == 0 ? 1 : 128);
        if (i == 0)
            copy_sensor(fixture, fridge, 127);
    }
    check_int(calls[1], calls[0]);
}

TEST(assignments_read_128_sensors_a_statement)
{
    with_each_store(reads_many_at_once);
}

static enum status
assign_both(struct fixture *fixture, void *with)
{
    static const char *const both[] = { fridge, cellar };
    struct assignments made;

    return make(fixture, *(int64_t *)with, &(struct assignment_request){ both, 2, .count = 1 },
                &made);
}

static void
leaves_nothing_half_done(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine");

    make_key(fixture, mine, 1000, "P1M");
    add_sensor(fixture, mine, fridge, "");
    add_sensor(fixture, mine, cellar, "");
    check_torture(
        fixture,
        &(struct torture){
            .verb = assign_both,
            .with = &mine,
            .rows = "SELECT (SELECT count(*) FROM license) + (SELECT count(*) FROM audit_entry)"
                    " + (SELECT sum(assigned) FROM license_key)",
            .delta = 6,
        });
}

TEST(assignments_are_atomic)
{
    with_each_store(leaves_nothing_half_done);
}
