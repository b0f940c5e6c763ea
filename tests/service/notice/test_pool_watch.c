#include "service/notice/pool_watch.h"

#include <string.h>

#include "service/core/transaction.h"
#include "service/ledger/ledger_jobs.h"
#include "service/sensor/sensors.h"
#include "statements.h"
#include "support/check.h"
#include "support/moment.h"
#include "support/noticing.h"

#define FIRST  "282C02410001"
#define SECOND "282C02410002"
#define DAY    UTC_DAY

static enum status
renew_body(struct call *call, void *with)
{
    return renewal_job_run(call, with);
}

static enum status
watch_body(struct call *call, void *with)
{
    return pool_watch_job_run(call, with);
}

/* The number of warnings so far, after the ticker has run. */
static int64_t
warnings(struct fixture *fixture, utc_seconds now)
{
    bool more = true;

    fixture->call.now = now;
    while (more)
        check_int(transact(&fixture->call, renew_body, &more), STATUS_OK);
    for (more = true; more;)
        check_int(transact(&fixture->call, watch_body, &more), STATUS_OK);
    return fixture_count(fixture, "SELECT count(*) FROM outbox WHERE purpose = 'pool_low'");
}

static void
warns_once(struct fixture *fixture)
{
    int64_t organization = make_organization(fixture, "Cold chain");

    tick_member(fixture, organization, "ada@example.com");
    make_key(fixture, organization, 3, "P1Y");
    add_sensor(fixture, organization, FIRST, "First"); /* both end on 24 Nov 2027 */
    add_sensor(fixture, organization, SECOND, "Second");
    check_int(warnings(fixture, NOON), 0);
    check_int(warnings(fixture, at("2027-09-25T12:00:00Z")), 0); /* 60 days and 12 hours before */
    check_int(warnings(fixture, at("2027-09-26T12:00:00Z")), 1); /* two renewals, one license */
    check_int(warnings(fixture, at("2027-09-27T12:00:00Z")), 1);
    check_int(warnings(fixture, at("2027-10-20T12:00:00Z")), 1);
    make_key(fixture, organization, 1, "P1Y");
    check_int(warnings(fixture, at("2027-10-20T12:01:00Z")), 1); /* good */
    struct license license;
    check_int(license_assign(&fixture->call, organization, FIRST, NULL, &license), STATUS_OK);
    check_int(warnings(fixture, at("2027-10-20T12:02:00Z")), 1); /* one renewal, one license */
    check_int(license_assign(&fixture->call, organization, FIRST, NULL, &license), STATUS_OK);
    check_int(warnings(fixture, at("2027-10-20T12:03:00Z")), 2); /* and none */
    check_int(warnings(fixture, at("2027-12-01T12:00:00Z")), 2); /* expired since, and still low */
    check_int(fixture_count(fixture, "SELECT count(*) FROM notice WHERE kind = 'pool_low'"), 2);
}

TEST(a_low_pool_is_reported_once_and_again_after_it_recovered)
{
    with_each_store(warns_once);
}

/* A short term renews repeatedly within the days that the check covers. */
static void
counts_returns(struct fixture *fixture)
{
    int64_t organization = make_organization(fixture, "Cold chain");

    tick_member(fixture, organization, "ada@example.com");
    make_key(fixture, organization, 4, "P20D");
    add_sensor(fixture, organization, FIRST, "First"); /* 14 Dec, 3 Jan, 23 Jan: three renewals */
    check_int(warnings(fixture, NOON), 0);
    check_int(warnings(fixture, NOON + 19 * DAY), 0);
    check_int(warnings(fixture, NOON + 21 * DAY), 1);
}

TEST(a_pool_is_low_when_one_sensor_takes_several_licenses)
{
    with_each_store(counts_returns);
}

static void
says_when(struct fixture *fixture)
{
    int64_t organization = make_organization(fixture, "Cold chain");
    struct outbox_content content = { 0 };
    struct outbox_get_out row = { 0 };
    bool found = false;

    tick_member(fixture, organization, "ada@example.com");
    make_key(fixture, organization, 2, "P30D");
    add_sensor(fixture, organization, FIRST, "First");
    add_sensor(fixture, organization, SECOND, "Second");
    check_int(warnings(fixture, NOON), 1);
    check_int(outbox_get(&fixture->call.db,
                         &(struct outbox_get_in){ organization,
                                                  fixture_count(fixture, "SELECT id FROM outbox") },
                         &row, &found),
              STATUS_OK);
    check(found);
    check_int(outbox_content_open(&fixture->call, row.content.at, row.content.size, &content),
              STATUS_OK);
    check_text(content.letter.subject, "Cold chain: licenses run out");
    check(strstr(content.letter.text,
                 "2 sensors of Cold chain will need a new license within 60 days; the pool")
          != NULL);
    check(strstr(content.letter.text, "stops at the end of 24 December 2026") != NULL);
}

TEST(the_mail_of_a_low_pool_names_the_day)
{
    with_each_store(says_when);
}

/* Makes the pool good, then low. */
static void
make_low(struct fixture *fixture, void *with)
{
    int64_t organization = *(int64_t *)with, left;
    struct license license;
    struct fault fault = { 0 };

    fixture->call.now += DAY;
    make_key(fixture, organization, 2, "P10Y");
    (void)warnings(fixture, fixture->call.now);
    left = fixture_count(fixture, "SELECT sum(quantity - assigned) FROM license_key");
    for (; left > 0 && !fault.status; left--)
        check_int(license_assign(&fixture->call, organization, SECOND, NULL, &license), STATUS_OK);
}

static enum status
watch(struct fixture *fixture, void *with)
{
    bool more;

    (void)with;
    return transact(&fixture->call, watch_body, &more);
}

static void
tortured(struct fixture *fixture)
{
    int64_t organization = make_organization(fixture, "Cold chain");
    struct torture torture = {
        .prepare = make_low,
        .verb = watch,
        .with = &organization,
        .delta = 2,
        .rows = "SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM notice)",
    };

    tick_member(fixture, organization, "ada@example.com");
    make_key(fixture, organization, 1, "P50D");
    add_sensor(fixture, organization, FIRST, "First");
    make_key(fixture, organization, 1, "P10Y");
    add_sensor(fixture, organization, SECOND, "Second");
    check_int(warnings(fixture, NOON), 1);
    check_torture(fixture, &torture);
}

TEST(a_low_pool_is_reported_once_whichever_store_call_fails)
{
    with_each_store(tortured);
}
