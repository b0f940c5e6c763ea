#include "domain/term.h"

#include "base/text.h"

/* Ten years at most. In days: the fewest that ten years of our time have. */
static const struct {
    char letter;
    int32_t most;
} units[] = {
    [TERM_DAYS] = { 'D', 3652 },
    [TERM_WEEKS] = { 'W', 521 },
    [TERM_MONTHS] = { 'M', 120 },
    [TERM_YEARS] = { 'Y', 10 },
};
_Static_assert(sizeof units / sizeof units[0] == TERM_UNIT_COUNT, "a unit has no letter");

bool
term_parse(struct term *out, const char *text, size_t length)
{
    if (length < 3 || text[0] != 'P')
        return false;
    for (int unit = 0; unit < TERM_UNIT_COUNT; unit++) {
        int64_t count;
        if (text[length - 1] != units[unit].letter)
            continue;
        if (!text_to_int64(&count, text + 1, length - 2, 1, units[unit].most))
            return false;
        *out = (struct term){ (int32_t)count, (enum term_unit)unit };
        return true;
    }
    return false;
}

/* The day of the first midnight from `t` on. */
static day_number
next_local_day(utc_seconds t, const struct zone *zone)
{
    day_number day = zone_local_day(zone, t);

    if (zone_day_start(zone, day) == t)
        return day;
    /* Converted back, because a zone may skip the next day. */
    return zone_local_day(zone, zone_day_start(zone, day + 1));
}

day_number
term_add(struct term term, day_number day)
{
    if (term.unit == TERM_DAYS)
        return day + term.count;
    if (term.unit == TERM_WEEKS)
        return day + INT64_C(7) * term.count;

    struct civil_date date = civil_from_days(day);
    int32_t months = date.month - 1 + (term.unit == TERM_YEARS ? 12 * term.count : term.count);

    date.year += months / 12;
    date.month = months % 12 + 1;
    if (date.day > civil_month_length(date.year, date.month)) {
        date.month++; /* never December: it has 31 days */
        date.day = 1;
    }
    return civil_to_days(date);
}

utc_seconds
term_end(struct term term, utc_seconds starts_at, const struct zone *zone)
{
    return zone_day_start(zone, term_add(term, next_local_day(starts_at, zone)));
}

day_number
term_last_day(utc_seconds expires_at, const struct zone *zone)
{
    return zone_local_day(zone, expires_at - 1);
}

int64_t
days_left(utc_seconds expires_at, utc_seconds now, const struct zone *zone)
{
    if (now >= expires_at)
        return -1;
    int64_t days = term_last_day(expires_at, zone) - zone_local_day(zone, now);
    return days > 0 ? days : 0; /* if clocks go back over midnight, today may be the later day */
}
