#include "main/demo_data.h"

#include <string.h>

#include "service/account/people.h"
#include "service/code/codes.h"
#include "service/manager/manager.h"
#include "support/check.h"
#include "support/verbs.h"

static const struct manager_row *
row_of(const struct manager_page *page, const char *serial)
{
    static const struct manager_row none;

    for (size_t i = 0; i < page->count; i++) {
        if (!strcmp(page->rows[i].serial, serial))
            return &page->rows[i];
    }
    check_text(serial, "on the page");
    return &none;
}

static void
shows_all_states(struct fixture *fixture)
{
    struct manager_query query = { .page = { .limit = 100 } };
    struct manager_page page;
    struct redemption redemption;
    struct demo demo;

    check_int(demo_fill(&fixture->call, "a hash", &demo), STATUS_OK);
    check_text(fixture->call.db.fault.reason, "");
    check_int(fixture->call.now, NOON);
    check(fixture->call.actor == &actor_system);
    check_int(manager_list(&fixture->call, demo.organization_id, &query, &page), STATUS_OK);
    check_int(page.count, DEMO_SENSORS);
    check_int(page.expired, 1);
    check_int(page.unlicensed, 1);
    check_int(page.active, DEMO_SENSORS - 2);
    check_int(page.licenses_left, 5);
    check_int(row_of(&page, demo.sensors[2].serial)->days_left, 9);
    check_int(row_of(&page, demo.sensors[3].serial)->days_left, 0);
    check_text(row_of(&page, demo.sensors[3].serial)->next, "stops");
    check_int(row_of(&page, demo.sensors[4].serial)->refused.count, 1204);
    check_text(row_of(&page, demo.sensors[5].serial)->next, "queue");
    check_text(row_of(&page, demo.sensors[11].serial)->next, "pool");
    check_ledger(fixture);
    check_int(
        fixture_count(fixture,
                      "SELECT count(*) FROM audit_entry AS a JOIN audit_entry AS b"
                      " ON a.organization_id = b.organization_id AND a.sequence = b.sequence + 1"
                      " WHERE a.at < b.at"),
        0);
    check_int(code_redeem(&fixture->call, demo.organization_id, demo.spare_code, &redemption),
              STATUS_OK);
    check_int(redemption.licenses_left, 15);
    check_failed(fixture, demo_fill(&fixture->call, "a hash", &demo), STATUS_CONFLICT,
                 "store_not_empty", "store");
    check_int(fixture_count(fixture, "SELECT count(*) FROM user_account"), 2);
}

TEST(demo_fill_shows_all_states)
{
    with_each_store(shows_all_states);
}

static void
works_at_any_hour(struct fixture *fixture)
{
    struct demo demo;

    /* One minute after a local midnight in winter, and the night of a clock change. */
    fixture->call.now = 1795561260;
    fixture->call.dry_run = true;
    check_int(demo_fill(&fixture->call, "a hash", &demo), STATUS_OK);
    fixture->call.now = 1806196200;
    check_int(demo_fill(&fixture->call, "a hash", &demo), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT count(*) FROM user_account"), 0);
}

TEST(demo_fill_works_at_any_hour)
{
    with_each_store(works_at_any_hour);
}
