#include "service/notice/notices_job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "service/core/transaction.h"
#include "service/notice/notices_mail.h"
#include "service/organization/organizations.h"
#include "service/sensor/sensors.h"
#include "service/sensor/sensors_import.h"
#include "support/check.h"
#include "support/moment.h"
#include "support/noticing.h"

#define FIRST  "282C02410001"
#define SECOND "282C02410002"
#define THIRD  "282C02410003"
#define DAY    UTC_DAY

/* After months of downtime: notices of last days use the past tense; notices a month before go only
 * to running licenses; a license made by catching up owes only notices of today or later. */
static void
makes_up(struct fixture *fixture)
{
    int64_t organization = make_organization(fixture, "Cold chain");
    struct sensor_change off = { .has_auto_renewal = true, .auto_renewal = false };
    struct sensor_changed sensor;

    tick_member(fixture, organization, "ada@example.com");
    make_key(fixture, organization, 1, "P40D"); /* ends on 4 Jan */
    add_sensor(fixture, organization, FIRST, "Stops");
    check_int(sensor_change(&fixture->call, organization, FIRST, &off, &sensor), STATUS_OK);
    fixture->call.now++;
    make_key(fixture, organization, 4, "P20D"); /* 14 Dec, 3 Jan, 23 Jan, 12 Feb */
    add_sensor(fixture, organization, SECOND, "Renews");
    tick(fixture, NOON + 1);
    check_int(mails(fixture), 0);
    make_key(fixture, organization, 1, "P3M"); /* 24 Feb */
    struct organization_change longest = { .pool_order = "longest_first" };
    check_int(
        organization_change(&fixture->call, organization, &longest, &(struct organization){ 0 }),
        STATUS_OK);
    add_sensor(fixture, organization, THIRD, "Runs");

    tick(fixture, at("2027-01-30T09:00:00Z"));
    check_int(mails(fixture), 1);
    struct notice_page page = listed(fixture, organization, NULL);
    struct outbox_content mail = mail_of(fixture, organization, page.items[0].id);
    check_text(mail.letter.subject,
               "Cold chain: 1 sensor has stopped, 1 sensor stops within a month");
    check(says(mail.letter.text, "stopped on 3 January 2027"));
    check(says(mail.letter.text, "was renewed from the pool"));
    /* 24 January was missed, and the license runs. */
    check(says(mail.letter.text, "Runs (" THIRD "): will stop on 24 February 2027"));
    /* Made by catching up, and ended by then: no notice. */
    check_int(listed(fixture, organization, SECOND).count, 1);
    check_int(listed(fixture, organization, FIRST).count, 1);
    check(!says(mail.letter.text, "will stop on 3"));
    tick(fixture, at("2027-01-31T09:00:00Z"));
    check_int(mails(fixture), 1);
}

TEST(notices_missed_during_downtime_are_sent_later)
{
    with_each_store(makes_up);
}

/* A sensor removed before its day owes no notice. A removed member gets none. */
static void
leaves_alone(struct fixture *fixture)
{
    int64_t organization = make_organization(fixture, "Cold chain");
    int64_t user = tick_member(fixture, organization, "ada@example.com");
    struct notice_recipients now;
    char sql[128];

    make_key(fixture, organization, 2, "P40D"); /* 3 Jan */
    add_sensor(fixture, organization, FIRST, "First");
    add_sensor(fixture, organization, SECOND, "Second");
    remove_sensor(fixture, organization, FIRST);
    tick(fixture, at("2026-12-04T09:00:00Z"));
    check_int(mails(fixture), 1);
    check_int(listed(fixture, organization, SECOND).count, 1);
    struct notice_page page = listed(fixture, organization, NULL);
    check_int(page.items[0].serial_count, 1);

    snprintf(sql, sizeof sql, "DELETE FROM member WHERE user_id = %lld", (long long)user);
    fixture_script(fixture, sql);
    check_int(notice_recipients_get(&fixture->call, organization, &now), STATUS_OK);
    check_int(now.count, 0);
    tick(fixture, at("2027-01-03T09:00:00Z"));
    check_int(mails(fixture), 1);
}

TEST(notices_skip_removed_sensors_and_members)
{
    with_each_store(leaves_alone);
}

