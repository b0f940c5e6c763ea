#include "domain/notice.h"

#include "domain/term.h"
#include "support/check.h"
#include "support/moment.h"

static const struct {
    const char *last_day, *month_before;
} months[] = {
    { "2026-12-24", "2026-11-24" }, { "2027-01-01", "2026-12-01" }, { "2027-01-31", "2026-12-31" },
    { "2027-03-31", "2027-02-28" }, { "2027-03-30", "2027-02-28" }, { "2027-03-29", "2027-02-28" },
    { "2027-03-28", "2027-02-28" }, { "2027-03-27", "2027-02-27" }, { "2028-03-31", "2028-02-29" },
    { "2028-03-29", "2028-02-29" }, { "2028-03-28", "2028-02-28" }, { "2028-02-29", "2028-01-29" },
    { "2027-02-28", "2027-01-28" }, { "2027-03-01", "2027-02-01" }, { "2027-05-31", "2027-04-30" },
    { "2027-05-30", "2027-04-30" }, { "2027-08-31", "2027-07-31" }, { "2100-03-29", "2100-02-28" },
};

TEST(notice_is_due_a_calendar_month_before_the_last_day)
{
    for (size_t i = 0; i < sizeof months / sizeof months[0]; i++) {
        check_row(months[i].last_day);
        check_text(shown_day(notice_month_before(on(months[i].last_day))), months[i].month_before);
    }
}

/* The last days that have a notice on a day or on several days. */
static const struct {
    const char *first_due, *last_due, *first, *last; /* first NULL: none */
} days_of_notice[] = {
    { "2026-11-24", "2026-11-24", "2026-12-24", "2026-12-24" },
    { "2027-02-28", "2027-02-28", "2027-03-28", "2027-03-31" },
    { "2028-02-28", "2028-02-28", "2028-03-28", "2028-03-28" },
    { "2028-02-29", "2028-02-29", "2028-03-29", "2028-03-31" },
    { "2027-01-28", "2027-01-28", "2027-02-28", "2027-02-28" },
    { "2027-01-29", "2027-01-29", NULL, NULL },
    { "2027-01-31", "2027-01-31", NULL, NULL },
    { "2028-01-29", "2028-01-29", "2028-02-29", "2028-02-29" },
    { "2027-02-01", "2027-02-01", "2027-03-01", "2027-03-01" },
    { "2027-04-30", "2027-04-30", "2027-05-30", "2027-05-31" },
    { "2027-01-29", "2027-02-01", "2027-03-01", "2027-03-01" },
    { "2027-01-28", "2027-02-28", "2027-02-28", "2027-03-31" },
    { "2026-12-31", "2026-12-31", "2027-01-31", "2027-01-31" },
};

TEST(notice_day_has_the_last_days_of_the_table)
{
    for (size_t i = 0; i < sizeof days_of_notice / sizeof days_of_notice[0]; i++) {
        struct notice_days due = { on(days_of_notice[i].first_due),
                                   on(days_of_notice[i].last_due) };
        struct notice_days days = notice_last_days(NOTICE_MONTH_BEFORE, due);

        check_row(days_of_notice[i].first_due);
        check_int(days.last >= days.first, days_of_notice[i].first != NULL);
        if (days_of_notice[i].first) {
            check_text(shown_day(days.first), days_of_notice[i].first);
            check_text(shown_day(days.last), days_of_notice[i].last);
        }
        days = notice_last_days(NOTICE_LAST_DAY, due);
        check_int(days.first, due.first);
        check_int(days.last, due.last);
    }
}

static const struct {
    const char *row, *text;
    int32_t seconds; /* -1: invalid */
} times[] = {
    { "the default", "08:00", 28800 },
    { "midnight", "00:00", 0 },
    { "the last minute", "23:59", 86340 },
    { "hour 24", "24:00", -1 },
    { "minute 60", "08:60", -1 },
    { "one digit", "8:00", -1 },
    { "a letter", "0a:00", -1 },
    { "no colon", "08.00", -1 },
    { "too long", "08:00:00", -1 },
    { "nothing", "", -1 },
    { "a sign", "-8:00", -1 },
};

TEST(notice_time_has_an_hour_and_a_minute)
{
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        int32_t seconds = -1;

        check_row(times[i].row);
        check_int(notice_time_parse(&seconds, times[i].text), times[i].seconds >= 0);
        check_int(seconds, times[i].seconds);
    }
}

