#include "service/sensor/sensors.h"

#include <stdio.h>
#include <string.h>

#include "service/license/licensing.h"
#include "support/check.h"
#include "support/verbs.h"

static const char fridge[] = "282C02402FAD", cellar[] = "282C02402FAE";

static enum status
add(struct fixture *fixture, int64_t organization_id, const char *serial, const char *name,
    struct manager_row *out)
{
    return sensor_add(&fixture->call, organization_id,
                      &(struct sensor_request){ .serial = serial, .name = name }, out, NULL);
}

static void
adds(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine");
    const char *key = make_key(fixture, mine, 3, "P1Y");
    struct manager_row row;

    check_int(add(fixture, mine, "28-2c-02-40-2f-ad", " Fridge 1 ", &row), STATUS_OK);
    check_text(row.serial, fridge);
    check_text(row.name, "Fridge 1");
    check_int(row.state, SENSOR_ACTIVE);
    check(row.has_license && row.auto_renewal);
    check_int(row.activated_at, NOON);
    check_int(row.days_left, 365);
    check_text(row.key, key);
    check_int(row.key_assigned, 1);
    check_int(row.key_quantity, 3);
    check_int(row.covered_until, row.expires_at);
    check_int(row.queue_count, 0);
    check_text(row.next, "pool");
    check_int(row.refused.count, 0);
    check_int(sensor_add(&fixture->call, mine,
                         &(struct sensor_request){
                             .serial = cellar, .has_auto_renewal = true, .key = key },
                         &row, NULL),
              STATUS_OK);
    check(!row.auto_renewal);
    check_text(row.next, "stops");
    check_int(fixture_count(fixture, "SELECT count(*) FROM audit_entry WHERE action = 'sensor.add'"
                                     " AND object_id = '282C02402FAD'"),
              1);
    check_int(fixture_count(fixture, "SELECT max(version) FROM sensor"),
              fixture_count(fixture, "SELECT max(version) FROM organization"));
    check_ledger(fixture);
}

TEST(sensor_add_gives_a_license_that_starts_now)
{
    with_each_store(adds);
}

static void
refuses(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine"), other = make_organization(fixture, "Other");
    struct manager_row row;
    char long_name[SENSOR_NAME_MOST_BYTES + 2] = "";

    check_failed(fixture, add(fixture, mine, fridge, "", &row), STATUS_CONFLICT, "no_licenses_left",
                 "");
    check_int(fixture_count(fixture, "SELECT count(*) FROM sensor"), 0);
    check_int(fixture_count(fixture, "SELECT count(*) FROM serial_owner"), 0);
    make_key(fixture, mine, 3, "P1Y");
    make_key(fixture, other, 3, "P1Y");
    check_failed(fixture, add(fixture, mine, "282C02402FA", "", &row), STATUS_INVALID,
                 "serial_malformed", "serial");
    check_failed(fixture, add(fixture, mine, NULL, "", &row), STATUS_INVALID, "serial_malformed",
                 "serial");
    check_failed(fixture, add(fixture, mine, fridge, "a\nb", &row), STATUS_INVALID, "", "name");
    memset(long_name, 'n', SENSOR_NAME_MOST_BYTES + 1);
    check_failed(fixture, add(fixture, mine, fridge, long_name, &row), STATUS_INVALID, "", "name");
    check_failed(fixture, add(fixture, 99, fridge, "", &row), STATUS_NOT_FOUND, "", "");
    long_name[SENSOR_NAME_MOST_BYTES] = '\0';
    check_int(add(fixture, mine, fridge, long_name, &row), STATUS_OK);
    check_failed(fixture, add(fixture, mine, fridge, "", &row), STATUS_CONFLICT, "sensor_exists",
                 "serial");
    check_failed(fixture, add(fixture, other, fridge, "", &row), STATUS_CONFLICT,
                 "sensor_not_available", "serial");
    check_int(fixture_count(fixture, "SELECT count(*) FROM license"), 1);
    check_ledger(fixture);
}

TEST(sensor_add_refuses_invalid_requests)
{
    with_each_store(refuses);
}

static void
comes_back(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine"), other = make_organization(fixture, "Other");
    struct manager_row row;

    make_key(fixture, mine, 2, "P1W");
    make_key(fixture, other, 2, "P1W");
    utc_seconds end = add_sensor(fixture, mine, fridge, "Fridge").expires_at;
    remove_sensor(fixture, mine, fridge);
    fixture->call.now = end - 1;
    check_int(add(fixture, mine, fridge, NULL, &row), STATUS_OK); /* with coverage left */
    check_text(row.name, "Fridge");
    check_int(row.expires_at, end);
    check_int(fixture_count(fixture, "SELECT count(*) FROM license"), 1);
    remove_sensor(fixture, mine, fridge);
    fixture->call.now = end;
    check_int(add(fixture, mine, fridge, "New name", &row), STATUS_OK); /* without */
    check_text(row.name, "New name");
    check_int(row.activated_at, end);
    check_int(fixture_count(fixture, "SELECT count(*) FROM sensor"), 1);
    check_int(fixture_count(fixture, "SELECT count(*) FROM license"), 2);
    check_ledger(fixture);

    remove_sensor(fixture, mine, fridge);
    check_int(add(fixture, other, fridge, "Sold", &row), STATUS_OK);
    check_failed(fixture, add(fixture, mine, fridge, "", &row), STATUS_CONFLICT,
                 "sensor_not_available", "serial");
    check_ledger(fixture);
}

