#include "service/coverage/renewal_lookahead.h"

#include <string.h>

#include "service/ledger/pool_horizon.h"

enum { AHEAD_SECONDS = 3600 }; /* so that a lookahead serves for a while */

bool
renewal_lookahead_holds(const struct covered_organization *organization, utc_seconds now)
{
    return organization->lookahead.version == organization->version
           && now <= organization->lookahead.until;
}

/* Has the sensor's coverage ended, and will the pool renew it from there on? */
static bool
lookahead_serves(const struct covered_sensor *sensor, struct serial serial, utc_seconds now)
{
    if (!sensor->auto_renewal || sensor->interval_count == 0)
        return false;
    utc_seconds end = sensor->intervals[sensor->interval_count - 1].expires_at;
    return end <= now
           && horizon_serves(&sensor->organization->lookahead, end, serial_number(serial));
}

enum status
renewal_lookahead_count_in(struct call *call, struct covered_sensor *sensor, struct serial serial)
{
    size_t count = sensor->interval_count;

    if (!renewal_lookahead_holds(sensor->organization, call->now)
        || !lookahead_serves(sensor, serial, call->now))
        return STATUS_OK;
    struct interval *intervals = call_new(call, count * sizeof *intervals);
    if (!intervals)
        return STATUS_TOO_LARGE;
    memcpy(intervals, sensor->intervals, count * sizeof *intervals);
    intervals[count - 1].expires_at = call->now + 1;
    sensor->intervals = intervals;
    return STATUS_OK;
}

enum status
renewal_lookahead_make(struct call *call, struct covered_organization *const *organizations,
                       size_t count)
{
    if (count == 0)
        return STATUS_OK;
    struct pool_horizon *found = call_new(call, count * sizeof *found);
    int64_t *ids = call_new(call, count * sizeof *ids);

    if (!found || !ids)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < count; i++)
        ids[i] = organizations[i]->id;
    enum status status = pool_horizon_find_near(call, ids, count, call->now + AHEAD_SECONDS, found);
    for (size_t i = 0; i < count && !status; i++) {
        struct covered_organization *organization = organizations[i];
        bool holds = !organization->unsettled && found[i].version == organization->version;
        organization->lookahead = holds ? found[i] : (struct pool_horizon){ 0 };
    }
    return status;
}
