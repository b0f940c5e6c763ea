#include "service/notices_moment.h"

#include <stdio.h>
#include <string.h>

#include "service/codes_revoke.h"
#include "service/notice_settings.h"
#include "service/notices_list.h"
#include "service/organizations.h"
#include "service/outbox_content.h"
#include "service/people.h"
#include "service/renewing_moment.h"
#include "service/sensors.h"
#include "service/transaction.h"
#include "statements.h"
#include "support/check.h"
#include "support/moment.h"
#include "verbs.h"

#define FIRST "282C02410001"
#define SECOND "282C02410002"
#define THIRD "282C02410003"
#define DAY UTC_DAY

static enum status
renew_body(struct call *call, void *with)
{
    return renewing_moment_step(call, with);
}

static enum status
notice_body(struct call *call, void *with)
{
    return notices_moment_step(call, with);
}

/* What the ticker does at an instant. */
static void
tick(struct fixture *fixture, utc_seconds now)
{
    bool more = true;

    fixture->call.now = now;
    while (more)
        check_int(transact(&fixture->call, renew_body, &more), STATUS_OK);
    for (more = true; more;)
        check_int(transact(&fixture->call, notice_body, &more), STATUS_OK);
}

static int64_t
add_member(struct fixture *fixture, int64_t organization, const char *email)
{
    struct user user = { 0 };

    check_int(people_add(&fixture->call, &(struct user_request){ .email = email, .password_hash = "x" }, &user),
              STATUS_OK);
    check_int(member_insert(fixture->call.store, &fixture->arena,
                            &(struct member_insert_in){ organization, user.id, "manager", NOON }, NULL, NULL),
              STATUS_OK);
    return user.id;
}

static void
tick_members(struct fixture *fixture, int64_t organization, struct notice_recipient *items, size_t count)
{
    struct notice_recipients now;

    check_int(notice_recipients_put(&fixture->call, organization, &(struct notice_recipients){ items, count }, &now),
              STATUS_OK);
    check_int(now.count, count);
}

static int64_t
tick_member(struct fixture *fixture, int64_t organization, const char *email)
{
    struct notice_recipient one = { .user_id = add_member(fixture, organization, email) };

    tick_members(fixture, organization, &one, 1);
    return one.user_id;
}

static int64_t
mails(struct fixture *fixture)
{
    return fixture_count(fixture, "SELECT count(*) FROM outbox");
}

static struct notice_page
listed(struct fixture *fixture, int64_t organization, const char *serial)
{
    struct notice_query query = { .page = { .limit = 100 }, .serial = serial };
    struct notice_page page = { 0 };

    check_int(notices_list(&fixture->call, organization, &query, &page), STATUS_OK);
    return page;
}

/* The letter of the mail that holds a notice. */
static struct outbox_content
mail_of(struct fixture *fixture, int64_t organization, int64_t notice_id)
{
    struct outbox_content content = { 0 };
    struct outbox_get_out row = { 0 };
    char sql[128];
    bool found = false;

    snprintf(sql, sizeof sql, "SELECT outbox_id FROM notice WHERE id = %lld", (long long)notice_id);
    check_int(outbox_get(fixture->call.store, &fixture->arena,
                  &(struct outbox_get_in){ organization, fixture_count(fixture, sql) }, &row, &found,
                  &fixture->call.fault), STATUS_OK);
    if (found)
        check_int(outbox_content_open(&fixture->call, row.content.at, row.content.size, &content), STATUS_OK);
    return content;
}

static bool
says(const char *text, const char *words)
{
    return text && strstr(text, words);
}

