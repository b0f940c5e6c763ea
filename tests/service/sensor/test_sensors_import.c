#include "service/sensor/sensors_import.h"

#include <stdio.h>
#include <string.h>

#include "service/license/licensing.h"
#include "support/check.h"
#include "support/verbs.h"

static const char fridge[] = "282C02402FAD", cellar[] = "282C02402FAE",
                  store_room[] = "282C02402FAF";

static enum status
import(struct fixture *fixture, int64_t organization_id, struct import_row *rows, size_t count,
       int64_t *left)
{
    check_int(sensors_import_check(&fixture->call, rows, count), STATUS_OK);
    struct sensors_imported imported;
    enum status status = sensors_import(&fixture->call, organization_id, rows, count, &imported);

    if (!status)
        *left = imported.licenses_left;
    return status;
}

static void
adds(struct fixture *fixture)
{
    int64_t mine = make_organization_in(fixture, "Mine", "Europe/Warsaw"), left = -1;
    struct manager_row row = { .serial = "" };

    make_key(fixture, mine, 2, "P1M");
    fixture->call.now++;
    const char *year = make_key(fixture, mine, 3, "P1Y");
    struct import_row rows[] = {
        { .request = { .serial = "28-2c-02-40-2f-ad", .name = " Fridge 1 " } },
        { .request = { .serial = cellar, .key = year, .has_auto_renewal = true } },
        { .request = { .serial = store_room } },
        { .request = { .serial = "282C02402FB0" } }, /* the older key is exhausted */
    };
    fixture->call.dry_run = true;
    check_int(import(fixture, mine, rows, 4, &left), STATUS_OK);
    check_int(left, 1);
    fixture->call.dry_run = false;
    check_int(fixture_count(fixture, "SELECT count(*) FROM sensor"), 0);
    check_int(import(fixture, mine, rows, 4, &left), STATUS_OK);
    check_int(left, 1);
    for (size_t i = 0; i < 4; i++)
        check(!rows[i].code && !rows[i].resumed);
    check_int(manager_row(&fixture->call, mine, fridge, &row), STATUS_OK);
    check_text(row.name, "Fridge 1");
    check_int(row.activated_at, fixture->call.now);
    check_int(row.queue_count, 0);
    check(row.auto_renewal);
    utc_seconds month_end = row.expires_at;
    check_int(manager_row(&fixture->call, mine, cellar, &row), STATUS_OK);
    check_text(row.key, year);
    check(!row.auto_renewal);
    check_int(manager_row(&fixture->call, mine, store_room, &row), STATUS_OK);
    check_int(row.expires_at, month_end);
    check_int(manager_row(&fixture->call, mine, "282C02402FB0", &row), STATUS_OK);
    check_text(row.key, year);
    check_int(
        fixture_count(fixture,
                      "SELECT count(*) FROM sensor WHERE coverage_ends_at = (SELECT max(expires_at)"
                      " FROM license WHERE license.sensor_id = sensor.id)"),
        4);
    check_int(
        fixture_count(fixture, "SELECT count(*) FROM audit_entry WHERE action = 'sensor.add'"), 4);
    check_int(fixture_count(fixture, "SELECT count(*) FROM license WHERE cause = 'added'"), 4);
    check_ledger(fixture);
}

TEST(import_adds_all_its_rows)
{
    with_each_store(adds);
}

static void
resumes(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine"), left = -1;
    struct manager_row row = { .serial = "" };

    make_key(fixture, mine, 2, "P10D");
    utc_seconds end = add_sensor(fixture, mine, fridge, "Fridge").expires_at;
    add_sensor(fixture, mine, cellar, "Cellar");
    check_int(sensor_remove(&fixture->call, mine, fridge), STATUS_OK);
    check_int(sensor_remove(&fixture->call, mine, cellar), STATUS_OK);
    fixture->call.now = end - 1;
    struct import_row one[] = { { .request = { .serial = fridge } } };
    check_int(import(fixture, mine, one, 1, &left), STATUS_OK); /* with coverage left */
    check(one[0].resumed);
    check_int(left, 0);
    check_int(manager_row(&fixture->call, mine, fridge, &row), STATUS_OK);
    check_text(row.name, "Fridge");
    check_int(row.expires_at, end);

    make_key(fixture, mine, 2, "P1M");
    fixture->call.now = end + UTC_DAY; /* renewed by then */
    struct import_row other[] = { { .request = { .serial = cellar, .name = "Cold cellar" } } };
    check_int(import(fixture, mine, other, 1, &left), STATUS_OK); /* without */
    check(other[0].resumed);
    check_int(left, 0);
    check_int(manager_row(&fixture->call, mine, cellar, &row), STATUS_OK);
    check_text(row.name, "Cold cellar");
    check_int(row.activated_at, fixture->call.now);
    check_int(fixture_count(fixture, "SELECT count(*) FROM sensor"), 2);
    check_ledger(fixture);
}

