#include "service/notice/calendar.h"

#include <stdio.h>
#include <string.h>

#include "service/core/transaction.h"
#include "service/notice/notices_job.h"
#include "service/organization/organizations.h"
#include "service/sensor/sensors.h"
#include "support/check.h"
#include "support/moment.h"
#include "support/place.h"
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
    struct user ann = make_user(fixture, "ann@example.org");
    struct actor actor = { ACTOR_USER, ann.id, "ann@example.org" };
    call->actor = &actor;
    int64_t organization = make_organization_in(fixture, "Cold chain", "Asia/Tokyo");
    struct sensor_change off = { .has_auto_renewal = true, .auto_renewal = false };
    char token[TOKEN_TEXT_SIZE], before[HASH_BYTES * 2 + 1], after[HASH_BYTES * 2 + 1];
    struct buffer calendar;
    struct sensor_changed sensor;

    call->public_url = "https://tenure.example.com";
    make_key(fixture, organization, 4, "P10D");
    add_sensor(fixture, organization, FIRST,
               "Fridge, 1"); /* 24 Nov 21:00 there; 4 Dec is its last day */
    add_sensor(fixture, organization, SECOND, "Room");
    add_sensor(fixture, organization, THIRD, "Gone");
    remove_sensor(fixture, organization, THIRD);
    check_int(sensor_change(call, organization, FIRST, &off, &sensor), STATUS_OK);
    check_int(calendar_link_make(call, organization, token), STATUS_OK);
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
    char first[TOKEN_TEXT_SIZE], second[TOKEN_TEXT_SIZE], version[HASH_BYTES * 2 + 1];
    struct calendar_links links;
    struct place place;
    struct buffer calendar;

    set_up(fixture, &place);
    buffer_init(&calendar, MOST_BYTES);
    check_int(calendar_links_find(call, place.organization, &links), STATUS_OK);
    check(!links.own.is && !links.nobody.is);
    check_failed(fixture, calendar_link_revoke(call, place.organization), STATUS_NOT_FOUND, "", "");
    check_failed(fixture, calendar_link_make(call, 99, first), STATUS_NOT_FOUND, "", "");
    check_failed(fixture, calendar_write(call, "guess", &calendar), STATUS_NOT_FOUND, "", "");
    check_int(calendar_link_make(call, place.organization, first), STATUS_OK);
    check_int(calendar_link_make(call, place.organization, second), STATUS_OK);
    check_int(calendar_links_find(call, place.organization, &links), STATUS_OK);
    check(links.own.is && !links.nobody.is);
    check_text(links.own.made_by, "ann@example.org");
    check_failed(fixture, calendar_write(call, first, &calendar), STATUS_NOT_FOUND, "", "");
    check_int(calendar_write(call, second, &calendar), STATUS_OK);
    check_int(calendar_link_revoke(call, place.organization), STATUS_OK);
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

static int64_t
add_member(struct fixture *fixture, const struct place *place, const char *email, const char *role)
{
    struct user user = make_user(fixture, email);
    char sql[200];

    snprintf(sql, sizeof sql,
             "INSERT INTO member (organization_id, user_id, role, added_at) "
             "VALUES (%lld, %lld, '%s', 0)",
             (long long)place->organization, (long long)user.id, role);
    fixture_script(fixture, sql);
    return user.id;
}

static enum status
make_link_of(struct fixture *fixture, const struct place *place, int64_t user_id,
             char token[TOKEN_TEXT_SIZE])
{
    struct actor actor = { ACTOR_USER, user_id, "bob@example.org" };

    fixture->call.actor = &actor;
    enum status status = calendar_link_make(&fixture->call, place->organization, token);
    fixture->call.actor = &place->actor;
    return status;
}

static void
ends_with_membership(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    char ann[TOKEN_TEXT_SIZE], bob[TOKEN_TEXT_SIZE], cy[TOKEN_TEXT_SIZE];
    char version[HASH_BYTES * 2 + 1];
    struct member member;
    struct place place;

    set_up(fixture, &place);
    int64_t bob_id = add_member(fixture, &place, "bob@example.org", "manager");
    int64_t cy_id = add_member(fixture, &place, "cy@example.org", "analyst");
    check_int(make_link_of(fixture, &place, place.ann.id, ann), STATUS_OK);
    check_int(make_link_of(fixture, &place, bob_id, bob), STATUS_OK);
    check_failed(fixture, make_link_of(fixture, &place, cy_id, cy), STATUS_NOT_FOUND, "", "");
    check_int(calendar_version(call, ann, version), STATUS_OK);
    check_int(calendar_version(call, bob, version), STATUS_OK);

    check_int(member_change(call, place.organization, bob_id, ROLE_ANALYST, &member), STATUS_OK);
    check_failed(fixture, calendar_version(call, bob, version), STATUS_NOT_FOUND, "", "");
    check_int(member_change(call, place.organization, bob_id, ROLE_MANAGER, &member), STATUS_OK);
    check_failed(fixture, calendar_version(call, bob, version), STATUS_NOT_FOUND, "", "");
    check_int(make_link_of(fixture, &place, bob_id, bob), STATUS_OK);
    check_int(member_remove(call, place.organization, bob_id), STATUS_OK);
    check_failed(fixture, calendar_version(call, bob, version), STATUS_NOT_FOUND, "", "");
    check_failed(fixture, make_link_of(fixture, &place, bob_id, bob), STATUS_NOT_FOUND, "", "");
    check_int(calendar_version(call, ann, version), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT count(*) FROM audit_entry "
                                     "WHERE action = 'calendar.revoke' AND object_kind = 'member'"),
              2);
    /* Also where a role was changed in another way. */
    fixture_script(fixture, "UPDATE member SET role = 'analyst'");
    check_failed(fixture, calendar_version(call, ann, version), STATUS_NOT_FOUND, "", "");
}

TEST(a_calendar_link_ends_with_the_membership_of_its_maker)
{
    with_each_store(ends_with_membership);
}

static void
renews_old_links(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    char token[TOKEN_TEXT_SIZE], version[HASH_BYTES * 2 + 1];
    struct calendar_links links;
    struct place place;

    set_up(fixture, &place);
    for (int i = 0; i < 2; i++) {
        check_int(make_link_of(fixture, &place, place.ann.id, token), STATUS_OK);
        fixture_script(fixture, "UPDATE calendar_link SET user_id = NULL, made_by = 'eve'");
        check_int(calendar_version(call, token, version), STATUS_OK);
        check_int(calendar_links_find(call, place.organization, &links), STATUS_OK);
        check(!links.own.is && links.nobody.is);
        check_text(links.nobody.made_by, "eve");
        char newer[TOKEN_TEXT_SIZE];
        check_int(i == 0 ? make_link_of(fixture, &place, place.ann.id, newer)
                         : calendar_link_revoke(call, place.organization),
                  STATUS_OK);
        check_failed(fixture, calendar_version(call, token, version), STATUS_NOT_FOUND, "", "");
    }
}

TEST(a_calendar_link_of_nobody_works_until_it_is_renewed)
{
    with_each_store(renews_old_links);
}