/* Two notices a license, at the local hour, each once. */
static void
tells_twice(struct fixture *fixture)
{
    int64_t organization = make_organization_in(fixture, "Cold chain", "Europe/Warsaw");

    fixture->call.public_url = "https://tenure.example.com";
    make_key(fixture, organization, 1, "P1Y");
    add_sensor(fixture, organization, FIRST, "Fridge"); /* the last day is 24 Nov 2027 */
    tick_member(fixture, organization, "ada@example.com");
    tick(fixture, NOON);
    tick(fixture, at("2027-10-24T05:59:59Z"));
    check_int(mails(fixture), 0);
    tick(fixture, at("2027-10-24T06:00:00Z")); /* 08:00 in summer */
    tick(fixture, at("2027-10-24T20:00:00Z"));
    check_int(mails(fixture), 1);
    tick(fixture, at("2027-11-24T06:59:59Z"));
    check_int(mails(fixture), 1);
    tick(fixture, at("2027-11-24T07:00:00Z")); /* 08:00 in winter */
    tick(fixture, at("2027-11-24T07:00:01Z"));
    tick(fixture, at("2028-01-01T07:00:00Z"));
    check_int(mails(fixture), 2);

    struct notice_page page = listed(fixture, organization, NULL);
    check_int(page.count, 2);
    if (page.count != 2)
        return;
    check_text(page.items[0].kind, "expires_today");
    check_text(page.items[1].kind, "expires_in_one_month");
    check_text(shown_day(page.items[1].due_on), "2027-10-24");
    check_text(shown(page.items[1].queued_at), "2027-10-24T06:00:00Z");
    check_text(page.items[1].recipient, "ada@example.com");
    check_text(page.items[1].state, "waiting");
    check_int(page.items[1].serial_count, 1);
    check_text(page.items[1].serials[0], FIRST);

    struct outbox_content mail = mail_of(fixture, organization, page.items[1].id);
    check_text(mail.letter.subject, "Cold chain: 1 sensor stops within a month");
    check(says(mail.letter.text, "Fridge (" FIRST "): will stop on 24 November 2027"));
    check(says(mail.letter.text, "https://tenure.example.com/o/"));
    check(says(mail.letter.text, "Days are those of Europe/Warsaw."));
    check_text(mail.attachment.name, "licenses-2027-10-24.csv");
    check(says(mail.attachment.bytes, FIRST ",Fridge,2027-11-24,2027-11-24T23:00:00Z,stops,will stop on 24 November 2027\r\n"));
    check(says(mail.unsubscribe_url, "/notifications"));
    mail = mail_of(fixture, organization, page.items[0].id);
    check_text(mail.letter.subject, "Cold chain: 1 sensor stops today");
}

TEST(notices_are_given_a_month_before_and_on_the_last_day)
{
    with_each_store(tells_twice);
}

/* One mail lists all, those that stop first; who wants only those gets only those. */
static void
tells_each_what_he_wants(struct fixture *fixture)
{
    int64_t organization = make_organization(fixture, "Cold chain");
    struct sensor_change off = { .has_auto_renewal = true, .auto_renewal = false };
    struct notice_recipient both[2] = {
        { .user_id = add_member(fixture, organization, "ada@example.com") },
        { .user_id = add_member(fixture, organization, "bob@example.com"), .only_what_stops = true },
    };
    struct license license;
    struct sensor sensor;

    make_key(fixture, organization, 5, "P1Y");
    add_sensor(fixture, organization, FIRST, "First");
    add_sensor(fixture, organization, SECOND, "Second");
    add_sensor(fixture, organization, THIRD, "Third");
    check_int(license_assign(&fixture->call, organization, FIRST, NULL, &license), STATUS_OK);
    check_int(sensor_change(&fixture->call, organization, THIRD, &off, &sensor), STATUS_OK);
    tick_members(fixture, organization, both, 2);
    tick(fixture, at("2027-10-24T08:00:00Z"));
    check_int(mails(fixture), 2);

    struct notice_page page = listed(fixture, organization, NULL);
    check_int(page.count, 2);
    for (size_t i = 0; i < page.count; i++) {
        struct outbox_content mail = mail_of(fixture, organization, page.items[i].id);
        bool all = !strcmp(page.items[i].recipient, "ada@example.com");
        check_int(page.items[i].serial_count, all ? 3 : 1);
        check_int(says(mail.letter.text, "First (" FIRST "): continues with a queued license after 24"), all);
        check_int(says(mail.letter.text, "Second (" SECOND "): will be renewed from the pool after 24"), all);
        check(says(mail.letter.text, "Third (" THIRD "): will stop on 24 November 2027"));
        if (all)
            check(strstr(mail.letter.text, "Third") < strstr(mail.letter.text, "First"));
    }
    check_int(listed(fixture, organization, FIRST).count, 1);
    check_int(listed(fixture, organization, THIRD).count, 2);
}

TEST(notices_tell_each_recipient_what_he_wants_to_know)
{
    with_each_store(tells_each_what_he_wants);
}

/* Nobody was there for months: last days are told of in the past tense, a month before only
 * what still runs; a license made by catching up owes what is of today or later. */
static void
makes_up(struct fixture *fixture)
{
    int64_t organization = make_organization(fixture, "Cold chain");
    struct sensor_change off = { .has_auto_renewal = true, .auto_renewal = false };
    struct sensor sensor;

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
    check_int(organization_change(&fixture->call, organization, &longest, &(struct organization){ 0 }), STATUS_OK);
    add_sensor(fixture, organization, THIRD, "Runs");

    tick(fixture, at("2027-01-30T09:00:00Z"));
    check_int(mails(fixture), 1);
    struct notice_page page = listed(fixture, organization, NULL);
    struct outbox_content mail = mail_of(fixture, organization, page.items[0].id);
    check_text(mail.letter.subject, "Cold chain: 1 sensor has stopped, 1 sensor stops within a month");
    check(says(mail.letter.text, "stopped on 3 January 2027"));
    check(says(mail.letter.text, "was renewed from the pool"));
    /* 24 January was missed, and the license runs. */
    check(says(mail.letter.text, "Runs (" THIRD "): will stop on 24 February 2027"));
    /* Made by catching up, and ended by then: nothing. */
    check_int(listed(fixture, organization, SECOND).count, 1);
    check_int(listed(fixture, organization, FIRST).count, 1);
    check(!says(mail.letter.text, "will stop on 3"));
    tick(fixture, at("2027-01-31T09:00:00Z"));
    check_int(mails(fixture), 1);
}

