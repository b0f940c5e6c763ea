#include "service/device/devices.h"

#include "base/id.h"
#include "service/sensor/sensors.h"
#include "support/check.h"
#include "support/verbs.h"

static const char fridge[] = "282C02402FAD", cellar[] = "282C02402FAE", attic[] = "282C02402FAF";

static void
list_device(struct fixture *fixture, const char *serial, const char *claim_code, int64_t bound)
{
    char id[ID_TEXT_SIZE];
    struct device_row row = { .serial = serial, .claim_code = claim_code };

    id_format(id, bound);
    row.organization_id = bound ? id : NULL;
    check_int(devices_import(&fixture->call, &row, 1), STATUS_OK);
}

static enum status
add(struct fixture *fixture, int64_t organization_id, const char *serial, const char *claim_code)
{
    struct manager_row row;

    return sensor_add(&fixture->call, organization_id,
                      &(struct sensor_request){ .serial = serial, .claim_code = claim_code }, &row,
                      NULL);
}

static void
imports(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine");
    char id[ID_TEXT_SIZE];
    struct device_page page;
    struct device_query query = { .page.limit = 2 };

    id_format(id, mine);
    struct device_row rows[] = {
        { .serial = "28-2c-02-40-2f-ae", .claim_code = "K7Q2-M9" },
        { .serial = fridge, .organization_id = id },
        { .serial = attic },
    };
    check_int(devices_import(&fixture->call, rows, 3), STATUS_OK);
    check(!rows[0].known && !rows[1].known && !rows[2].known);
    make_key(fixture, mine, 1, "P1Y");
    add_sensor(fixture, mine, attic, "");
    check_int(device_list(&fixture->call, &query, &page), STATUS_OK);
    check_int(page.count, 2);
    check_text(page.items[0].serial, fridge);
    check(!page.items[0].has_claim_code && page.items[0].organization_id == mine);
    check_text(page.items[0].organization, "Mine");
    check_int(page.items[0].owner_id, 0);
    check_text(page.items[1].serial, cellar);
    check(page.items[1].has_claim_code && page.items[1].organization_id == 0);
    query.page.cursor = page.next;
    check_int(device_list(&fixture->call, &query, &page), STATUS_OK);
    check_int(page.count, 1);
    check_text(page.items[0].owner, "Mine");
    check(!page.next);
    query = (struct device_query){ .page.limit = 9, .q = "28:2c-02402FAE" };
    check_int(device_list(&fixture->call, &query, &page), STATUS_OK);
    check_int(page.count, 1);
    query.q = "fridge";
    check_failed(fixture, device_list(&fixture->call, &query, &page), STATUS_MALFORMED, "", "q");

    /* An empty field keeps what the list has. */
    struct device_row again = { .serial = cellar, .organization_id = id };
    check_int(devices_import(&fixture->call, &again, 1), STATUS_OK);
    check(again.known);
    query.q = cellar;
    check_int(device_list(&fixture->call, &query, &page), STATUS_OK);
    check(page.items[0].has_claim_code && page.items[0].organization_id == mine);
    check_int(device_remove(&fixture->call, cellar), STATUS_OK);
    check_failed(fixture, device_remove(&fixture->call, cellar), STATUS_NOT_FOUND, "", "serial");
    check_int(fixture_count(fixture, "SELECT count(*) FROM audit_entry WHERE organization_id = 0"
                                     " AND action IN ('device.import', 'device.remove')"),
              3);
}

TEST(devices_are_imported_listed_and_removed)
{
    with_each_store(imports);
}

static void
refuses(struct fixture *fixture)
{
    struct device_row rows[] = {
        { .serial = fridge },
        { .serial = "nonsense" },
        { .serial = "28:2c:02:40:2f:ad" },
        { .serial = cellar, .claim_code = "abc" },
        { .serial = attic, .organization_id = "nonsense" },
    };
    static const char *const codes[] = { "", "serial_malformed", "serial_repeated", "invalid",
                                         "not_found" };

    check_failed(fixture, devices_import(&fixture->call, rows, 5), STATUS_INVALID, "import_refused",
                 "");
    for (size_t i = 0; i < 5; i++)
        check_text(rows[i].code ? rows[i].code : "", codes[i]);
    check_int(fixture_count(fixture, "SELECT count(*) FROM device"), 0);
    fixture->call.dry_run = true;
    check_int(devices_import(&fixture->call, rows, 1), STATUS_OK);
    fixture->call.dry_run = false;
    check_int(fixture_count(fixture, "SELECT count(*) FROM device"), 0);
    check_failed(fixture, devices_import(&fixture->call, rows, DEVICES_MOST_ROWS + 1),
                 STATUS_TOO_LARGE, "", "");
}

