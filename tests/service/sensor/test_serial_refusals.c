#include "service/sensor/serial_refusals.h"

#include <stdio.h>
#include <string.h>

#include "service/core/throttle.h"
#include "service/device/devices.h"
#include "support/check.h"
#include "support/verbs.h"

enum { FOREIGN = 60 };

static char foreign[FOREIGN][SERIAL_TEXT_SIZE];

/* Another organization with FOREIGN sensors. */
static int64_t
make_other(struct fixture *fixture)
{
    int64_t other = make_organization(fixture, "Other");

    make_key(fixture, other, FOREIGN, "P1Y");
    for (int i = 0; i < FOREIGN; i++) {
        snprintf(foreign[i], sizeof foreign[i], "0000000000%02X", i);
        add_sensor(fixture, other, foreign[i], "");
    }
    return other;
}

static enum status
ask(struct fixture *fixture, int64_t organization_id, const char *serial)
{
    struct manager_row row;

    return sensor_add(&fixture->call, organization_id, &(struct sensor_request){ .serial = serial },
                      &row, NULL);
}

/* An import of the foreign serials from `first` on; *told: rows that say so. */
static enum status
import_foreign(struct fixture *fixture, int64_t organization_id, int first, int count, int *told)
{
    struct import_row *rows = call_new(&fixture->call, FOREIGN * sizeof *rows);
    struct sensors_imported imported;

    for (int i = 0; i < count; i++)
        rows[i].request.serial = foreign[first + i];
    check_int(sensors_import_check(&fixture->call, rows, (size_t)count), STATUS_OK);
    enum status status =
        sensors_import(&fixture->call, organization_id, rows, (size_t)count, &imported);
    *told = 0;
    for (int i = 0; i < count && status == STATUS_INVALID; i++) {
        check(rows[i].not_judged == !rows[i].code);
        *told += rows[i].code && !strcmp(rows[i].code, "sensor_not_available");
    }
    return status;
}

static void
check_not_judged(struct fixture *fixture, int64_t number)
{
    const struct fault_number *first = &fixture->call.db.fault.numbers[0];

    check_text(first->name, number ? "not_judged" : "");
    check_int(first->number, number);
    check_failed(fixture, STATUS_INVALID, STATUS_INVALID, "import_refused", "");
}

static void
slows_down(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine");
    utc_seconds now = fixture->call.now;

    make_other(fixture);
    make_key(fixture, mine, 9, "P1Y");
    for (int i = 0; i < REFUSALS_MOST_OWNERS - 1; i++)
        check_failed(fixture, ask(fixture, mine, foreign[i]), STATUS_CONFLICT,
                     "sensor_not_available", "serial");
    /* The same serial counts once an hour, and gets the same answer. */
    check_failed(fixture, ask(fixture, mine, foreign[0]), STATUS_CONFLICT, "sensor_not_available",
                 "serial");
    check_int(ask(fixture, mine, "28:2C:02:40:2F:AD"), STATUS_OK);
    check_int(ask(fixture, mine, foreign[20]), STATUS_SLOW_DOWN);
    check_int(fixture->call.db.fault.until, now + 30);
    check_failed(fixture, STATUS_SLOW_DOWN, STATUS_SLOW_DOWN, "too_many_serials", "");
    check_failed(fixture, ask(fixture, mine, foreign[0]), STATUS_SLOW_DOWN, "too_many_serials", "");
    check_failed(fixture, ask(fixture, mine, "282C02402FAE"), STATUS_SLOW_DOWN, "too_many_serials",
                 "");

    fixture->call.now = now + 30;
    check_int(ask(fixture, mine, "282C02402FAE"), STATUS_OK);
    check_failed(fixture, ask(fixture, mine, foreign[20]), STATUS_CONFLICT, "sensor_not_available",
                 "serial");
    check_int(ask(fixture, mine, foreign[21]), STATUS_SLOW_DOWN);
    check_int(fixture->call.db.fault.until, now + 30 + 60);
    check_failed(fixture, STATUS_SLOW_DOWN, STATUS_SLOW_DOWN, "too_many_serials", "");
    fixture->call.now = now + 90 + THROTTLE_WINDOW_SECONDS;
    check_failed(fixture, ask(fixture, mine, foreign[22]), STATUS_CONFLICT, "sensor_not_available",
                 "serial");
    check_ledger(fixture);
}

TEST(from_the_20th_serial_of_others_an_organization_waits)
{
    with_each_store(slows_down);
}

