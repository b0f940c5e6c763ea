#include "domain/term.h"
#include "support/check.h"
#include "support/moment.h"

static struct term
term_of(const char *text)
{
    struct term term = { 0, TERM_DAYS };

    check(term_parse(&term, text, strlen(text)));
    return term;
}

/* The table of the rules, then the borders. Starts are in UTC. */
static const struct {
    const char *row, *zone, *starts_at, *term, *last_day, *expires_at;
} ends[] = {
    { "plain", "Europe/Warsaw", "2026-11-24T13:05:00Z", "P2Y", "2028-11-24",
      "2028-11-24T23:00:00Z" },
    { "queued behind it", "Europe/Warsaw", "2028-11-24T23:00:00Z", "P2Y", "2030-11-24",
      "2030-11-24T23:00:00Z" },
    { "into a common year", "UTC", "2024-02-28T10:00:00Z", "P1Y", "2025-02-28",
      "2025-03-01T00:00:00Z" },
    { "on a leap day", "UTC", "2024-02-29T10:00:00Z", "P1Y", "2025-02-28", "2025-03-01T00:00:00Z" },
    { "30 January", "UTC", "2027-01-30T10:00:00Z", "P1M", "2027-02-28", "2027-03-01T00:00:00Z" },
    { "31 January, midnight", "UTC", "2027-01-31T00:00:00Z", "P1M", "2027-02-28",
      "2027-03-01T00:00:00Z" },
    { "28 January, midnight", "UTC", "2027-01-28T00:00:00Z", "P1M", "2027-02-27",
      "2027-02-28T00:00:00Z" },
    { "a day of 23 hours", "Europe/Warsaw", "2027-03-27T11:00:00Z", "P1D", "2027-03-28",
      "2027-03-28T22:00:00Z" },
    { "the year's last second", "America/New_York", "2027-01-01T04:59:59Z", "P1Y", "2027-12-31",
      "2028-01-01T05:00:00Z" },
    { "half hours", "Asia/Kolkata", "2026-06-15T02:30:00Z", "P30D", "2026-07-15",
      "2026-07-15T18:30:00Z" },

    { "first second of a day", "UTC", "2026-11-24T00:00:00Z", "P1D", "2026-11-24",
      "2026-11-25T00:00:00Z" },
    { "second second of a day", "UTC", "2026-11-24T00:00:01Z", "P1D", "2026-11-25",
      "2026-11-26T00:00:00Z" },
    { "last second of a day", "UTC", "2026-11-24T23:59:59Z", "P1D", "2026-11-25",
      "2026-11-26T00:00:00Z" },
    { "weeks", "UTC", "2026-11-24T00:00:00Z", "P2W", "2026-12-07", "2026-12-08T00:00:00Z" },
    { "a year's months", "UTC", "2026-11-24T00:00:00Z", "P18M", "2028-05-23",
      "2028-05-24T00:00:00Z" },
    { "from December", "UTC", "2026-12-31T00:00:00Z", "P2M", "2027-02-28", "2027-03-01T00:00:00Z" },
    { "to December", "UTC", "2026-10-31T00:00:00Z", "P2M", "2026-12-30", "2026-12-31T00:00:00Z" },
    { "leap day to leap day", "UTC", "2024-02-29T00:00:00Z", "P4Y", "2028-02-28",
      "2028-02-29T00:00:00Z" },
    { "a century without leap day", "UTC", "2096-02-29T00:00:00Z", "P4Y", "2100-02-28",
      "2100-03-01T00:00:00Z" },
    { "ends where midnight is skipped", "America/Sao_Paulo", "2018-11-02T12:00:00Z", "P1D",
      "2018-11-03", "2018-11-04T03:00:00Z" },
    { "starts where midnight is skipped", "America/Sao_Paulo", "2018-11-04T03:00:00Z", "P1D",
      "2018-11-04", "2018-11-05T02:00:00Z" },
    { "a second after that", "America/Sao_Paulo", "2018-11-04T03:00:01Z", "P1D", "2018-11-05",
      "2018-11-06T02:00:00Z" },
    { "ends where midnight comes twice", "America/Havana", "2026-10-31T04:00:00Z", "P1D",
      "2026-10-31", "2026-11-01T04:00:00Z" },
    { "starts at the second midnight", "America/Havana", "2026-11-01T05:00:00Z", "P1D",
      "2026-11-02", "2026-11-03T05:00:00Z" },
    { "before a skipped day", "Pacific/Apia", "2011-12-29T12:00:00Z", "P1D", "2011-12-31",
      "2011-12-31T10:00:00Z" },
    { "ends on a skipped day", "Pacific/Apia", "2011-12-29T10:00:00Z", "P1D", "2011-12-29",
      "2011-12-30T10:00:00Z" },
    { "summer time's half hour", "Australia/Lord_Howe", "2026-04-03T13:00:00Z", "P2D", "2026-04-05",
      "2026-04-05T13:30:00Z" },
};