TEST(a_bad_row_keeps_all_devices_off_the_list)
{
    with_each_store(refuses);
}

/* A stolen store reveals no claim code, and equal codes do not look equal. */
static void
hides_codes(struct fixture *fixture)
{
    list_device(fixture, fridge, "K7Q2M9", 0);
    list_device(fixture, cellar, "K7Q2M9", 0);
    check_int(fixture_count(fixture, "SELECT count(DISTINCT claim_hash) FROM device"
                                     " WHERE length(claim_hash) = 32"),
              2);
    check_int(fixture_count(fixture, "SELECT count(*) FROM audit_entry WHERE after LIKE"
                                     " '%K7Q2M9%'"),
              0);
}

TEST(the_store_keeps_only_hashes_of_claim_codes)
{
    with_each_store(hides_codes);
}

static void
judges(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine"), other = make_organization(fixture, "Other");

    make_key(fixture, mine, 9, "P1Y");
    make_key(fixture, other, 9, "P1Y");
    list_device(fixture, fridge, "K7Q2-M9", 0);
    list_device(fixture, cellar, NULL, mine);
    fixture->call.claim = CLAIM_LISTED;
    check_failed(fixture, add(fixture, mine, attic, NULL), STATUS_CONFLICT, "sensor_not_available",
                 "serial");
    check_failed(fixture, add(fixture, other, cellar, NULL), STATUS_CONFLICT,
                 "sensor_not_available", "serial");
    check_int(add(fixture, mine, cellar, NULL), STATUS_OK);

    fixture->call.claim = CLAIM_CODE;
    check_failed(fixture, add(fixture, mine, fridge, NULL), STATUS_FORBIDDEN, "claim_required",
                 "claim_code");
    check_failed(fixture, add(fixture, mine, attic, ""), STATUS_FORBIDDEN, "claim_required",
                 "claim_code");
    check_failed(fixture, add(fixture, mine, fridge, "K7Q2-M8"), STATUS_FORBIDDEN, "claim_wrong",
                 "claim_code");
    check_failed(fixture, add(fixture, mine, attic, "K7Q2-M9"), STATUS_FORBIDDEN, "claim_wrong",
                 "claim_code");
    check_int(add(fixture, mine, "28:2c:02:40:2f:ad:k7q2m9", NULL), STATUS_OK);
    check_failed(fixture, add(fixture, other, fridge, "K7Q2M9"), STATUS_CONFLICT,
                 "sensor_not_available", "serial");
    /* A sensor that comes back needs its code again. */
    remove_sensor(fixture, mine, fridge);
    check_failed(fixture, add(fixture, mine, fridge, NULL), STATUS_FORBIDDEN, "claim_required",
                 "claim_code");
    check_int(add(fixture, mine, fridge, "K7Q2 M9"), STATUS_OK);
    fixture->call.claim = CLAIM_OPEN;
    check_ledger(fixture);
}

TEST(sensors_are_added_as_the_device_list_says)
{
    with_each_store(judges);
}

static enum status
torture_import(struct fixture *fixture, void *with)
{
    struct device_row rows[] = { { .serial = fridge, .claim_code = "K7Q2M9" },
                                 { .serial = cellar } };

    (void)with;
    return devices_import(&fixture->call, rows, 2);
}

static void
forget_devices(struct fixture *fixture, void *with)
{
    (void)with;
    fixture_script(fixture, "DELETE FROM device");
}

static void
is_atomic(struct fixture *fixture)
{
    check_torture(fixture,
                  &(struct torture){
                      .prepare = forget_devices,
                      .verb = torture_import,
                      .rows = "SELECT (SELECT count(*) FROM device) * 10 + (SELECT count(*) FROM "
                              "audit_entry WHERE action = 'device.import')",
                      .delta = 21,
                  });
}

TEST(an_import_of_devices_is_atomic)
{
    with_each_store(is_atomic);
}