/* One user in many organizations, and many users in one organization. */
static void
counts_both(struct fixture *fixture)
{
    int64_t shared = make_organization(fixture, "Shared"), organizations[5];
    struct actor user = { ACTOR_USER, 7, "seven@example.com" },
                 other = { ACTOR_USER, 8, "8@x.com" };
    int said = 0;

    make_other(fixture);
    for (int i = 0; i < 5; i++)
        organizations[i] = make_organization(fixture, "Mine");
    fixture->call.actor = &user;
    for (int i = 0; i < 25; i++)
        said += ask(fixture, organizations[i % 5], foreign[i]) == STATUS_CONFLICT;
    check_int(said, REFUSALS_MOST_OWNERS - 1);
    fixture->call.db.fault = (struct fault){ 0 };
    fixture->call.actor = &other;
    check_failed(fixture, ask(fixture, organizations[0], foreign[30]), STATUS_CONFLICT,
                 "sensor_not_available", "serial");

    fixture->call.now += 3 * THROTTLE_WINDOW_SECONDS;
    said = 0;
    for (int i = 0; i < 25; i++) {
        struct actor one = { ACTOR_USER, 100 + i, "many@example.com" };
        fixture->call.actor = &one;
        said += ask(fixture, shared, foreign[i]) == STATUS_CONFLICT;
    }
    check_int(said, REFUSALS_MOST_OWNERS - 1);
    fixture->call.db.fault = (struct fault){ 0 };
    fixture->call.actor = &actor_system;
}

TEST(serials_of_others_count_by_organization_and_by_user)
{
    with_each_store(counts_both);
}

static void
imports_name_few(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine");
    int told;

    make_other(fixture);
    make_key(fixture, mine, FOREIGN, "P1Y");
    for (int dry = 1; dry >= 0; dry--) { /* the second one repeats the first, and does not count */
        fixture->call.dry_run = dry;
        check_int(import_foreign(fixture, mine, 0, 40, &told), STATUS_INVALID);
        check_int(told, REFUSALS_MOST_OWNERS - 1);
        check_not_judged(fixture, 40 - told);
    }
    check_failed(fixture, import_foreign(fixture, mine, 19, 20, &told), STATUS_SLOW_DOWN,
                 "too_many_serials", "");
    check_int(told, 0);

    fixture->call.now += 3 * THROTTLE_WINDOW_SECONDS;
    check_int(import_foreign(fixture, mine, 0, 3, &told), STATUS_INVALID);
    check_int(told, 3);
    check_not_judged(fixture, 0);
    check_int(import_foreign(fixture, mine, 3, 30, &told), STATUS_INVALID);
    check_int(told, REFUSALS_MOST_OWNERS - 1 - 3);
    check_not_judged(fixture, 30 - told);
    check_ledger(fixture);
}

TEST(an_import_names_few_serials_of_others)
{
    with_each_store(imports_name_few);
}

/* Rows of named keys take their licenses whether the serial is free or not. */
static void
pool_comes_first(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine");
    int64_t poor = make_organization(fixture, "Poor");
    struct sensors_imported imported;
    struct import_row rows[3] = { { .request = { .serial = "282C02402FAD" } } };
    int told;

    make_other(fixture);
    const char *key = make_key(fixture, mine, 2, "P1Y");
    for (int dry = 1; dry >= 0; dry--) {
        fixture->call.dry_run = dry;
        check_int(import_foreign(fixture, mine, 0, 3, &told), STATUS_CONFLICT);
        check_int(fixture->call.db.fault.numbers[0].number, 3);
        check_int(fixture->call.db.fault.numbers[1].number, 2);
        check_failed(fixture, STATUS_CONFLICT, STATUS_CONFLICT, "no_licenses_left", "");
    }
    fixture->call.dry_run = true;
    check_failed(fixture, ask(fixture, poor, foreign[0]), STATUS_CONFLICT, "no_licenses_left", "");
    fixture->call.dry_run = false;
    check_int(fixture_count(fixture, "SELECT count(*) FROM throttle"), 0);

    make_key(fixture, mine, 9, "P1Y");
    for (int i = 0; i < 3; i++)
        rows[i].request =
            (struct sensor_request){ .serial = i ? foreign[i] : "282C02402FAD", .key = key };
    check_int(sensors_import_check(&fixture->call, rows, 3), STATUS_OK);
    check_failed(fixture, sensors_import(&fixture->call, mine, rows, 3, &imported), STATUS_INVALID,
                 "import_refused", "");
    check(!rows[0].code);
    check_text(rows[1].code, "sensor_not_available");
    check_text(rows[2].code, "key_exhausted");
}