TEST(notices_missed_while_nobody_was_there_are_made_up)
{
    with_each_store(makes_up);
}

/* Removed before its day: nothing. A member who goes is told nothing more. */
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

TEST(notices_leave_alone_removed_sensors_and_members)
{
    with_each_store(leaves_alone);
}

/* Days get other names: no day is lost, and nothing is told twice. */
static void
moves(struct fixture *fixture)
{
    int64_t organization = make_organization_in(fixture, "Cold chain", "Asia/Tokyo");
    struct organization_change west = { .time_zone = "America/New_York" }, early = { .notice_time = "05:00" };
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

TEST(notices_follow_the_time_zone_and_the_hour)
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
        notice_recipients_put(&fixture->call, organization, &(struct notice_recipients){ twice, 2 }, &out),
        STATUS_INVALID, "", "recipients");
    check_failed(fixture,
        notice_recipients_put(&fixture->call, organization, &(struct notice_recipients){ &stranger, 1 }, &out),
        STATUS_INVALID, "", "recipients");
    check_failed(fixture, notice_recipients_put(&fixture->call, 99, &(struct notice_recipients){ 0 }, &out),
                 STATUS_NOT_FOUND, "", "");
    twice[0].only_what_stops = true;
    tick_members(fixture, organization, twice, 1);
    tick_members(fixture, organization, twice, 1); /* nothing has changed: no entry */
    check_int(fixture_count(fixture, "SELECT count(*) FROM audit_entry WHERE action = 'notifications.change'"), 1);
    check_int(fixture_count(fixture, "SELECT count(*) FROM notice_recipient WHERE only_what_stops"), 1);
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
    check_failed(fixture, notices_list(&fixture->call, organization, &query, &page), STATUS_MALFORMED, "", "cursor");
    query = (struct notice_query){ .page = { .limit = 2 }, .serial = THIRD };
    check_failed(fixture, notices_list(&fixture->call, organization, &query, &page), STATUS_NOT_FOUND, "", "serial");
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
    struct sensor sensor;
    static int number;
    char serial[16];
    bool more = true;

    snprintf(serial, sizeof serial, "282C0242%04X", ++number);
    fixture->call.now += DAY;
    while (more) /* of the runs before */
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
        .prepare = one_more, .verb = tell, .with = &organization, .delta = 3,
        .rows = "SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM notice) + "
                "(SELECT count(*) FROM notice_item)",
    };

    tick_member(fixture, organization, "ada@example.com");
    check_torture(fixture, &torture);
}

TEST(whichever_store_call_fails_notices_are_queued_once)
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

TEST(notices_of_two_nodes_are_given_once)
{
    with_each_store(two_nodes);
}

/* The operator takes an order back: everybody who is ticked is told, in a dry run nobody. */
static void
tells_of_revocation(struct fixture *fixture)
{
    int64_t organization = make_organization_in(fixture, "Cold chain", "Europe/Warsaw");
    struct code_revocation_request request = { .reason = "not paid", .effective_at = NOON + DAY };
    struct code_revocation revocation;

    tick_member(fixture, organization, "ada@example.com");
    make_key(fixture, organization, 3, "P1Y");
    add_sensor(fixture, organization, FIRST, "First");
    int64_t code = fixture_count(fixture, "SELECT id FROM license_key");
    fixture->call.dry_run = true;
    check_int(code_revoke(&fixture->call, code, &request, &revocation), STATUS_OK);
    fixture->call.dry_run = false;
    check_int(mails(fixture), 0);
    check_int(code_revoke(&fixture->call, code, &request, &revocation), STATUS_OK);
    check_int(mails(fixture), 1);
    struct notice_page page = listed(fixture, organization, NULL);
    check_int(page.count, 1);
    check_text(page.items[0].kind, "code_revoked");
    struct outbox_content mail = mail_of(fixture, organization, page.items[0].id);
    check_text(mail.letter.subject, "Cold chain: licenses taken back");
    check(says(mail.letter.text, "The reason: not paid"));
    check(says(mail.letter.text, "1 running license ends on 25 November 2026 at 13:00"));
    check(says(mail.letter.text, "2 licenses left the pool."));
    /* Its end was named already: no notice of it. */
    tick(fixture, at("2026-11-25T12:00:00Z"));
    check_int(mails(fixture), 1);
}

TEST(notices_tell_of_an_order_that_was_taken_back)
{
    with_each_store(tells_of_revocation);
}
