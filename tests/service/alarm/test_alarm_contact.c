/* When a sensor is lost: what it announced, what is usual, and what counts as a message. */
#include <inttypes.h>
#include <stdio.h>

#include "support/check.h"
#include "support/hearing.h"
#include "support/ledger_rows.h"
#include "support/verbs.h"

#define MINUTE INT64_C(60)
#define DAY    (24 * (int64_t)HOUR)
#define SLACK  (10 * MINUTE)
#define YEARS  (5 * 365 * DAY)

/* Not lost a second before, lost then, and since the due time. */
static void
check_lost_after(struct fixture *fixture, const struct server *server, utc_seconds heard_at,
                 int64_t interval)
{
    char sql[128];

    check_int(open_at(fixture, server, heard_at + interval + SLACK - 1), 0);
    check_int(open_at(fixture, server, heard_at + interval + SLACK), 1);
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM alert WHERE ended_at IS NULL AND started_at = %" PRId64,
             heard_at + interval);
    check_int(fixture_count(fixture, sql), 1);
}

/* next: the announcement, from the arrival on; sample: the time of the sample, the same way. */
static const struct announcement {
    const char *row;
    int64_t sample, next, interval;
    bool is_absent;
} announcements[] = {
    { "half an hour", 0, HOUR / 2, HOUR / 2, false },
    { "a minute", 0, MINUTE, MINUTE, false },
    { "less than a minute", 0, MINUTE - 1, HOUR, false },
    { "30 seconds", 0, 30, HOUR, false },
    { "seven days", 0, 7 * DAY, 7 * DAY, false },
    { "more than seven days", 0, 7 * DAY + 1, HOUR, false },
    { "eight days", 0, 8 * DAY, HOUR, false },
    { "far ahead", 0, YEARS, HOUR, false },
    { "at the sample", 0, 0, HOUR, false },
    { "a second ago", 0, -1, HOUR, false },
    { "years ago", 0, -YEARS, HOUR, false },
    { "absent", 0, 0, HOUR, true },
    { "a slow clock, right between the two", -600, HOUR / 2 - 600, HOUR / 2, false },
    { "a clock years ahead, right between the two", YEARS, YEARS + HOUR / 2, HOUR / 2, false },
    { "a clock half an hour behind", -HOUR / 2, 0, HOUR / 2, false },
    { "a clock years behind, right between the two", -YEARS, -YEARS + HOUR / 2, HOUR / 2, false },
    { "a clock at its beginning", 100 - FIXTURE_NOW, 100 - FIXTURE_NOW + HOUR / 2, HOUR / 2,
      false },
};

static void
follows_the_announcement(struct fixture *fixture)
{
    begin_hearing(fixture);
    watch(fixture, 71, "lost_connection", SLACK);
    struct server server = server_open(fixture);

    for (size_t i = 0; i < sizeof announcements / sizeof announcements[0]; i++) {
        const struct announcement *row = &announcements[i];
        utc_seconds now = fixture->call.now + 20 * DAY;
        const struct sample sample = { .channel = 1, .type = 1, .at = now + row->sample, .raw = 9 };
        char name[96];

        snprintf(name, sizeof name, "%s: %s", fixture->driver_name, row->row);
        check_row(name);
        fixture->call.now = now;
        fixture_script(fixture, "UPDATE alarm_expectation SET heard_at = 0, announced = 0");
        fixture_script(fixture, "UPDATE alarm_cache_owner SET node = 0");
        hear(fixture, &server,
             (struct delivery){ .samples = &sample,
                                .sample_count = 1,
                                .battery_ok = true,
                                .next_transmission_at = row->is_absent ? 0 : now + row->next });
        check_lost_after(fixture, &server, now, row->interval);
    }
    server_close(&server);
}

TEST(a_sensor_is_lost_after_the_interval_that_it_announced_or_an_hour)
{
    with_each_store(follows_the_announcement);
}