TEST(import_resumes_removed_sensors)
{
    with_each_store(resumes);
}

static void
says_what_is_bad(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine"), other = make_organization(fixture, "Other");
    int64_t left = -1;
    char long_name[SENSOR_NAME_MOST_BYTES + 2] = "";

    memset(long_name, 'n', SENSOR_NAME_MOST_BYTES + 1);
    const char *key = make_key(fixture, mine, 2, "P1M");
    const char *foreign = make_key(fixture, other, 2, "P1M");
    add_sensor(fixture, mine, fridge, "");
    make_key(fixture, mine, 2, "P1M"); /* else the import says only that licenses are missing */
    add_sensor(fixture, other, cellar, "");
    struct import_row rows[] = {
        { .request = { .serial = fridge } },
        { .request = { .serial = cellar } },
        { .request = { .serial = store_room } }, /* good */
        { .request = { .serial = "282c02402faf" } },
        { .request = { .serial = "nonsense" } },
        { .request = { .name = "no serial" } },
        { .request = { .serial = "282C02402FB0", .name = long_name } },
        { .request = { .serial = "282C02402FB1", .key = foreign } },
        { .request = { .serial = "282C02402FB2", .key = "nonsense" } },
        { .request = { .serial = "282C02402FB3", .key = key } }, /* good: the last one */
        { .request = { .serial = "282C02402FB4", .key = key } },
        { .request = { .serial = "282C02402FB5" },
          .code = "wrong_type",
          .detail = "name has to be a text" },
    };
    static const char *const codes[] = {
        "sensor_exists",
        "sensor_not_available",
        NULL,
        "serial_repeated",
        "serial_malformed",
        "serial_malformed",
        "invalid",
        "not_found",
        "not_found",
        NULL,
        "key_exhausted",
        "wrong_type",
    };
    enum { COUNT = sizeof rows / sizeof rows[0] };
    int64_t before = fixture_count(fixture, "SELECT count(*) FROM audit_entry");
    for (int again = 0; again < 2; again++) {
        check_failed(fixture, import(fixture, mine, rows, COUNT, &left), STATUS_INVALID,
                     "import_refused", "");
        for (size_t i = 0; i < COUNT; i++) {
            check_row(rows[i].request.serial);
            check_text(rows[i].code ? rows[i].code : "", codes[i] ? codes[i] : "");
            check(!rows[i].code == !rows[i].detail);
        }
        check_row(NULL);
    }
    check_int(fixture_count(fixture, "SELECT count(*) FROM sensor"), 2);
    check_int(fixture_count(fixture, "SELECT count(*) FROM audit_entry"), before);
    check_ledger(fixture);
}

TEST(import_gives_a_reason_for_each_bad_row)
{
    with_each_store(says_what_is_bad);
}

static void
needs_enough(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine"), left = -1;
    struct import_row rows[] = {
        { .request = { .serial = fridge } },
        { .request = { .serial = cellar } },
        { .request = { .serial = store_room } },
    };

    make_key(fixture, mine, 2, "P1M");
    check_int(import(fixture, mine, rows, 3, &left), STATUS_CONFLICT);
    check_text(fixture->call.db.fault.numbers[0].name, "needed");
    check_int(fixture->call.db.fault.numbers[0].number, 3);
    check_text(fixture->call.db.fault.numbers[1].name, "left");
    check_int(fixture->call.db.fault.numbers[1].number, 2);
    check_failed(fixture, import(fixture, mine, rows, 3, &left), STATUS_CONFLICT,
                 "no_licenses_left", "");
    check_int(fixture_count(fixture, "SELECT count(*) FROM sensor"), 0);
    check_int(import(fixture, mine, rows, 0, &left), STATUS_OK);
    check_int(left, 2);
    check_failed(fixture, sensors_import_check(&fixture->call, rows, IMPORT_MOST_ROWS + 1),
                 STATUS_TOO_LARGE, "", "");
    check_ledger(fixture);
}

TEST(import_needs_a_license_for_each_row)
{
    with_each_store(needs_enough);
}