static const struct {
    const char *row, *zone, *day;
    int32_t hour, minute;
    const char *due_at;
} instants[] = {
    { "winter", "Europe/Warsaw", "2026-12-24", 8, 0, "2026-12-24T07:00:00Z" },
    { "summer", "Europe/Warsaw", "2027-06-24", 8, 0, "2027-06-24T06:00:00Z" },
    { "the day clocks go forward", "Europe/Warsaw", "2027-03-28", 8, 0, "2027-03-28T06:00:00Z" },
    { "the day clocks go back", "Europe/Warsaw", "2026-10-25", 8, 0, "2026-10-25T07:00:00Z" },
    { "an hour that is skipped", "Europe/Warsaw", "2027-03-28", 2, 30, "2027-03-28T01:00:00Z" },
    { "an hour that comes twice", "Europe/Warsaw", "2026-10-25", 2, 30, "2026-10-25T00:30:00Z" },
    { "midnight is skipped", "America/Sao_Paulo", "2018-11-04", 0, 0, "2018-11-04T03:00:00Z" },
    { "half hours", "Asia/Kolkata", "2026-12-24", 8, 0, "2026-12-24T02:30:00Z" },
    { "behind UTC", "America/New_York", "2026-12-24", 23, 59, "2026-12-25T04:59:00Z" },
};

TEST(notice_is_due_at_the_local_hour)
{
    for (size_t i = 0; i < sizeof instants / sizeof instants[0]; i++) {
        int32_t time = instants[i].hour * 3600 + instants[i].minute * 60;

        check_row(instants[i].row);
        check_text(shown(notice_due_at(on(instants[i].day), time, zone_of(instants[i].zone))),
                   instants[i].due_at);
    }
}

static const struct {
    const char *row, *through, *now, *first, *last; /* first NULL: none */
} due[] = {
    { "a second before its hour", "2026-12-23", "2026-12-24T06:59:59Z", NULL, NULL },
    { "at its hour", "2026-12-23", "2026-12-24T07:00:00Z", "2026-12-24", "2026-12-24" },
    { "done already", "2026-12-24", "2026-12-24T07:00:00Z", NULL, NULL },
    { "three days without a server, before the hour", "2026-12-21", "2026-12-24T06:00:00Z",
      "2026-12-22", "2026-12-23" },
    { "three days without a server, after the hour", "2026-12-21", "2026-12-24T12:00:00Z",
      "2026-12-22", "2026-12-24" },
    { "a clock that moved west", "2026-12-25", "2026-12-24T12:00:00Z", NULL, NULL },
    { "the last second of the day", "2026-12-23", "2026-12-24T22:59:59Z", "2026-12-24",
      "2026-12-24" },
};

TEST(missed_notice_days_are_due)
{
    for (size_t i = 0; i < sizeof due / sizeof due[0]; i++) {
        struct notice_days days =
            notice_days_due(on(due[i].through), at(due[i].now), 28800, zone_of("Europe/Warsaw"));

        check_row(due[i].row);
        check_int(days.last >= days.first, due[i].first != NULL);
        if (due[i].first) {
            check_text(shown_day(days.first), due[i].first);
            check_text(shown_day(days.last), due[i].last);
        }
    }
}

/* Assigned at its start if `assigned` is NULL. */
static const struct {
    const char *row, *starts, *term, *assigned, *now;
    bool month_before, last_day;
} owed[] = {
    { "two years", "2026-11-24T14:05:00Z", "P2Y", NULL, "2028-10-24T08:00:00Z", true, true },
    { "a month", "2027-01-15T10:00:00Z", "P1M", NULL, "2027-01-15T10:00:00Z", false, true },
    { "a month from 30 January", "2027-01-30T10:00:00Z", "P1M", NULL, "2027-01-30T10:00:00Z", false,
      true },
    { "a month from a midnight", "2027-01-31T00:00:00Z", "P1M", NULL, "2027-01-31T08:00:00Z", false,
      true },
    { "a month over a leap day", "2028-02-29T10:00:00Z", "P1M", NULL, "2028-02-29T10:00:00Z", false,
      true },
    { "a month from 28 February", "2027-02-28T10:00:00Z", "P1M", NULL, "2027-02-28T10:00:00Z",
      false, true },
    { "31 days from 15 January: the day it starts", "2027-01-15T10:00:00Z", "P31D", NULL,
      "2027-01-15T12:00:00Z", false, true },
    { "32 days: the day after", "2027-01-15T10:00:00Z", "P32D", NULL, "2027-01-16T08:00:00Z", true,
      true },
    { "a day", "2027-01-15T10:00:00Z", "P1D", NULL, "2027-01-16T08:00:00Z", false, true },
    { "a day that is today", "2027-01-15T00:00:00Z", "P1D", NULL, "2027-01-15T08:00:00Z", false,
      true },
    { "a month before, sent late while it runs", "2026-01-01T00:00:00Z", "P1Y", NULL,
      "2026-12-31T23:59:59Z", true, true },
    { "a month before, after it has ended", "2026-01-01T00:00:00Z", "P1Y", NULL,
      "2027-01-01T00:00:00Z", false, true },
    { "caught up after both days", "2026-01-01T00:00:00Z", "P3M", "2026-04-01T05:00:00Z",
      "2026-04-01T08:00:00Z", false, false },
    { "caught up on its last day", "2026-01-01T00:00:00Z", "P3M", "2026-03-31T05:00:00Z",
      "2026-03-31T08:00:00Z", false, true },
    { "caught up on the day a month before", "2026-01-01T00:00:00Z", "P3M", "2026-02-28T23:00:00Z",
      "2026-03-01T08:00:00Z", true, true },
    { "caught up the day after that", "2026-01-01T00:00:00Z", "P3M", "2026-03-01T00:00:00Z",
      "2026-03-01T08:00:00Z", false, true },
    { "queued long before", "2027-01-01T00:00:00Z", "P1Y", "2025-05-05T05:05:05Z",
      "2027-12-01T08:00:00Z", true, true },
};

