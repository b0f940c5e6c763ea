#include <stdio.h>
#include <string.h>

#include "base/csv.h"
#include "service/code/codes_revoke.h"
#include "service/notice/notices_letter.h"
#include "service/sensor/sensors.h"
#include "support/check.h"
#include "support/moment.h"
#include "support/noticing.h"

#define FIRST  "282C02410001"
#define SECOND "282C02410002"
#define THIRD  "282C02410003"
#define DAY    UTC_DAY

/* Two notices for each license, at the local notice time, each once. */
static void
sends_both_notices(struct fixture *fixture)
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
    check_text(shown(page.items[1].delivery.queued_at), "2027-10-24T06:00:00Z");
    check_text(page.items[1].recipient, "ada@example.com");
    check_text(page.items[1].delivery.state, "waiting");
    check_int(page.items[1].serial_count, 1);
    check_text(page.items[1].serials[0], FIRST);

    struct outbox_content mail = mail_of(fixture, organization, page.items[1].id);
    check_text(mail.letter.subject, "Cold chain: 1 sensor stops within a month");
    check(says(mail.letter.text, "Fridge (" FIRST "): will stop on 24 November 2027"));
    check(says(mail.letter.text, "https://tenure.example.com/o/"));
    check(says(mail.letter.text, "Days are in the time zone Europe/Warsaw."));
    check_text(mail.attachment.name, "licenses-2027-10-24.csv");
    check(!memcmp(mail.attachment.bytes, CSV_MARK "serial,name,", 15));
    check(says(mail.attachment.bytes, FIRST
               ",Fridge,2027-11-24,2027-11-24T23:00:00Z,stops,will stop on 24 November 2027\r\n"));
    check(says(mail.unsubscribe_url, "/notifications"));
    mail = mail_of(fixture, organization, page.items[0].id);
    check_text(mail.letter.subject, "Cold chain: 1 sensor stops today");
}

TEST(notices_are_sent_a_month_before_and_on_the_last_day)
{
    with_each_store(sends_both_notices);
}

/* One mail lists all sensors, those that stop first; a recipient may choose only those. */
static void
sends_the_chosen_notices(struct fixture *fixture)
{
    int64_t organization = make_organization(fixture, "Cold chain");
    struct sensor_change off = { .has_auto_renewal = true, .auto_renewal = false };
    struct notice_recipient both[2] = {
        { .user_id = add_member(fixture, organization, "ada@example.com") },
        { .user_id = add_member(fixture, organization, "bob@example.com"),
          .only_what_stops = true },
    };
    struct license license;
    struct sensor_changed sensor;

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
        check_int(
            says(mail.letter.text, "First (" FIRST "): continues with a queued license after 24"),
            all);
        check_int(
            says(mail.letter.text, "Second (" SECOND "): will be renewed from the pool after 24"),
            all);
        check(says(mail.letter.text, "Third (" THIRD "): will stop on 24 November 2027"));
        if (all)
            check(strstr(mail.letter.text, "Third") < strstr(mail.letter.text, "First"));
    }
    check_int(listed(fixture, organization, FIRST).count, 1);
    check_int(listed(fixture, organization, THIRD).count, 2);
}

TEST(each_recipient_gets_the_notices_they_chose)
{
    with_each_store(sends_the_chosen_notices);
}

/* The operator revokes a code: each recipient gets a mail, but none in a dry run. */
static void
mails_about_a_revocation(struct fixture *fixture)
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
    check_text(mail.letter.subject, "Cold chain: licenses revoked");
    check(says(mail.letter.text, "Reason: not paid"));
    check(says(mail.letter.text, "1 running license ends on 25 November 2026 at 13:00"));
    check(says(mail.letter.text, "2 licenses were withdrawn from the pool."));
    /* The mail named its end already: no notice. */
    tick(fixture, at("2026-11-25T12:00:00Z"));
    check_int(mails(fixture), 1);
}

TEST(recipients_get_a_mail_when_a_code_is_revoked)
{
    with_each_store(mails_about_a_revocation);
}

/* The mail names some sensors; the file has all. */
static void
lists_some(struct fixture *fixture)
{
    enum { SENSORS = NOTICES_LISTED + 7 };
    int64_t organization = make_organization(fixture, "Cold chain");
    char serial[16];
    int lines = 0;

    tick_member(fixture, organization, "ada@example.com");
    make_key(fixture, organization, SENSORS, "P10D");
    for (int i = 0; i < SENSORS; i++) {
        snprintf(serial, sizeof serial, "282C0245%04X", i);
        add_sensor(fixture, organization, serial, i % 2 ? "=Shelf, \"A\"" : "");
    }
    tick(fixture, at("2026-12-04T09:00:00Z"));
    struct notice_page page = listed(fixture, organization, NULL);
    check_int(page.count, 1);
    check_int(page.items[0].serial_count, SENSORS);
    struct outbox_content mail = mail_of(fixture, organization, page.items[0].id);
    check_text(mail.letter.subject, "Cold chain: 207 sensors stop today");
    check(says(mail.letter.text, "And 7 more: the attached file has the complete list."));
    check(!says(mail.letter.text, serial));
    check(says(mail.attachment.bytes, serial));
    check(says(mail.attachment.bytes, ",\"'=Shelf, \"\"A\"\"\","));
    for (const char *at = mail.attachment.bytes; (at = strstr(at, "\r\n")); at++)
        lines++;
    check_int(lines, SENSORS + 1);
}

TEST(notices_of_many_sensors_name_some_and_attach_all)
{
    with_each_store(lists_some);
}