TEST(term_ends_at_a_local_midnight)
{
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        const struct zone *zone = zone_of(ends[i].zone);
        utc_seconds end = term_end(term_of(ends[i].term), at(ends[i].starts_at), zone);

        check_row(ends[i].row);
        check_text(shown(end), ends[i].expires_at);
        check_text(shown_day(term_last_day(end, zone)), ends[i].last_day);
    }
}

TEST(term_has_one_form)
{
    static const struct {
        const char *text;
        int32_t count;
        enum term_unit unit;
    } rows[] = {
        { "P1D", 1, TERM_DAYS },       { "P30D", 30, TERM_DAYS },    { "P3652D", 3652, TERM_DAYS },
        { "P1W", 1, TERM_WEEKS },      { "P521W", 521, TERM_WEEKS }, { "P1M", 1, TERM_MONTHS },
        { "P120M", 120, TERM_MONTHS }, { "P1Y", 1, TERM_YEARS },     { "P10Y", 10, TERM_YEARS },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct term term = term_of(rows[i].text);

        check_row(rows[i].text);
        check_int(term.count, rows[i].count);
        check_int(term.unit, rows[i].unit);
    }
}

TEST(term_refuses_every_other_form)
{
    static const char *const rows[] = {
        "",      "P",     "PD",    "P0D",  "P-1D", "P+1D", "P01D", "P3653D",
        "P522W", "P121M", "P11Y",  "P1",   "1D",   "p1d",  "P1d",  "P1Y6M",
        "PT1H",  "P1.5Y", "P1,5Y", " P1D", "P1D ", "P1H",  "P 1D", "P99999999999999999999D",
        "D1P",
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct term term = { 7, TERM_WEEKS };

        check_row(rows[i]);
        check(!term_parse(&term, rows[i], strlen(rows[i])));
        check_int(term.count, 7);
    }
}

TEST(term_next_midnight_adds_nothing_at_midnight)
{
    static const struct {
        const char *starts_at, *expires_at;
    } rows[] = {
        { "2026-11-23T22:59:59Z", "2026-11-24T23:00:00Z" },
        { "2026-11-23T23:00:00Z", "2026-11-24T23:00:00Z" },
        { "2026-11-23T23:00:01Z", "2026-11-25T23:00:00Z" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check_text(shown(term_end(term_of("P1D"), at(rows[i].starts_at), zone_of("Europe/Warsaw"))),
                   rows[i].expires_at);
}

TEST(days_left_are_calendar_days)
{
    static const struct {
        const char *row, *zone, *expires_at, *now;
        int64_t want;
    } rows[] = {
        { "last day, first second", "Europe/Warsaw", "2028-11-24T23:00:00Z", "2028-11-23T23:00:00Z",
          0 },
        { "last day, last second", "Europe/Warsaw", "2028-11-24T23:00:00Z", "2028-11-24T22:59:59Z",
          0 },
        { "ended", "Europe/Warsaw", "2028-11-24T23:00:00Z", "2028-11-24T23:00:00Z", -1 },
        { "long ended", "Europe/Warsaw", "2028-11-24T23:00:00Z", "2038-11-24T23:00:00Z", -1 },
        { "a second before the last day", "Europe/Warsaw", "2028-11-24T23:00:00Z",
          "2028-11-23T22:59:59Z", 1 },
        { "a year", "UTC", "2027-11-25T00:00:00Z", "2026-11-24T10:00:00Z", 365 },
        { "over a change of clocks", "Europe/Warsaw", "2027-03-28T22:00:00Z",
          "2027-03-26T23:30:00Z", 1 },
        { "an end that is no midnight", "UTC", "2026-11-24T12:00:00Z", "2026-11-24T11:00:00Z", 0 },
        { "an end that is no midnight", "UTC", "2026-11-24T12:00:00Z", "2026-11-23T13:00:00Z", 1 },
        { "a skipped day counts", "Pacific/Apia", "2011-12-31T10:00:00Z", "2011-12-30T09:00:00Z",
          2 },
        { "clocks went back over midnight", "America/St_Johns", "2005-10-30T03:00:00Z",
          "2005-10-30T02:30:30Z", 0 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check_row(rows[i].row);
        check_int(days_left(at(rows[i].expires_at), at(rows[i].now), zone_of(rows[i].zone)),
                  rows[i].want);
    }
}
