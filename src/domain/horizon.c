#include "domain/horizon.h"

static bool
horizon_stands_before(const struct reach_place *place, utc_seconds ends_at, uint64_t serial)
{
    const struct renewal_sensor a = { .ends_at = ends_at, .serial = serial };
    const struct renewal_sensor b = { .ends_at = place->ends_at, .serial = place->serial };

    return !place->is || renewal_goes_before(&a, &b);
}

enum reach_verdict
reach_verdict(const struct reach *reach, const struct reach_now *now, utc_seconds ends_at,
              uint64_t serial)
{
    int64_t moved = now->touched + reach->unsure;

    if (now->left == 0)
        return REACH_LEFT_OUT;
    if (!horizon_stands_before(&reach->short_, ends_at, serial))
        return reach->left - moved >= now->left ? REACH_LEFT_OUT : REACH_UNKNOWN;
    int64_t in_front = horizon_stands_before(&reach->guard, ends_at, serial)
                           ? reach->left - reach->margin
                           : reach->left - 1;
    if (now->returns >= now->left)
        return REACH_UNKNOWN;
    return in_front + moved < now->left - now->returns ? REACH_SERVED : REACH_UNKNOWN;
}

int64_t
reach_wide_margin(int64_t left)
{
    return left / 2 > 0 ? left / 2 : left;
}

int64_t
reach_narrow_margin(int64_t left)
{
    int64_t margin = 64;

    while (margin * margin < left)
        margin += margin / 8;
    return margin < left ? margin : left;
}

int64_t
reach_returns(utc_seconds first_end, utc_seconds until, int64_t shortest)
{
    if (until < first_end)
        return 0;
    return shortest > 0 ? (until - first_end) / shortest : INT64_MAX;
}

int64_t
reach_shortest(struct term term)
{
    int64_t days = term.count;

    if (term.unit == TERM_WEEKS)
        days *= 7;
    else if (term.unit == TERM_MONTHS)
        days = term.count / 12 * 365 + term.count % 12 * 28;
    else if (term.unit == TERM_YEARS)
        days *= 365;
    return (days - 1) * UTC_DAY; /* a zone may once skip a day */
}