/* Each message announces the second before it. */
static void
survives_past_announcements(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    begin_hearing(fixture);
    watch(fixture, 71, "lost_connection", SLACK);
    struct server server = server_open(fixture);

    hear_announce(fixture, &server, -1);
    check_int(open_at(fixture, &server, now + SLACK), 0);
    hear_announce(fixture, &server, -1);
    check_lost_after(fixture, &server, now + SLACK, HOUR);
    fixture->call.now += DAY;
    hear_announce(fixture, &server, HOUR / 2); /* it is back, and goes silent again */
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert WHERE ended_at IS NULL"), 0);
    check_lost_after(fixture, &server, fixture->call.now, HOUR / 2);
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert"), 2);
    server_close(&server);
}

TEST(a_sensor_that_announces_the_past_is_lost_once_and_again_after_it_came_back)
{
    with_each_store(survives_past_announcements);
}

/* The longest of the last ten gaps, also after a restart. */
static void
follows_the_gaps(struct fixture *fixture)
{
    begin_hearing(fixture);
    watch(fixture, 71, "lost_connection", SLACK);
    struct server server = server_open(fixture);

    hear_announce(fixture, &server, 0);
    fixture->call.now += 5 * HOUR;
    hear_announce(fixture, &server, 0);
    for (int i = 0; i < 9; i++) {
        fixture->call.now += 2 * HOUR + i;
        hear_announce(fixture, &server, 0);
    }
    utc_seconds heard_at = fixture->call.now;
    server_close(&server);
    server = server_open(fixture);
    check_lost_after(fixture, &server, heard_at, 5 * HOUR);
    fixture->call.now = heard_at + 6 * HOUR; /* this gap is the longest now */
    hear_announce(fixture, &server, 0);
    server_close(&server);
    server = server_open(fixture);
    check_lost_after(fixture, &server, heard_at + 6 * HOUR, 6 * HOUR);
    fixture->call.now += 40 * DAY;
    hear_announce(fixture, &server, 0);
    check_lost_after(fixture, &server, fixture->call.now, 7 * DAY);
    server_close(&server);
}

TEST(a_sensor_that_announces_nothing_is_lost_after_the_longest_of_its_last_ten_gaps)
{
    with_each_store(follows_the_gaps);
}

/* Of another server, whose messages this one does not see. */
static void
counts_on_each_server(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    begin_hearing(fixture);
    watch(fixture, 71, "lost_connection", SLACK);
    struct server one = server_open(fixture), other = server_open(fixture);

    for (int i = 0; i < 6; i++) {
        fixture->call.now = now + i * 2 * HOUR;
        hear_announce(fixture, i % 2 ? &one : &other, 0);
    }
    now = fixture->call.now;
    check_int(open_at(fixture, &other, now + 2 * HOUR + SLACK - 1), 0);
    check_lost_after(fixture, &other, now, 2 * HOUR);
    check_int(open_at(fixture, &one, now + 9 * HOUR), 1);
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert"), 1);
    server_close(&one);
    server_close(&other);
}

TEST(a_sensor_is_heard_by_any_server)
{
    with_each_store(counts_on_each_server);
}

/* What counts as a message, and what does not. */
static void
counts_every_kind(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;
    const struct sample wrong = { .channel = 1, .type = 1, .at = now + YEARS, .raw = 9 };

    begin_hearing(fixture);
    watch(fixture, 71, "lost_connection", SLACK);
    struct server server = server_open(fixture);

    hear(fixture, &server, (struct delivery){ .kind = DELIVERY_CONFIG });
    check_lost_after(fixture, &server, now, HOUR);
    now = fixture->call.now += HOUR;
    hear(fixture, &server, (struct delivery){ .kind = DELIVERY_DEVICE_INFO });
    check_int(open_at(fixture, &server, now), 0);
    fixture->call.now = now += HOUR;
    hear_announce(fixture, &server, 3 * HOUR);
    fixture->call.now = now += HOUR;
    hear(fixture, &server, (struct delivery){ .kind = DELIVERY_CONFIG }); /* the interval holds */
    check_int(open_at(fixture, &server, now + 3 * HOUR + SLACK - 1), 0);
    now = fixture->call.now;
    hear(fixture, &server, (struct delivery){ .samples = &wrong, .sample_count = 1 });
    check_int(fixture_count(fixture, "SELECT count(*) FROM refusal"), 1);
    check_int(open_at(fixture, &server, now + HOUR), 0);
    fixture_script(fixture,
                   "UPDATE organization SET device_token_required = true, version = version + 1");
    hear_announce(fixture, &server, 2 * HOUR); /* without its token */
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert WHERE ended_at IS NULL"), 0);
    check_lost_after(fixture, &server, now, 3 * HOUR + SLACK - 1); /* the longest gap */
    server_close(&server);
}

