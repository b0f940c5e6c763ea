#include "service/notice/calendar.h"

#include <string.h>

#include "service/core/transaction.h"
#include "service/notice/notices_job.h"
#include "service/organization/organizations.h"
#include "service/sensor/sensors.h"
#include "support/check.h"
#include "support/moment.h"
#include "support/verbs.h"

#define FIRST  "282C02410001"
#define SECOND "282C02410002"
#define THIRD  "282C02410003"

enum { MOST_BYTES = 8 * 1024 * 1024 };

static bool
holds(const struct buffer *calendar, const char *words)
{
    return calendar->size && strstr(calendar->bytes, words);
}

static void
writes_days(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    int64_t organization = make_organization_in(fixture, "Cold chain", "Asia/Tokyo");
    struct sensor_change off = { .has_auto_renewal = true, .auto_renewal = false };
    char token[TOKEN_TEXT_SIZE], before[HASH_BYTES * 2 + 1], after[HASH_BYTES * 2 + 1];
    struct buffer calendar;
    struct sensor sensor;

    call->public_url = "https://tenure.example.com";
    make_key(fixture, organization, 4, "P10D");
    add_sensor(fixture, organization, FIRST,
               "Fridge, 1"); /* 24 Nov 21:00 there; 4 Dec is its last day */
    add_sensor(fixture, organization, SECOND, "Room");
    add_sensor(fixture, organization, THIRD, "Gone");
    remove_sensor(fixture, organization, THIRD);
    check_int(sensor_change(call, organization, FIRST, &off, &sensor), STATUS_OK);
    check_int(calendar_feed_make(call, organization, token), STATUS_OK);
    buffer_init(&calendar, MOST_BYTES);
    check_int(calendar_write(call, token, &calendar), STATUS_OK);
    check(holds(&calendar, "X-WR-CALNAME:Cold chain: licenses\r\n"));
    check(holds(&calendar, "DTSTART;VALUE=DATE:20261204\r\nDTEND;VALUE=DATE:20261205\r\n"));
    check(holds(&calendar, "SUMMARY:2 licenses end\\, 1 sensor stops\r\n"));
    check(holds(&calendar, "Fridge\\, 1 (" FIRST ") will stop"));
    check(holds(&calendar, "Asia/Tokyo"));
    check(!holds(&calendar, THIRD));
    check(!strstr(strstr(calendar.bytes, "BEGIN:VEVENT") + 1, "BEGIN:VEVENT"));

    check_int(calendar_version(call, token, before), STATUS_OK);
    check_int(calendar_version(call, token, after), STATUS_OK);
    check_text(after, before);
    call->now += UTC_DAY;
    check_int(calendar_version(call, token, after), STATUS_OK);
    check(strcmp(after, before) != 0);
    call->now = at("2026-12-05T00:00:00Z");
    buffer_restart(&calendar);
    check_int(calendar_write(call, token, &calendar), STATUS_OK);
    check(holds(&calendar, "SUMMARY:2 licenses ended\\, "));
    check(holds(&calendar, "stopped"));
    call->now = at("2027-02-05T00:00:00Z");
    check_int(calendar_write(call, token, &calendar), STATUS_OK);
    check(!holds(&calendar, "BEGIN:VEVENT"));
    check(holds(&calendar, "END:VCALENDAR\r\n"));
    buffer_clear(&calendar);
}

TEST(calendar_has_one_event_a_day_on_which_licenses_end)
{
    with_each_store(writes_days);
}

static void
keeps_its_secret(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    int64_t organization = make_organization(fixture, "Cold chain");
    char first[TOKEN_TEXT_SIZE], second[TOKEN_TEXT_SIZE], version[HASH_BYTES * 2 + 1];
    struct calendar_feed feed;
    struct buffer calendar;

    buffer_init(&calendar, MOST_BYTES);
    check_int(calendar_feed_find(call, organization, &feed), STATUS_OK);
    check(!feed.is);
    check_failed(fixture, calendar_feed_revoke(call, organization), STATUS_NOT_FOUND, "", "");
    check_failed(fixture, calendar_feed_make(call, 99, first), STATUS_NOT_FOUND, "", "");
    check_failed(fixture, calendar_write(call, "guess", &calendar), STATUS_NOT_FOUND, "", "");
    check_int(calendar_feed_make(call, organization, first), STATUS_OK);
    check_int(calendar_feed_make(call, organization, second), STATUS_OK);
    check_int(calendar_feed_find(call, organization, &feed), STATUS_OK);
    check(feed.is);
    check_text(feed.made_by, "system");
    check_failed(fixture, calendar_write(call, first, &calendar), STATUS_NOT_FOUND, "", "");
    check_int(calendar_write(call, second, &calendar), STATUS_OK);
    check_int(calendar_feed_revoke(call, organization), STATUS_OK);
    check_failed(fixture, calendar_version(call, second, version), STATUS_NOT_FOUND, "", "");
    check_int(
        fixture_count(fixture, "SELECT count(*) FROM audit_entry WHERE action LIKE 'calendar.%'"),
        3);
    buffer_clear(&calendar);
}

TEST(calendar_opens_only_under_the_newest_link)
{
    with_each_store(keeps_its_secret);
}
