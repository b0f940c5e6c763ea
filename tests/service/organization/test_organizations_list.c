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
    check_int(organization_list(&fixture->call, (struct page_request){ .limit = 1 }, &page),
              STATUS_OK);
    check_int(page.count, 1);
    check_int(page.items[0].id, second);
    check_int(page.items[0].sensors, 0);
    check_int(organization_list(&fixture->call,
                                (struct page_request){ .limit = 1, .cursor = page.next }, &page),
              STATUS_OK);
    check_int(page.items[0].id, first);
    check_text(page.items[0].name, "First");
    check_int(page.items[0].created_at, NOON);
    check_int(page.items[0].sensors, 2);
    check_int(page.items[0].active, 1);
    check_int(page.items[0].licenses_left, 1);
    check(!page.next);
    check_failed(fixture,
                 organization_list(&fixture->call,
                                   (struct page_request){ .limit = 1, .cursor = "x" }, &page),
                 STATUS_MALFORMED, "", "cursor");
}

TEST(organization_list_counts_sensors_and_licenses)
{
    with_each_store(lists_organizations);
}