struct racing {
    int64_t organizations[2];
    enum status statuses[2];
    char codes[2][32];
};

static void
race(struct call *call, int thread, void *with)
{
    struct racing *racing = with;
    struct import_row rows[50] = { 0 };
    char serials[50][SERIAL_TEXT_SIZE];
    struct sensors_imported imported;

    for (size_t i = 0; i < 50; i++) {
        size_t number = thread == 0 ? i : 49 - i; /* each from its own end */
        serial_format(serials[i], serial_from_number(0x282C02400000 + number));
        rows[i].request.serial = serials[i];
    }
    enum status status = sensors_import_check(call, rows, 50);
    racing->statuses[thread] =
        status ? status : sensors_import(call, racing->organizations[thread], rows, 50, &imported);
    snprintf(racing->codes[thread], sizeof racing->codes[thread], "%s", call->db.fault.code);
}

static void
one_of_two_wins(struct fixture *fixture)
{
    struct racing racing = {
        .organizations = { make_organization(fixture, "Mine"),
                           make_organization(fixture, "Other") },
    };

    make_key(fixture, racing.organizations[0], 50, "P1M");
    make_key(fixture, racing.organizations[1], 50, "P1M");
    run_in_two_threads(fixture, race, &racing);
    int loser = racing.statuses[0] == STATUS_OK ? 1 : 0;
    check_int(racing.statuses[1 - loser], STATUS_OK);
    check_int(racing.statuses[loser], STATUS_INVALID);
    check_text(racing.codes[loser], "import_refused");
    check_int(fixture_count(fixture, "SELECT count(*) FROM sensor"), 50);
    check_ledger(fixture);
}

TEST(of_two_imports_of_the_same_sensors_one_succeeds)
{
    with_each_store(one_of_two_wins);
}

static int
count_calls(struct fixture *fixture, int64_t organization_id, uint64_t first, size_t count)
{
    struct import_row rows[128] = { 0 };
    char serials[128][SERIAL_TEXT_SIZE];
    int64_t left;

    for (size_t i = 0; i < count; i++) {
        serial_format(serials[i], serial_from_number(0x282C02400000 + first + i));
        rows[i].request.serial = serials[i];
    }
    fixture_fail_at(fixture, 0);
    check_int(import(fixture, organization_id, rows, count, &left), STATUS_OK);
    return fixture_calls();
}

static void
reads_many_at_once(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine");

    make_key(fixture, mine, 130, "P1M");
    int two = count_calls(fixture, mine, 0, 2);
    check_int(count_calls(fixture, mine, 2, 128), two);
}

TEST(import_reads_128_serials_a_statement)
{
    with_each_store(reads_many_at_once);
}

struct subject {
    int64_t organization_id;
    unsigned serials;
};

static enum status
import_two(struct fixture *fixture, void *with)
{
    const struct subject *subject = with;
    char serials[2][16];
    struct import_row rows[2] = { 0 };
    struct sensors_imported imported;

    for (size_t i = 0; i < 2; i++) {
        snprintf(serials[i], sizeof serials[i], "282C02%06X", subject->serials + (unsigned)i);
        rows[i].request.serial = serials[i];
    }
    enum status status = sensors_import_check(&fixture->call, rows, 2);
    return status ? status
                  : sensors_import(&fixture->call, subject->organization_id, rows, 2, &imported);
}

/* One that is new, one that comes back. */
static void
prepare(struct fixture *fixture, void *with)
{
    struct subject *subject = with;
    char serial[16];

    subject->serials += 2;
    snprintf(serial, sizeof serial, "282C02%06X", subject->serials);
    add_sensor(fixture, subject->organization_id, serial, "");
    check_int(sensor_remove(&fixture->call, subject->organization_id, serial), STATUS_OK);
}

static void
leaves_nothing_half_done(struct fixture *fixture)
{
    struct subject subject = { .organization_id = make_organization(fixture, "Mine") };

    make_key(fixture, subject.organization_id, 1000, "P1M");
    check_torture(
        fixture,
        &(struct torture){
            .prepare = prepare,
            .verb = import_two,
            .with = &subject,
            .rows = "SELECT (SELECT count(*) FROM sensor WHERE removed_at IS NULL)"
                    " + 3 * (SELECT count(*) FROM license) + 5 * (SELECT count(*) FROM audit_entry)"
                    " + 20 * (SELECT count(*) FROM serial_owner)",
            .delta = 2 + 3 + 10 + 40,
        });
}

TEST(import_is_atomic)
{
    with_each_store(leaves_nothing_half_done);
}