/* The days change: no day is lost, and no notice is sent twice. */
static void
moves(struct fixture *fixture)
{
    int64_t organization = make_organization_in(fixture, "Cold chain", "Asia/Tokyo");
    struct organization_change west = { .time_zone = "America/New_York" },
                               early = { .notice_time = "05:00" };
    struct organization now;

    tick_member(fixture, organization, "ada@example.com");
    make_key(fixture, organization, 1, "P10D");
    add_sensor(fixture, organization, FIRST, "First"); /* until 4 Dec 15:00 UTC: 4 Dec in both */
    tick(fixture, at("2026-12-04T02:00:00Z"));
    check_int(mails(fixture), 1);
    check_int(organization_change(&fixture->call, organization, &west, &now), STATUS_OK);
    tick(fixture, at("2026-12-04T13:00:00Z")); /* 08:00 of the same day again */
    tick(fixture, at("2026-12-05T13:00:00Z"));
    check_int(mails(fixture), 1);
    check_int(fixture_count(fixture, "SELECT count(*) FROM notice_item"), 1);

    fixture->call.now = at("2026-12-05T14:00:00Z");
    remove_sensor(fixture, organization, FIRST);
    make_key(fixture, organization, 1, "P1D");
    add_sensor(fixture, organization, SECOND, "Second"); /* 6 Dec */
    check_int(organization_change(&fixture->call, organization, &early, &now), STATUS_OK);
    tick(fixture, at("2026-12-06T09:59:59Z"));
    check_int(mails(fixture), 1);
    tick(fixture, at("2026-12-06T10:00:00Z"));
    check_int(mails(fixture), 2);
}

TEST(notices_follow_the_time_zone_and_the_notice_time)
{
    with_each_store(moves);
}

static void
checks_recipients(struct fixture *fixture)
{
    int64_t organization = make_organization(fixture, "Cold chain");
    int64_t user = add_member(fixture, organization, "ada@example.com");
    struct notice_recipient twice[] = { { .user_id = user }, { .user_id = user } };
    struct notice_recipient stranger = { .user_id = 99 };
    struct notice_recipients out;

    check_failed(fixture,
                 notice_recipients_put(&fixture->call, organization,
                                       &(struct notice_recipients){ twice, 2 }, &out),
                 STATUS_INVALID, "", "recipients");
    check_failed(fixture,
                 notice_recipients_put(&fixture->call, organization,
                                       &(struct notice_recipients){ &stranger, 1 }, &out),
                 STATUS_INVALID, "", "recipients");
    check_failed(fixture,
                 notice_recipients_put(&fixture->call, 99, &(struct notice_recipients){ 0 }, &out),
                 STATUS_NOT_FOUND, "", "");
    twice[0].only_what_stops = true;
    tick_members(fixture, organization, twice, 1);
    tick_members(fixture, organization, twice, 1); /* nothing has changed: no entry */
    check_int(
        fixture_count(fixture,
                      "SELECT count(*) FROM audit_entry WHERE action = 'notifications.change'"),
        1);
    check_int(fixture_count(fixture, "SELECT count(*) FROM notice_recipient WHERE only_what_stops"),
              1);
    tick_members(fixture, organization, NULL, 0);
    check_int(fixture_count(fixture, "SELECT count(*) FROM notice_recipient"), 0);
}

TEST(notice_recipients_are_members_each_once)
{
    with_each_store(checks_recipients);
}

static void
pages(struct fixture *fixture)
{
    int64_t organization = make_organization(fixture, "Cold chain");
    struct notice_query query = { .page = { .limit = 2 } };
    struct notice_page page;
    int seen = 0;

    tick_member(fixture, organization, "ada@example.com");
    make_key(fixture, organization, 5, "P1D");
    add_sensor(fixture, organization, FIRST, "First");
    for (int day = 1; day <= 5; day++)
        tick(fixture, NOON + day * DAY);
    do {
        check_int(notices_list(&fixture->call, organization, &query, &page), STATUS_OK);
        seen += (int)page.count;
        query.page.cursor = page.next;
    } while (page.next && seen < 100);
    check_int(seen, 5);
    query.page.cursor = "nonsense";
    check_failed(fixture, notices_list(&fixture->call, organization, &query, &page),
                 STATUS_MALFORMED, "", "cursor");
    query = (struct notice_query){ .page = { .limit = 2 }, .serial = THIRD };
    check_failed(fixture, notices_list(&fixture->call, organization, &query, &page),
                 STATUS_NOT_FOUND, "", "serial");
}

TEST(notices_are_listed_page_by_page)
{
    with_each_store(pages);
}