TEST(sensor_add_resumes_a_removed_sensor)
{
    with_each_store(comes_back);
}

struct claiming {
    int64_t organizations[2];
    const char *serial;
    enum status statuses[2];
    char codes[2][32];
};

static void
claim(struct call *call, int thread, void *with)
{
    struct claiming *claiming = with;
    struct manager_row row;

    claiming->statuses[thread] = sensor_add(call, claiming->organizations[thread],
                                            &(struct sensor_request){ .serial = claiming->serial },
                                            &row, NULL);
    snprintf(claiming->codes[thread], sizeof claiming->codes[thread], "%s", call->db.fault.code);
}

static void
one_of_two_has_it(struct fixture *fixture)
{
    struct claiming claiming = {
        .organizations = { make_organization(fixture, "A"), make_organization(fixture, "B") },
    };
    char serial[16];

    make_key(fixture, claiming.organizations[0], 50, "P1Y");
    make_key(fixture, claiming.organizations[1], 50, "P1Y");
    for (int round = 0; round < 8; round++) {
        snprintf(serial, sizeof serial, "00000000000%d", round);
        claiming.serial = serial;
        run_in_two_threads(fixture, claim, &claiming);
        int winner = claiming.statuses[0] == STATUS_OK ? 0 : 1;
        check_int(claiming.statuses[winner], STATUS_OK);
        check_int(claiming.statuses[1 - winner], STATUS_CONFLICT);
        check_text(claiming.codes[1 - winner], "sensor_not_available");
    }
    check_int(fixture_count(fixture, "SELECT count(*) FROM sensor"), 8);
    check_ledger(fixture);
}

TEST(sensor_add_gives_a_serial_to_one_of_two)
{
    with_each_store(one_of_two_has_it);
}

struct elsewhere {
    struct call call;
    int64_t organization_id;
};

static void
add_and_remove(void *with)
{
    struct elsewhere *elsewhere = with;
    struct manager_row row;

    check_int(sensor_add(&elsewhere->call, elsewhere->organization_id,
                         &(struct sensor_request){ .serial = fridge }, &row, NULL),
              STATUS_OK);
    check_int(sensor_remove(&elsewhere->call, elsewhere->organization_id, fridge), STATUS_OK);
}

/* The first try takes a license and fails; the second finds a sensor that needs none. */
static void
forgets_a_failed_try(struct fixture *fixture)
{
    struct elsewhere elsewhere = { .organization_id = make_organization(fixture, "Mine") };
    struct arena arena;

    make_key(fixture, elsewhere.organization_id, 9, "P1M");
    arena_init(&arena, FIXTURE_ARENA_BYTES);
    elsewhere.call = fixture->call;
    elsewhere.call.db.arena = &arena;
    elsewhere.call.db.store = fixture_open_second(fixture, STORE_READ_WRITE);
    fixture_fail_at(fixture, 0);
    add_sensor(fixture, elsewhere.organization_id, cellar, "");
    fixture_run_at(fixture, fixture_calls() + 1, add_and_remove, &elsewhere); /* after the commit */
    fixture_cut_commit(fixture, CUT_BEFORE);
    add_sensor(fixture, elsewhere.organization_id, fridge, "");
    fixture_fail_at(fixture, 0);
    check_int(fixture_count(fixture, "SELECT count(*) FROM license"), 2);
    store_close(elsewhere.call.db.store);
    arena_clear(&arena);
    check_ledger(fixture);
}

TEST(sensor_add_forgets_a_failed_try)
{
    with_each_store(forgets_a_failed_try);
}