TEST(a_message_of_any_kind_but_not_one_with_a_wrong_token_is_a_contact)
{
    with_each_store(counts_every_kind);
}

/* Rules with different slack, and one that changes. */
static void
each_rule_has_its_slack(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    begin_hearing(fixture);
    watch(fixture, 71, "lost_connection", SLACK);
    watch(fixture, 72, "lost_connection", 2 * HOUR);
    struct server server = server_open(fixture);

    hear_announce(fixture, &server, HOUR);
    check_lost_after(fixture, &server, now, HOUR);
    check_int(open_at(fixture, &server, now + 3 * HOUR - 1), 1);
    check_int(open_at(fixture, &server, now + 3 * HOUR), 2);
    hear_announce(fixture, &server, HOUR);
    check_int(open_at(fixture, &server, now + 3 * HOUR), 0);
    now = fixture->call.now;
    fixture_script(fixture, "UPDATE alarm_rule SET for_seconds = 300 WHERE id = 71; "
                            "UPDATE alarm_cache_owner SET node = 0; "
                            "UPDATE alarm_expectation SET look_at = 0");
    check_int(open_at(fixture, &server, now + HOUR + 299), 0);
    check_int(open_at(fixture, &server, now + HOUR + 300), 1);
    server_close(&server);
}

TEST(each_rule_on_a_connection_has_its_own_slack)
{
    with_each_store(each_rule_has_its_slack);
}

/* A gap in the license is no gap between two messages. */
static void
forgets_the_time_without_a_license(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    begin_hearing(fixture);
    watch(fixture, 71, "lost_connection", SLACK);
    struct server server = server_open(fixture);

    hear_announce(fixture, &server, 0);
    fixture_script(fixture, "UPDATE license SET expires_at = starts_at + 3700; "
                            "UPDATE organization SET version = version + 1; "
                            "UPDATE sensor SET version = (SELECT max(version) FROM organization)");
    check_int(open_at(fixture, &server, now + 30 * HOUR), 0);
    ledger_add_license(fixture, LEDGER_ORGANIZATION, HEARD_SERIAL, now + 30 * HOUR,
                       now + 9000 * (int64_t)HOUR);
    check_int(open_at(fixture, &server, now + 30 * HOUR), 0);
    fixture->call.now = now = now + 30 * HOUR + 60;
    hear_announce(fixture, &server, 0);
    check_lost_after(fixture, &server, now, HOUR);
    server_close(&server);
}

TEST(a_sensor_that_had_no_license_for_days_is_lost_after_an_hour_all_the_same)
{
    with_each_store(forgets_the_time_without_a_license);
}

/* At most a write a minute for a sensor. */
static void
writes_once_a_minute(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    begin_hearing(fixture);
    watch(fixture, 71, "lost_connection", SLACK);
    struct server server = server_open(fixture);

    hear_announce(fixture, &server, HOUR);
    fixture_script(fixture, "UPDATE alarm_expectation SET look_at = 5");
    for (fixture->call.now = now + 10; fixture->call.now < now + 60; fixture->call.now += 10)
        hear_announce(fixture, &server, HOUR);
    check_int(fixture_count(fixture, "SELECT look_at FROM alarm_expectation"), 5);
    hear_announce(fixture, &server, HOUR);
    check_int(fixture_count(fixture, "SELECT heard_at FROM alarm_expectation"), now + 60);
    fixture->call.now = now + 70; /* the messages themselves are exact */
    hear_announce(fixture, &server, HOUR);
    check_lost_after(fixture, &server, now + 70, HOUR);
    server_close(&server);
}

TEST(a_contact_is_written_once_a_minute_and_is_exact_all_the_same)
{
    with_each_store(writes_once_a_minute);
}
