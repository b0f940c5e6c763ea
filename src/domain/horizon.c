#include "domain/horizon.h"

void
horizon_range_add(struct horizon_range *range, utc_seconds ends_at, uint64_t serial)
{
    const struct renewal_sensor sensor = { .ends_at = ends_at, .serial = serial };

    if (range->until == 0 || renewal_goes_before(&sensor, &range->first))
        range->first = sensor;
    if (ends_at > range->until)
        range->until = ends_at;
}

bool
horizon_answers(const struct pool_horizon *horizon, const struct horizon_range *range)
{
    return range->until <= horizon->until
           && !(horizon->at_most && renewal_goes_before(&range->first, &horizon->left_out));
}

bool
horizon_serves(const struct pool_horizon *horizon, utc_seconds ends_at, uint64_t serial)
{
    const struct renewal_sensor sensor = { .ends_at = ends_at, .serial = serial };

    return horizon->all || renewal_goes_before(&sensor, &horizon->left_out);
}

int64_t
horizon_returns(utc_seconds first_end, utc_seconds until, int64_t shortest)
{
    if (until < first_end)
        return 0;
    return shortest > 0 ? (until - first_end) / shortest : INT64_MAX;
}

int64_t
horizon_shortest(struct term term)
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
