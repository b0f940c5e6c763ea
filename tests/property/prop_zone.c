#include <stdlib.h>
#include <time.h>

#include "base/zone.h"
#include "base/zone_rule.h"
#include "support/check.h"
#include "support/moment.h"
#include "support/random.h"
#include "zones.h"

enum { INSTANTS = 40 };

/* From 1970 to 2100: what the C library is asked about. */
static utc_seconds
some_instant(struct random *random)
{
    return (utc_seconds)(random_next(random) % (uint64_t)INT64_C(4102444800));
}

static void
check_as_the_library(const struct zone *zone, utc_seconds when)
{
    time_t instant = (time_t)when;
    struct tm local;

    localtime_r(&instant, &local);
    if (zone_offset(zone, when) != local.tm_gmtoff) {
        check_text(shown(when), "an instant with the offset of the C library");
        check_int(zone_offset(zone, when), local.tm_gmtoff);
    }
}

/* The second at which the offset changes, between two instants that differ. */
static utc_seconds
find_change(const struct zone *zone, utc_seconds low, utc_seconds high)
{
    int32_t before = zone_offset(zone, low);

    while (high - low > 1) {
        utc_seconds middle = low + (high - low) / 2;
        if (zone_offset(zone, middle) == before)
            low = middle;
        else
            high = middle;
    }
    return high;
}

static void
agrees_with_the_library(const struct zone *zone, struct random *random)
{
    char name[ZONE_NAME_SIZE + 1];
    utc_seconds last = 0;

    snprintf(name, sizeof name, ":%s", zone_name(zone));
    setenv("TZ", name, 1);
    tzset();
    for (int i = 0; i < INSTANTS; i++) {
        utc_seconds when = some_instant(random);
        check_as_the_library(zone, when);
        if (zone_offset(zone, when) != zone_offset(zone, last)) {
            utc_seconds change = last < when ? find_change(zone, last, when)
                                             : find_change(zone, when, last);
            check_as_the_library(zone, change - 1);
            check_as_the_library(zone, change);
        }
        last = when;
    }
}

TEST(zone_offset_is_that_of_the_c_library_in_all_zones)
{
    for_each_zone(agrees_with_the_library);
    unsetenv("TZ");
    tzset();
}

/* The first instant of a day: no second before it is in that day or a later
 * one, and the day is that one unless the zone has skipped it. */
static void
days_start_once(const struct zone *zone, struct random *random)
{
    for (int i = 0; i < INSTANTS; i++) {
        day_number day = zone_local_day(zone, some_instant(random));
        utc_seconds start = zone_day_start(zone, day);

        check(zone_local_day(zone, start) == day); /* it exists: `some_instant` is in it */
        check(zone_local_day(zone, start - 1) < day);
        for (int j = 0; j < 10; j++) {
            utc_seconds before = start - 1 - (utc_seconds)random_below(random, 40 * 3600);
            check(zone_local_day(zone, before) < day);
        }
        check(zone_day_start(zone, day + 1) > start);
        check(zone_day_start(zone, day + 1) - start <= 49 * 3600);
    }
}

TEST(zone_days_start_at_their_first_instant_in_all_zones)
{
    for_each_zone(days_start_once);
}

/* The local clock shows the time asked for, or has jumped over it. */
static void
local_times_are_found(const struct zone *zone, struct random *random)
{
    for (int i = 0; i < INSTANTS; i++) {
        day_number day = some_instant(random) / UTC_DAY;
        int32_t second = (int32_t)random_below(random, UTC_DAY);
        int64_t local = day * UTC_DAY + second;
        utc_seconds found = zone_local_to_utc(zone, day, second);

        check(found + zone_offset(zone, found) >= local);
        check(found - 1 + zone_offset(zone, found - 1) < local);
    }
}

TEST(zone_finds_every_local_time_in_all_zones)
{
    for_each_zone(local_times_are_found);
}

/* What holds by the footer's rule holds again 400 years later. */
static void
repeats_after_400_years(const struct zone *zone, struct random *random)
{
    for (int i = 0; i < INSTANTS; i++) {
        utc_seconds when = INT64_C(4102444800) + some_instant(random);
        check_int(zone_offset(zone, when), zone_offset(zone, when + 146097 * UTC_DAY));
    }
}

TEST(zone_rules_repeat_after_400_years_in_all_zones)
{
    for_each_zone(repeats_after_400_years);
}

static struct zone_date
some_date(struct random *random)
{
    static const int32_t turns[] = { 0, 1, 59, 60, 364, 365 }; /* where years are cut */
    struct zone_date date = { .form = (enum zone_date_form)random_below(random, 3) };

    date.month = 1 + (int32_t)random_below(random, 12);
    date.week = 1 + (int32_t)random_below(random, 5);
    date.day = date.form == ZONE_DATE_MONTH ? (int32_t)random_below(random, 7)
                                            : turns[random_below(random, 6)];
    if (date.form == ZONE_DATE_JULIAN && date.day == 0)
        date.day = 1;
    date.seconds = (int32_t)random_below(random, 2 * 167 * 3600) - 167 * 3600;
    return date;
}

static struct zone_rule
some_rule(struct random *random)
{
    return (struct zone_rule){
        .has_summer = true,
        .standard_offset = (int32_t)random_below(random, 2 * 167 * 3600) - 167 * 3600,
        .summer_offset = (int32_t)random_below(random, 2 * 167 * 3600) - 167 * 3600,
        .summer_start = some_date(random),
        .summer_end = some_date(random),
    };
}

/* Of any rule that the footer's text can say, far odder than the system's zones are. */
TEST(zone_rule_changes_the_offset_only_at_the_changes_it_names)
{
    struct random random = random_seeded();

    for (int i = 0; i < 20000; i++) {
        struct zone_rule rule = some_rule(&random);
        utc_seconds when = some_instant(&random);
        for (int j = 0; j < 6; j++) {
            utc_seconds next = zone_rule_next(&rule, when);
            size_t apart = (size_t)(next - when);
            check(next > when);
            check_int(zone_rule_offset(&rule, when + (utc_seconds)random_below(&random, apart)),
                      zone_rule_offset(&rule, when));
            check_int(zone_rule_offset(&rule, next - 1), zone_rule_offset(&rule, when));
            when = next;
        }
    }
}
