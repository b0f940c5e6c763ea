#include "base/zone.h"

#include "base/zone_file.h"

/* Clamps days, so that nothing below overflows. */
#define DAY_MOST (INT64_MAX / UTC_DAY / 2)

const char *
zone_name(const struct zone *zone)
{
    return zone->name;
}

/* The number of transitions until `when`. */
static size_t
transitions_by(const struct zone *zone, utc_seconds when)
{
    size_t low = 0, high = zone->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (zone->transitions[middle].at <= when)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int32_t
zone_offset(const struct zone *zone, utc_seconds when)
{
    size_t come = transitions_by(zone, when);

    if (come == zone->count && zone->has_rule)
        return zone_rule_offset(&zone->rule, when);
    return come == 0 ? zone->first_offset : zone->transitions[come - 1].offset;
}

static utc_seconds
next_transition(const struct zone *zone, utc_seconds when)
{
    size_t come = transitions_by(zone, when);

    if (come < zone->count)
        return zone->transitions[come].at;
    return zone->has_rule ? zone_rule_next(&zone->rule, when) : UTC_NEVER;
}

day_number
zone_local_day(const struct zone *zone, utc_seconds when)
{
    int64_t second = when % UTC_DAY + zone_offset(zone, when); /* cannot overflow */
    day_number day = when / UTC_DAY + second / UTC_DAY;

    return second % UTC_DAY < 0 ? day - 1 : day;
}

/* The first instant whose local time is `local` seconds or more. */
static utc_seconds
first_instant(const struct zone *zone, int64_t local)
{
    utc_seconds from = local - zone->highest_offset; /* never later than the answer */

    for (;;) {
        utc_seconds reached = local - zone_offset(zone, from);
        if (reached <= from)
            return from; /* a transition skips it */
        utc_seconds next = next_transition(zone, from);
        if (reached < next)
            return reached;
        from = next;
    }
}

utc_seconds
zone_local_to_utc(const struct zone *zone, day_number day, int32_t seconds_of_day)
{
    day_number near = day > DAY_MOST ? DAY_MOST : day < -DAY_MOST ? -DAY_MOST : day;

    return first_instant(zone, near * UTC_DAY + seconds_of_day);
}

utc_seconds
zone_day_start(const struct zone *zone, day_number day)
{
    return zone_local_to_utc(zone, day, 0);
}
