#include <string.h>

#include "base/utc.h"
#include "support/check.h"

static const struct {
    const char *text;
    utc_seconds when;
} instants[] = {
    { "1970-01-01T00:00:00Z", 0 },
    { "1969-12-31T23:59:59Z", -1 },
    { "2000-02-29T12:00:00Z", 951825600 },
    { "2026-11-24T13:05:00Z", 1795525500 },
    { "2038-01-19T03:14:08Z", INT64_C(2147483648) },
    { "0001-01-01T00:00:00Z", INT64_C(-62135596800) },
    { "9999-12-31T23:59:59Z", INT64_C(253402300799) },
};

TEST(utc_reads_what_it_writes)
{
    for (size_t i = 0; i < sizeof instants / sizeof instants[0]; i++) {
        char text[UTC_TEXT_SIZE];
        utc_seconds when = 7;

        check_row(instants[i].text);
        utc_format(text, instants[i].when);
        check_text(text, instants[i].text);
        check(utc_parse(&when, instants[i].text, strlen(instants[i].text)));
        check_int(when, instants[i].when);
    }
}

TEST(utc_writes_the_nearest_year_it_can)
{
    char text[UTC_TEXT_SIZE];

    utc_format(text, UTC_NEVER);
    check_text(text, "9999-12-31T23:59:59Z");
    utc_format(text, INT64_MIN);
    check_text(text, "0001-01-01T00:00:00Z");
    date_format(text, INT64_MAX);
    check_text(text, "9999-12-31");
}

TEST(utc_reads_every_form_of_rfc_3339)
{
    static const struct {
        const char *text;
        utc_seconds want;
    } rows[] = {
        { "2026-11-24t13:05:00z", 1795525500 },
        { "2026-11-24T14:05:00+01:00", 1795525500 },
        { "2026-11-24T08:35:00-04:30", 1795525500 },
        { "2026-11-24T13:05:00-00:00", 1795525500 },
        { "2026-11-24T13:05:00.999999999Z", 1795525500 },
        { "2026-11-24T13:05:00.5+00:00", 1795525500 },
        { "2026-11-25T12:04:00+22:59", 1795525500 },
        { "2016-12-31T23:59:60Z", 1483228800 },
        { "2017-01-01T00:59:60+01:00", 1483228800 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        utc_seconds when = 7;

        check_row(rows[i].text);
        check(utc_parse(&when, rows[i].text, strlen(rows[i].text)));
        check_int(when, rows[i].want);
    }
}

TEST(utc_refuses_every_other_form)
{
    static const char *const rows[] = {
        "",
        "2026",
        "2026-11-24",
        "2026-11-24T13:05Z",
        "2026-11-24T13:05:00",
        "2026-11-24 13:05:00Z",
        "2026-11-24T13:05:00.Z",
        "2026-11-24T13:05:00.5",
        "2026-11-24T24:00:00Z",
        "2026-11-24T13:60:00Z",
        "2026-11-24T13:05:61Z",
        "2026-11-24T13:05:60Z",
        "2026-02-29T13:05:00Z",
        "2026-13-01T13:05:00Z",
        "2026-00-01T13:05:00Z",
        "2026-11-00T13:05:00Z",
        "2026-11-31T13:05:00Z",
        "0000-11-24T13:05:00Z",
        "2026-11-24T13:05:00+24:00",
        "2026-11-24T13:05:00+01:60",
        "2026-11-24T13:05:00+0100",
        "2026-11-24T13:05:00Zx",
        "2026-11-24T13:05:00Z ",
        " 2026-11-24T13:05:00Z",
        "+026-11-24T13:05:00Z",
        "2026/11/24T13:05:00Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "2026-11-24T13.05.00Z",
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        utc_seconds when = 7;

        check_row(rows[i]);
        check(!utc_parse(&when, rows[i], strlen(rows[i])));
        check_int(when, 7);
    }
}

TEST(utc_knows_the_calendar)
{
    static const struct {
        const char *text;
        day_number day;
    } rows[] = {
        { "1970-01-01", 0 },      { "1969-12-31", -1 },      { "1972-02-29", 789 },
        { "1972-03-01", 790 },    { "1999-12-31", 10956 },   { "2000-01-01", 10957 },
        { "2000-02-29", 11016 },  { "2100-02-28", 47540 },   { "2100-03-01", 47541 },
        { "1900-03-01", -25508 }, { "0001-01-01", -719162 }, { "9999-12-31", 2932896 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[DATE_TEXT_SIZE];
        day_number day = 7;

        check_row(rows[i].text);
        date_format(text, rows[i].day);
        check_text(text, rows[i].text);
        check(date_parse(&day, rows[i].text, strlen(rows[i].text)));
        check_int(day, rows[i].day);
    }
    check_row(NULL);
    check_int(civil_month_length(2000, 2), 29);
    check_int(civil_month_length(2100, 2), 28);
    check_int(civil_month_length(2027, 12), 31);
}

TEST(utc_refuses_dates_that_do_not_exist)
{
    static const char *const rows[] = {
        "",           "2026-02-29", "2100-02-29",  "2026-04-31",
        "2026-1-01",  "2026-01-1",  "2026-01-01 ", "20260101",
        "2026-01-0x", "0000-01-01", "-001-01-01",
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        day_number day;

        check_row(rows[i]);
        check(!date_parse(&day, rows[i], strlen(rows[i])));
    }
}

TEST(utc_clocks_go_forward)
{
    int64_t before = monotonic_nanoseconds();

    check(utc_now() > 1700000000);
    check(monotonic_nanoseconds() >= before);
}

TEST(utc_after_stops_at_never)
{
    check_int(utc_after(5, 7), 12);
    check_int(utc_after(INT64_MIN, INT64_MAX), -1);
    check_int(utc_after(UTC_NEVER - 1, 1), UTC_NEVER);
    check_int(utc_after(UTC_NEVER, 1), UTC_NEVER);
    check_int(utc_after(1, INT64_MAX), UTC_NEVER);
}