static void
changes(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine");
    struct sensor_changed sensor;
    struct sensor_change change = { .name = "Cellar", .has_auto_renewal = true };

    make_key(fixture, mine, 3, "P1Y");
    add_sensor(fixture, mine, fridge, "Fridge");
    check_int(sensor_change(&fixture->call, mine, fridge, &change, &sensor), STATUS_OK);
    check_text(sensor.sensor.name, "Cellar");
    check(!sensor.sensor.auto_renewal && !sensor.sensor.alarms_paused);
    check_int(sensor.sensor.state, SENSOR_ACTIVE);
    check_int(sensor_change(&fixture->call, mine, fridge, &change, &sensor), STATUS_OK);
    check_int(fixture_count(fixture,
                            "SELECT count(*) FROM audit_entry WHERE action = 'sensor.change'"
                            " AND before LIKE '%\"name\":\"Fridge\",\"auto_renewal\":true%'"
                            " AND after LIKE '%\"name\":\"Cellar\",\"auto_renewal\":false%'"),
              1);
    /* Alarms that went on all the time begin at no other instant. */
    change = (struct sensor_change){ .name = "Pantry", .has_alarms_paused = true };
    check_int(sensor_change(&fixture->call, mine, fridge, &change, &sensor), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT alarms_from FROM sensor"), 0);
    change = (struct sensor_change){ .has_alarms_paused = true, .alarms_paused = true };
    check_int(sensor_change(&fixture->call, mine, fridge, &change, &sensor), STATUS_OK);
    check_text(sensor.sensor.name, "Pantry");
    check(sensor.sensor.alarms_paused && !sensor.sensor.auto_renewal);
    change = (struct sensor_change){ .name = "\x01" };
    check_failed(fixture, sensor_change(&fixture->call, mine, fridge, &change, &sensor),
                 STATUS_INVALID, "", "name");
    check_failed(fixture, sensor_change(&fixture->call, mine, cellar, &change, &sensor),
                 STATUS_INVALID, "", "name");
    change.name = "x";
    check_failed(fixture, sensor_change(&fixture->call, mine, cellar, &change, &sensor),
                 STATUS_NOT_FOUND, "", "serial");
}

TEST(sensor_change_sets_the_given_fields)
{
    with_each_store(changes);
}

static void
lists(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine"), other = make_organization(fixture, "Other");
    struct page_request page = { .limit = 2 };
    struct sensor_page out;
    struct sensor sensor;
    char sql[256];

    make_key(fixture, mine, 9, "P1W");
    for (int i = 5; i > 0; i--) {
        char serial[16];
        snprintf(serial, sizeof serial, "00000000000%d", i);
        add_sensor(fixture, mine, serial, "s");
    }
    check_int(sensor_list(&fixture->call, mine, page, &out), STATUS_OK);
    check_int(out.count, 2);
    check_text(out.items[0].serial, "000000000001");
    check_int(out.items[0].status.last_seen_at, 0);
    check_int(out.items[0].status.signal, SIGNAL_UNKNOWN);
    page.cursor = out.next;
    remove_sensor(fixture, mine, "000000000003"); /* where the next page begins */
    check_int(sensor_list(&fixture->call, mine, page, &out), STATUS_OK);
    check_int(out.count, 2);
    check_text(out.items[0].serial, "000000000004");
    check(!out.next);
    page.cursor = "AQ";
    check_failed(fixture, sensor_list(&fixture->call, mine, page, &out), STATUS_MALFORMED, "",
                 "cursor");
    page.cursor = NULL;
    check_int(sensor_list(&fixture->call, other, page, &out), STATUS_OK);
    check_int(out.count, 0);

    snprintf(sql, sizeof sql,
             "INSERT INTO refusal (organization_id, sensor_id, reason, count, first_at,"
             " last_at) SELECT organization_id, id, 'expired', 3, 5, 9 FROM sensor"
             " WHERE serial = '000000000005'");
    fixture_script(fixture, sql);
    fixture->call.now += 30 * UTC_DAY;
    check_int(sensor_get(&fixture->call, mine, "00:00:00:00:00:05", &sensor), STATUS_OK);
    check_int(sensor.state, SENSOR_EXPIRED);
    check_int(sensor.status.last_seen_at, 9);
    check_failed(fixture, sensor_get(&fixture->call, mine, "000000000003", &sensor),
                 STATUS_NOT_FOUND, "", "serial");
}

TEST(sensor_list_pages_are_sorted_by_serial)
{
    with_each_store(lists);
}

struct adding {
    int64_t organization_id;
    int number;
    char serial[16];
};

static void
next_serial(struct fixture *fixture, void *with)
{
    struct adding *adding = with;

    (void)fixture;
    snprintf(adding->serial, sizeof adding->serial, "00000000%04X",
             (unsigned)adding->number++ & 0xFFFF);
}

static enum status
add_next(struct fixture *fixture, void *with)
{
    struct adding *adding = with;
    struct manager_row row;

    return add(fixture, adding->organization_id, adding->serial, "s", &row);
}

static void
leaves_nothing_half_done(struct fixture *fixture)
{
    struct adding adding = { .organization_id = make_organization(fixture, "Mine") };

    make_key(fixture, adding.organization_id, 100, "P1M");
    check_torture(
        fixture,
        &(struct torture){
            .prepare = next_serial,
            .verb = add_next,
            .with = &adding,
            .rows = "SELECT (SELECT count(*) FROM sensor) + (SELECT count(*) FROM serial_owner)"
                    " + (SELECT count(*) FROM license) + (SELECT count(*) FROM audit_entry)"
                    " + (SELECT sum(assigned) FROM license_key)",
            .delta = 5,
        });
}

TEST(sensor_add_is_atomic)
{
    with_each_store(leaves_nothing_half_done);
}
