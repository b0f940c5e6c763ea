#include "service/organization/organizations.h"

#include "support/check.h"
#include "support/verbs.h"

#define FIRST  "282C02410001"
#define SECOND "282C02410002"
#define DAY    UTC_DAY

static void
lists_organizations(struct fixture *fixture)
{
    int64_t first = make_organization(fixture, "First");
    struct organization_page page;

    make_key(fixture, first, 3, "P10D");
    add_sensor(fixture, first, FIRST, "s");
    fixture->call.now += 5 * DAY;
    int64_t second = make_organization(fixture, "Second");
    add_sensor(fixture, first, SECOND, "s");
    fixture_script(fixture, "UPDATE sensor SET auto_renewal = false");
    fixture->call.now += 6 * DAY;
    check_int(organization_list(&fixture->call,
                                &(struct organization_query){ .page = { .limit = 1 } }, &page),
              STATUS_OK);
    check_int(page.count, 1);
    check_int(page.items[0].id, second);
    check_int(page.items[0].sensors, 0);
    check_int(organization_list(
                  &fixture->call,
                  &(struct organization_query){ .page = { .limit = 1, .cursor = page.next } },
                  &page),
              STATUS_OK);
    check_int(page.items[0].id, first);
    check_text(page.items[0].name, "First");
    check_int(page.items[0].created_at, NOON);
    check_int(page.items[0].sensors, 2);
    check_int(page.items[0].active, 1);
    check_int(page.items[0].licenses_left, 1);
    check(!page.next);
    check_failed(fixture,
                 organization_list(
                     &fixture->call,
                     &(struct organization_query){ .page = { .limit = 1, .cursor = "x" } }, &page),
                 STATUS_MALFORMED, "", "cursor");
}

static void
finds_names(struct fixture *fixture)
{
    static const struct {
        const char *q;
        int64_t count;
    } rows[] = { { NULL, 3 }, { "", 3 }, { "APO", 2 }, { "sud", 1 }, { "%", 0 }, { "100", 0 } };
    struct organization_page page;

    make_organization(fixture, "Apotheke Süd");
    make_organization(fixture, "Apotheke Nord");
    make_organization(fixture, "Museum");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct organization_query query = { .page = { .limit = 9 }, .q = rows[i].q };
        check_int(organization_list(&fixture->call, &query, &page), STATUS_OK);
        check_int(page.count, rows[i].count);
    }
}

TEST(organization_list_finds_a_part_of_a_name)
{
    with_each_store(finds_names);
}

TEST(organization_list_counts_sensors_and_licenses)
{
    with_each_store(lists_organizations);
}

/* Two keys whose sum no number can hold. */
static void
lists_a_broken_key(struct fixture *fixture)
{
    int64_t broken = make_organization(fixture, "Broken");
    struct organization_page page;

    make_key(fixture, broken, 3, "P10D");
    make_key(fixture, broken, 2, "P10D");
    make_key(fixture, make_organization(fixture, "Whole"), 4, "P10D");
    fixture_script(fixture,
                   "UPDATE license_key SET quantity = 9000000000000000000 WHERE quantity <= 3");
    check_int(organization_list(&fixture->call,
                                &(struct organization_query){ .page = { .limit = 10 } }, &page),
              STATUS_OK);
    check_int(page.count, 2);
    for (size_t i = 0; i < page.count; i++)
        check_int(page.items[i].licenses_left, page.items[i].id == broken ? 0 : 4);
}

TEST(organization_list_goes_on_over_a_broken_key)
{
    with_each_store(lists_a_broken_key);
}