TEST(notice_is_owed_by_the_licenses_of_the_table)
{
    const struct zone *zone = zone_of("UTC");

    for (size_t i = 0; i < sizeof owed / sizeof owed[0]; i++) {
        struct notice_license license = { .starts_at = at(owed[i].starts) };
        struct term term = { 0, TERM_DAYS };

        check_row(owed[i].row);
        check(term_parse(&term, owed[i].term, strlen(owed[i].term)));
        license.expires_at = term_end(term, license.starts_at, zone);
        license.assigned_at = owed[i].assigned ? at(owed[i].assigned) : license.starts_at;
        check_int(notice_is_owed(NOTICE_MONTH_BEFORE, &license, at(owed[i].now), zone),
                  owed[i].month_before);
        check_int(notice_is_owed(NOTICE_LAST_DAY, &license, at(owed[i].now), zone),
                  owed[i].last_day);
    }
}

static const struct {
    const char *row;
    struct notice_facts facts;
    enum notice_next next;
} nexts[] = {
    { "a license waits",
      { .followed = true, .auto_renewal = true, .pool_serves = true },
      NOTICE_QUEUE },
    { "the pool serves", { .auto_renewal = true, .pool_serves = true }, NOTICE_POOL },
    { "the pool is short", { .auto_renewal = true }, NOTICE_STOPS },
    { "auto renewal is off", { .pool_serves = true }, NOTICE_STOPS },
    { "has ended, was renewed",
      { .followed = true, .followed_by_pool = true, .ended = true },
      NOTICE_POOL },
    { "has ended, went on with its queue", { .followed = true, .ended = true }, NOTICE_QUEUE },
    { "has ended", { .ended = true, .auto_renewal = true, .pool_serves = true }, NOTICE_STOPS },
};

TEST(notice_next_follows_from_the_facts)
{
    for (size_t i = 0; i < sizeof nexts / sizeof nexts[0]; i++) {
        check_row(nexts[i].row);
        check_text(notice_next_words[notice_next(&nexts[i].facts)],
                   notice_next_words[nexts[i].next]);
    }
    check_row(NULL);
    check(notice_is_wanted(false, NOTICE_QUEUE) && notice_is_wanted(false, NOTICE_STOPS));
    check(notice_is_wanted(true, NOTICE_STOPS));
    check(!notice_is_wanted(true, NOTICE_POOL) && !notice_is_wanted(true, NOTICE_QUEUE));
    check_text(notice_kind_words[NOTICE_MONTH_BEFORE], "expires_in_one_month");
    check_text(notice_kind_words[NOTICE_LAST_DAY], "expires_today");
}

TEST(notice_order_puts_stopping_sensors_first)
{
    static const struct notice_rank in_order[] = {
        { NOTICE_STOPS, 100, 7 }, { NOTICE_STOPS, 100, 8 }, { NOTICE_STOPS, 200, 1 },
        { NOTICE_QUEUE, 50, 3 },  { NOTICE_POOL, 60, 2 },   { NOTICE_QUEUE, 60, 4 },
    };

    for (size_t i = 0; i < sizeof in_order / sizeof in_order[0]; i++)
        for (size_t k = 0; k < sizeof in_order / sizeof in_order[0]; k++)
            check_int(notice_goes_before(&in_order[i], &in_order[k]), i < k);
}
