#include "service/notice/notices_events.h"

#include <string.h>

#include "service/core/transaction.h"
#include "service/notice/pool_watch.h"
#include "service/organization/organizations.h"
#include "service/webhook/webhooks.h"
#include "statements.h"
#include "support/check.h"
#include "support/moment.h"
#include "support/noticing.h"

#define FIRST "282C02410001"

static void
want(struct fixture *fixture, int64_t organization)
{
    static const char *const events[] = { "license.expiring", "pool.low" };
    struct webhook made;

    check_int(webhook_create(&fixture->call, organization,
                             &(struct webhook_request){ .url = "https://hooks.example.com/tenure",
                                                        .events = events,
                                                        .event_count = 2 },
                             &made),
              STATUS_OK);
}

static int64_t
calls(struct fixture *fixture)
{
    return fixture_count(fixture, "SELECT count(*) FROM outbox WHERE kind = 'webhook'");
}

/* The body of the only call. */
static const char *
body(struct fixture *fixture, int64_t organization)
{
    struct outbox_content content = { .body = "" };
    struct outbox_get_out row = { 0 };
    bool found = false;

    check_int(
        outbox_get(&fixture->call.db,
                   &(struct outbox_get_in){
                       organization,
                       fixture_count(fixture, "SELECT id FROM outbox WHERE kind = 'webhook'") },
                   &row, &found),
        STATUS_OK);
    if (found)
        check_int(outbox_content_open(&fixture->call, row.content.at, row.content.size, &content),
                  STATUS_OK);
    return content.body;
}

/* Independent of recipients: with the notice a month before, and once. */
static void
emits(struct fixture *fixture)
{
    struct organization_change west = { .time_zone = "America/New_York" };
    int64_t organization = make_organization_in(fixture, "Cold chain", "Asia/Tokyo");
    struct organization now;

    want(fixture, organization);
    make_key(fixture, organization, 1, "P1Y");
    add_sensor(fixture, organization, FIRST, "Fridge");
    tick(fixture, at("2027-10-23T22:59:59Z"));
    check_int(calls(fixture), 0);
    tick(fixture, at("2027-10-23T23:00:00Z")); /* 08:00 on the 24th */
    check_int(calls(fixture), 1);
    const char *text = body(fixture, organization);
    check(says(text, "\"type\":\"license.expiring\""));
    check(says(text, "\"serial\":\"" FIRST "\",\"name\":\"Fridge\",\"license_id\":\""));
    check(says(
        text,
        "\"expires_at\":\"2027-11-24T15:00:00Z\",\"last_day\":\"2027-11-24\",\"next\":\"stops\""));
    check_int(organization_change(&fixture->call, organization, &west, &now), STATUS_OK);
    tick(fixture, at("2027-10-26T12:00:00Z"));
    tick(fixture, at("2027-11-25T12:00:00Z"));
    check_int(calls(fixture), 1);
    check_int(listed(fixture, organization, NULL).count, 0);
}

TEST(webhooks_get_license_expiring_a_month_before_the_end)
{
    with_each_store(emits);
}

static enum status
watch_body(struct call *call, void *with)
{
    return pool_watch_job_run(call, with);
}

static void
emits_low(struct fixture *fixture)
{
    int64_t organization = make_organization(fixture, "Cold chain");
    bool more = true;

    want(fixture, organization);
    make_key(fixture, organization, 1, "P30D");
    add_sensor(fixture, organization, FIRST, "Fridge");
    while (more)
        check_int(transact(&fixture->call, watch_body, &more), STATUS_OK);
    check_int(calls(fixture), 1);
    const char *text = body(fixture, organization);
    check(says(text, "\"type\":\"pool.low\""));
    check(says(text, "\"licenses_left\":0,\"sensors_to_renew\":1,\"within_days\":60,"
                     "\"first_stops_at\":\"2026-12-25T00:00:00Z\""));
}

TEST(webhooks_get_pool_low_events)
{
    with_each_store(emits_low);
}