/* Each run has a new sensor whose license ends today. */
static void
one_more(struct fixture *fixture, void *with)
{
    int64_t organization = *(int64_t *)with;
    struct sensor_change off = { .has_auto_renewal = true, .auto_renewal = false };
    struct sensor_changed sensor;
    static int number;
    char serial[16];
    bool more = true;

    snprintf(serial, sizeof serial, "282C0242%04X", ++number);
    fixture->call.now += DAY;
    while (more) /* of earlier runs */
        check_int(transact(&fixture->call, notice_body, &more), STATUS_OK);
    make_key(fixture, organization, 1, "P1D");
    add_sensor(fixture, organization, serial, "");
    check_int(sensor_change(&fixture->call, organization, serial, &off, &sensor), STATUS_OK);
    fixture->call.now += DAY;
}

static enum status
tell(struct fixture *fixture, void *with)
{
    bool more;

    (void)with;
    return transact(&fixture->call, notice_body, &more);
}

static void
tortured(struct fixture *fixture)
{
    int64_t organization = make_organization(fixture, "Cold chain");
    struct torture torture = {
        .prepare = one_more,
        .verb = tell,
        .with = &organization,
        .delta = 3,
        .rows = "SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM notice) + "
                "(SELECT count(*) FROM notice_item)",
    };

    tick_member(fixture, organization, "ada@example.com");
    check_torture(fixture, &torture);
}

TEST(notices_are_queued_once_whichever_store_call_fails)
{
    with_each_store(tortured);
}

static void
tell_in_thread(struct call *call, int thread, void *with)
{
    bool more = true;

    (void)thread, (void)with;
    while (more) {
        enum status status = transact(call, notice_body, &more);
        check(status == STATUS_OK || status == STATUS_BUSY);
        if (status)
            more = true;
    }
}

static void
two_nodes(struct fixture *fixture)
{
    for (int i = 0; i < 8; i++) {
        int64_t organization = make_organization(fixture, "Cold chain");
        char email[32], serial[16];
        snprintf(email, sizeof email, "user%d@example.com", i);
        snprintf(serial, sizeof serial, "282C0243%04X", i);
        tick_member(fixture, organization, email);
        make_key(fixture, organization, 1, "P10D");
        add_sensor(fixture, organization, serial, "");
    }
    fixture->call.now = at("2026-12-04T08:00:00Z");
    run_in_two_threads(fixture, tell_in_thread, NULL);
    check_int(mails(fixture), 8);
    check_int(fixture_count(fixture, "SELECT count(*) FROM notice_item"), 8);
}

TEST(two_nodes_send_each_notice_once)
{
    with_each_store(two_nodes);
}

static void
import_many(struct fixture *fixture, int64_t organization, size_t count)
{
    struct import_row *rows = calloc(count, sizeof *rows);
    char(*serials)[SERIAL_TEXT_SIZE] = calloc(count, sizeof *serials);
    struct sensors_imported imported;

    for (size_t i = 0; i < count; i++) {
        serial_format(serials[i], serial_from_number(UINT64_C(0x282C02460000) + i));
        rows[i].request = (struct sensor_request){ .serial = serials[i] };
    }
    check_int(sensors_import_check(&fixture->call, rows, count), STATUS_OK);
    check_int(sensors_import(&fixture->call, organization, rows, count, &imported), STATUS_OK);
    free(rows);
    free(serials);
}

/* With very many licenses a step mails one recipient; the next steps mail the others. */
static void
goes_on(struct fixture *fixture)
{
    int64_t organization = make_organization(fixture, "Cold chain");
    struct notice_recipient both[2] = {
        { .user_id = add_member(fixture, organization, "ada@example.com") },
        { .user_id = add_member(fixture, organization, "bob@example.com") },
    };
    bool more = false;

    tick_members(fixture, organization, both, 2);
    make_key(fixture, organization, NOTICES_STEP, "P10D");
    import_many(fixture, organization, NOTICES_STEP);
    arena_clear(&fixture->arena);
    fixture->call.now = at("2026-12-04T09:00:00Z");
    for (int64_t wanted = 1; wanted <= 2; wanted++) {
        check_int(transact(&fixture->call, notice_body, &more), STATUS_OK);
        check(more);
        check_int(mails(fixture), wanted);
        check_int(fixture_count(fixture, "SELECT count(*) FROM notice_item"),
                  wanted * NOTICES_STEP);
        arena_clear(&fixture->arena);
    }
    check_int(transact(&fixture->call, notice_body, &more), STATUS_OK);
    check(!more);
    check_int(mails(fixture), 2);
    check_int(fixture_count(fixture, "SELECT notices_last_user FROM organization"), 0);
}

TEST(notices_of_many_sensors_take_one_recipient_a_step)
{
    with_each_store(goes_on);
}