TEST(an_import_asks_the_pool_before_it_tells_of_serials)
{
    with_each_store(pool_comes_first);
}

/* A sensor that comes back with coverage takes no license, wherever its serial is now. */
static void
covered_needs_none(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine"), other = make_organization(fixture, "Other");
    struct import_row rows[1] = { { .request = { .serial = "282C02402FAD" } } };
    struct sensors_imported imported;

    make_key(fixture, mine, 1, "P1Y");
    make_key(fixture, other, 1, "P1Y");
    add_sensor(fixture, mine, "282C02402FAD", "");
    remove_sensor(fixture, mine, "282C02402FAD");
    fixture->call.dry_run = true;
    check_int(sensors_import_check(&fixture->call, rows, 1), STATUS_OK);
    check_int(sensors_import(&fixture->call, mine, rows, 1, &imported), STATUS_OK);
    fixture->call.dry_run = false;
    add_sensor(fixture, other, "282C02402FAD", "");
    check_failed(fixture, sensors_import(&fixture->call, mine, rows, 1, &imported), STATUS_INVALID,
                 "import_refused", "");
    check_text(rows[0].code, "sensor_not_available");
    check_ledger(fixture);
}

TEST(a_covered_sensor_needs_no_license_to_be_judged)
{
    with_each_store(covered_needs_none);
}

static void
counts_replacements(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine");
    struct manager_row row;
    int said = 0;

    make_other(fixture);
    make_key(fixture, mine, 1, "P1Y");
    add_sensor(fixture, mine, "282C02402FAD", "");
    for (int i = 0; i < 40; i++) {
        fixture->call.dry_run = i % 2;
        said += sensor_replace(&fixture->call, mine, "282C02402FAD",
                               &(struct sensor_replacement){ .serial = foreign[i] }, &row)
                == STATUS_CONFLICT;
    }
    check_int(said, REFUSALS_MOST_OWNERS - 1);
    check_failed(fixture, STATUS_SLOW_DOWN, STATUS_SLOW_DOWN, "too_many_serials", "");
    fixture->call.dry_run = false;
}

TEST(replacements_count_serials_of_others)
{
    with_each_store(counts_replacements);
}

struct asking {
    int64_t organizations[2];
    int said[2];
};

static void
ask_all(struct call *call, int thread, void *with)
{
    static const struct actor user = { ACTOR_USER, 7, "seven@example.com" };
    struct asking *asking = with;
    struct manager_row row;

    call->actor = &user;
    for (int i = 0; i < FOREIGN / 2; i++) {
        const struct sensor_request request = { .serial = foreign[2 * i + thread] };
        asking->said[thread] +=
            sensor_add(call, asking->organizations[thread], &request, &row, NULL)
            == STATUS_CONFLICT;
    }
}

static void
parallel(struct fixture *fixture)
{
    struct asking asking = {
        .organizations = { make_organization(fixture, "A"), make_organization(fixture, "B") },
    };

    make_other(fixture);
    run_in_two_threads(fixture, ask_all, &asking);
    check_int(asking.said[0] + asking.said[1], REFUSALS_MOST_OWNERS - 1);
}

TEST(parallel_questions_count_together)
{
    with_each_store(parallel);
}

/* Wrong claim codes have a counter of their own; each wrong one counts. */
static void
counts_wrong_codes(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine");
    struct device_row device = { .serial = "282C02402FAD", .claim_code = "right-1" };
    struct manager_row row;
    int said = 0;

    make_key(fixture, mine, 2, "P1Y");
    check_int(devices_import(&fixture->call, &device, 1), STATUS_OK);
    fixture->call.claim = CLAIM_CODE;
    for (int i = 0; i < 15; i++)
        said += sensor_add(&fixture->call, mine,
                           &(struct sensor_request){ .serial = "282C02402FAD:wrong" }, &row, NULL)
                == STATUS_FORBIDDEN;
    check_int(said, REFUSALS_MOST_CODES - 1);
    check_failed(fixture, STATUS_SLOW_DOWN, STATUS_SLOW_DOWN, "too_many_serials", "");
    const struct sensor_request right = { .serial = "282C02402FAD", .claim_code = "RIGHT1" };
    check_failed(fixture, sensor_add(&fixture->call, mine, &right, &row, NULL), STATUS_SLOW_DOWN,
                 "too_many_serials", "");
    fixture->call.now += 30;
    check_int(sensor_add(&fixture->call, mine, &right, &row, NULL), STATUS_OK);
    fixture->call.claim = CLAIM_OPEN;
}

TEST(wrong_claim_codes_slow_down)
{
    with_each_store(counts_wrong_codes);
}
