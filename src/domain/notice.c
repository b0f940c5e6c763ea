#include "domain/notice.h"

#include <string.h>

#include "domain/term.h"

const char *const notice_kind_words[] = {
    [NOTICE_MONTH_BEFORE] = "expires_in_one_month",
    [NOTICE_LAST_DAY] = "expires_today",
};

_Static_assert(sizeof notice_kind_words / sizeof notice_kind_words[0] == NOTICE_KIND_COUNT,
               "every kind has its word");

const char *const notice_next_words[] = {
    [NOTICE_STOPS] = "stops",
    [NOTICE_POOL] = "pool",
    [NOTICE_QUEUE] = "queue",
};

_Static_assert(sizeof notice_next_words / sizeof notice_next_words[0] == NOTICE_NEXT_COUNT,
               "every end has its word");

day_number
notice_month_before(day_number last_day)
{
    struct civil_date date = civil_from_days(last_day);

    if (--date.month == 0) {
        date.month = 12;
        date.year--;
    }
    if (date.day > civil_month_length(date.year, date.month))
        date.day = civil_month_length(date.year, date.month);
    return civil_to_days(date);
}

day_number
notice_day(enum notice_kind kind, day_number last_day)
{
    return kind == NOTICE_LAST_DAY ? last_day : notice_month_before(last_day);
}

/* A month has 28 to 31 days, so the borders are found in a few steps. */
struct notice_days
notice_last_days(enum notice_kind kind, struct notice_days due)
{
    struct notice_days days = due;

    if (kind == NOTICE_LAST_DAY)
        return days;
    days.first += 28;
    days.last += 31;
    while (notice_month_before(days.first) < due.first)
        days.first++;
    while (notice_month_before(days.last) > due.last)
        days.last--;
    return days;
}

bool
notice_time_parse(int32_t *seconds, const char *text)
{
    if (strlen(text) != 5 || text[2] != ':')
        return false;
    for (size_t i = 0; i < 5; i++)
        if (i != 2 && (text[i] < '0' || text[i] > '9'))
            return false;
    int32_t hours = (text[0] - '0') * 10 + text[1] - '0';
    int32_t minutes = (text[3] - '0') * 10 + text[4] - '0';
    if (hours > 23 || minutes > 59)
        return false;
    *seconds = hours * 3600 + minutes * 60;
    return true;
}

utc_seconds
notice_due_at(day_number day, int32_t notice_time, const struct zone *zone)
{
    return zone_local_to_utc(zone, day, notice_time);
}

struct notice_days
notice_days_due(day_number through, utc_seconds now, int32_t notice_time, const struct zone *zone)
{
    day_number today = zone_local_day(zone, now);
    bool due = notice_due_at(today, notice_time, zone) <= now;

    /* A day after the last one means the same: no notice is due. */
    return (struct notice_days){
        .first = (through <= today ? through : today) + 1,
        .last = due ? today : today - 1,
    };
}

bool
notice_is_owed(enum notice_kind kind, const struct notice_license *license, utc_seconds now,
               const struct zone *zone)
{
    day_number day = notice_day(kind, term_last_day(license->expires_at, zone));

    if (kind == NOTICE_MONTH_BEFORE
        && (now >= license->expires_at || day <= zone_local_day(zone, license->starts_at)))
        return false;
    return day >= zone_local_day(zone, license->assigned_at);
}

enum notice_next
notice_next(const struct notice_facts *facts)
{
    if (facts->followed)
        return facts->followed_by_pool ? NOTICE_POOL : NOTICE_QUEUE;
    return !facts->ended && facts->auto_renewal && facts->pool_serves ? NOTICE_POOL : NOTICE_STOPS;
}

bool
notice_is_wanted(bool only_what_stops, enum notice_next next)
{
    return !only_what_stops || next == NOTICE_STOPS;
}

bool
notice_goes_before(const struct notice_rank *a, const struct notice_rank *b)
{
    if ((a->next == NOTICE_STOPS) != (b->next == NOTICE_STOPS))
        return a->next == NOTICE_STOPS;
    return a->expires_at != b->expires_at ? a->expires_at < b->expires_at : a->serial < b->serial;
}
