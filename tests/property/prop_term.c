#include <stdio.h>

#include "domain/term.h"

#include "support/check.h"
#include "support/moment.h"
#include "support/random.h"
#include "zones.h"

enum { TERMS = 40 };

static struct term
some_term(struct random *random)
{
    static const size_t most[] = { 3652, 521, 120, 10 };
    enum term_unit unit = (enum term_unit)random_below(random, TERM_UNIT_COUNT);

    /* mostly short ones: their borders are met more often */
    size_t limit = random_below(random, 2) ? most[unit] : 12;
    if (limit > most[unit])
        limit = most[unit];
    return (struct term){ (int32_t)(1 + random_below(random, limit)), unit };
}

static utc_seconds
some_start(const struct zone *zone, struct random *random)
{
    utc_seconds when = (utc_seconds)(random_next(random) % (uint64_t)INT64_C(4102444800));

    switch (random_below(random, 4)) {
    case 0:
        return zone_day_start(zone, zone_local_day(zone, when));
    case 1:
        return zone_day_start(zone, zone_local_day(zone, when)) - 1;
    case 2:
        return zone_day_start(zone, zone_local_day(zone, when)) + 1;
    default:
        return when;
    }
}

/* What a person counts on a calendar, month by month: 31 January and a month is
 * the last of February. A term that gives less than that runs short. */
static day_number
counted_on_a_calendar(struct term term, day_number day)
{
    if (term.unit == TERM_DAYS || term.unit == TERM_WEEKS)
        return day + (term.unit == TERM_DAYS ? 1 : 7) * term.count;

    struct civil_date date = civil_from_days(day);
    int32_t months = (term.unit == TERM_YEARS ? 12 : 1) * term.count;
    while (months-- > 0)
        if (++date.month > 12) {
            date.month = 1;
            date.year++;
        }
    if (date.day > civil_month_length(date.year, date.month))
        date.day = civil_month_length(date.year, date.month);
    return civil_to_days(date);
}

static int64_t
local_second(const struct zone *zone, utc_seconds when)
{
    return when + zone_offset(zone, when);
}

static void
no_term_runs_short(const struct zone *zone, struct random *random)
{
    for (int i = 0; i < TERMS; i++) {
        struct term term = some_term(random);
        utc_seconds start = some_start(zone, random), end = term_end(term, start, zone);
        day_number day = zone_local_day(zone, start);
        /* A start with a day is at its midnight, even if clocks skip it. */
        bool with_the_day = start == zone_day_start(zone, day);
        int64_t second = with_the_day ? 0 : local_second(zone, start) - day * UTC_DAY;
        day_number counted = counted_on_a_calendar(term, day);

        check(local_second(zone, end) >= counted * UTC_DAY + second);
        /* At most the rest of the first day more: one day by days and weeks;
         * by months up to four (28 February, P1M: 1 March to 1 April). A day more
         * where the zone skips one. */
        int64_t most = term.unit == TERM_DAYS || term.unit == TERM_WEEKS ? 1 : 4;
        check(zone_local_day(zone, end) - counted <= most + 1);
        check(end > start);
    }
}

TEST(term_never_runs_short_in_all_zones)
{
    for_each_zone(no_term_runs_short);
}

static void
ends_are_first_instants(const struct zone *zone, struct random *random)
{
    static const struct term one_day = { 1, TERM_DAYS };

    for (int i = 0; i < TERMS; i++) {
        utc_seconds start = some_start(zone, random);
        utc_seconds end = term_end(some_term(random), start, zone);
        day_number last = zone_local_day(zone, end);

        check_int(zone_day_start(zone, last), end);
        /* A license that starts with a day adds no midnight. */
        check_int(term_end(one_day, end, zone), zone_day_start(zone, last + 1));
        check(zone_local_day(zone, end) > term_last_day(end, zone));
    }
}

TEST(term_ends_at_first_instants_of_local_days_in_all_zones)
{
    for_each_zone(ends_are_first_instants);
}

static void
chains_keep_their_day(const struct zone *zone, struct random *random)
{
    day_number first = on("2026-01-01") + (day_number)random_below(random, 20000);
    struct civil_date date = civil_from_days(first);

    if (date.day > 28)
        return; /* not a day of every month */
    utc_seconds end = zone_day_start(zone, first);
    for (int link = 0; link < 10; link++) {
        enum term_unit unit = random_below(random, 2) ? TERM_MONTHS : TERM_YEARS;
        end = term_end((struct term){ (int32_t)(1 + random_below(random, 10)), unit }, end, zone);
        check_int(civil_from_days(zone_local_day(zone, end)).day, date.day);
    }
}

TEST(term_chains_keep_their_day_of_the_month_in_all_zones)
{
    for_each_zone(chains_keep_their_day);
}

static void
days_left_count_down(const struct zone *zone, struct random *random)
{
    for (int i = 0; i < TERMS; i++) {
        utc_seconds start = some_start(zone, random);
        utc_seconds end = term_end(some_term(random), start, zone);
        int64_t left = days_left(end, start, zone);

        check_int(zone_local_day(zone, start) + left, term_last_day(end, zone));
        check_int(days_left(end, end - 1, zone), 0);
        check_int(days_left(end, end, zone), -1);
        check_int(days_left(end, end + (utc_seconds)random_below(random, 1u << 30), zone), -1);
    }
}

TEST(term_days_left_count_down_to_the_last_day_in_all_zones)
{
    for_each_zone(days_left_count_down);
}

TEST(term_parse_reads_every_term)
{
    static const int32_t most[] = { 3652, 521, 120, 10 };

    for (int unit = 0; unit < TERM_UNIT_COUNT; unit++)
        for (int32_t count = 1; count <= most[unit]; count++) {
            struct term before = { count, (enum term_unit)unit }, after = { 0, TERM_DAYS };
            char text[16];

            snprintf(text, sizeof text, "P%d%c", (int)count, "DWMY"[unit]);
            check(term_parse(&after, text, strlen(text)));
            check_int(after.count, before.count);
            check_int(after.unit, before.unit);
        }
}
