#include "domain/notice.h"

#include "domain/term.h"
#include "support/check.h"
#include "support/moment.h"
#include "support/random.h"
#include "zones.h"

/* Day by day over 40 years: each last day has a notice on exactly one day before it. */
TEST(notice_of_each_last_day_falls_on_one_day)
{
    day_number told = notice_last_days(NOTICE_MONTH_BEFORE,
                                       (struct notice_days){ on("2020-01-01"), on("2020-01-01") })
                          .first
                      - 1;

    for (day_number day = on("2020-01-01"); day < on("2060-01-01"); day++) {
        struct notice_days days =
            notice_last_days(NOTICE_MONTH_BEFORE, (struct notice_days){ day, day });

        check_int(days.first, told + 1);
        for (day_number last = days.first; last <= days.last; last++)
            check_int(notice_month_before(last), day);
        if (days.last >= days.first)
            told = days.last;
        check(told >= day + 28 - 3 && told <= day + 31);
        if (check_failures())
            return;
    }
}

TEST(notice_days_of_a_run_are_those_of_its_days)
{
    struct random random = random_seeded();

    for (int i = 0; i < 2000; i++) {
        struct notice_days due;
        due.first = on("2024-01-01") + (day_number)random_below(&random, 3000);
        due.last = due.first + (day_number)random_below(&random, 40);
        struct notice_days run = notice_last_days(NOTICE_MONTH_BEFORE, due);
        for (day_number last = due.first + 20; last < due.last + 40; last++) {
            day_number day = notice_month_before(last);
            check_int(last >= run.first && last <= run.last, day >= due.first && day <= due.last);
        }
    }
}

/* A server that looks at any instants, however far apart, does each day once. */
static void
each_day_is_done_once(const struct zone *zone, struct random *random)
{
    utc_seconds now = at("2026-01-01T00:00:00Z") + (utc_seconds)random_below(random, 1u << 28);
    int32_t time = (int32_t)random_below(random, 1440) * 60;
    day_number through = zone_local_day(zone, now) - 1;

    for (int i = 0; i < 60; i++) {
        struct notice_days days = notice_days_due(through, now, time, zone);
        check_int(days.first, through + 1);
        if (days.last > through) {
            check(notice_due_at(days.last, time, zone) <= now);
            through = days.last;
        }
        check(notice_due_at(through + 1, time, zone) > now);
        now += (utc_seconds)random_below(random, random_below(random, 2) ? 7200 : 400000);
    }
}

TEST(notice_days_are_done_once_in_all_zones)
{
    for_each_zone(each_day_is_done_once);
}

/* Never for a month or less, whatever the zone and the instant. */
static void
short_terms_owe_one(const struct zone *zone, struct random *random)
{
    for (int i = 0; i < 40; i++) {
        utc_seconds start = (utc_seconds)(random_next(random) % (uint64_t)INT64_C(4102444800));
        struct term term = { 1, TERM_MONTHS };
        if (random_below(random, 2))
            term = (struct term){ (int32_t)(1 + random_below(random, 28)), TERM_DAYS };
        struct notice_license license = { start, term_end(term, start, zone), start };
        check(!notice_is_owed(NOTICE_MONTH_BEFORE, &license, start, zone));
        check(notice_is_owed(NOTICE_LAST_DAY, &license, start, zone));
    }
}

TEST(notice_a_month_before_is_not_owed_by_a_month_in_all_zones)
{
    for_each_zone(short_terms_owe_one);
}
