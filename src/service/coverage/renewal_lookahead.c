#include "service/coverage/renewal_lookahead.h"

#include <string.h>

#include "statements.h"
#include "store/store.h"

enum {
    IN_LIST = 32,                 /* length of the array in sql/queries/ingest.sql */
    AHEAD_SECONDS = 3600,         /* so that a lookahead serves for a while */
    SHORTEST_SECONDS = 12 * 3600, /* of any license in any zone: a day has 23 hours at times */
};

bool
renewal_lookahead_holds(const struct covered_organization *organization, utc_seconds now)
{
    return organization->lookahead.version == organization->version
           && now <= organization->lookahead.until;
}

/* Is the sensor's coverage at its end, and renewed from there on? */
static bool
serves(const struct covered_sensor *sensor, struct serial serial, utc_seconds now)
{
    const struct renewal_promise *lookahead = &sensor->organization->lookahead;

    if (!sensor->auto_renewal || sensor->interval_count == 0)
        return false;
    const struct renewal_sensor place = {
        .ends_at = sensor->intervals[sensor->interval_count - 1].expires_at,
        .serial = serial_number(serial),
    };
    return place.ends_at <= now
           && (lookahead->all || renewal_goes_before(&place, &lookahead->left_out));
}

enum status
renewal_lookahead_count_in(struct call *call, struct covered_sensor *sensor, struct serial serial)
{
    size_t count = sensor->interval_count;

    if (!renewal_lookahead_holds(sensor->organization, call->now)
        || !serves(sensor, serial, call->now))
        return STATUS_OK;
    struct interval *intervals = call_new(call, count * sizeof *intervals);
    if (!intervals)
        return STATUS_TOO_LARGE;
    memcpy(intervals, sensor->intervals, count * sizeof *intervals);
    intervals[count - 1].expires_at = call->now + 1;
    sensor->intervals = intervals;
    return STATUS_OK;
}

/* The first in line for whom the pool has no license. */
static enum status
find_left_out(struct call *call, struct covered_organization *organization, int64_t licenses_left,
              struct renewal_promise *lookahead)
{
    struct renewal_queue_at_out row;
    struct serial serial;
    bool found;
    enum status status = renewal_queue_at(&call->db,
                                          &(struct renewal_queue_at_in){
                                              .organization_id = organization->id,
                                              .version = organization->version,
                                              .rank = licenses_left,
                                          },
                                          &row, &found);

    if (status || !found)
        return status;
    if (!serial_parse(&serial, row.serial, strlen(row.serial)))
        return call_fail(call, STATUS_BROKEN, "", "", "a serial in the store cannot be read");
    lookahead->left_out = (struct renewal_sensor){ row.coverage_ends_at, serial_number(serial), 0 };
    organization->lookahead = *lookahead;
    return STATUS_OK;
}

static enum status
make_lookahead(struct call *call, const struct renewal_demand_out *line,
               struct covered_organization *organization)
{
    struct renewal_promise lookahead = {
        .version = line->version,
        .until = call->now + AHEAD_SECONDS,
        .all = line->ending <= line->licenses_left,
    };

    organization->lookahead.until = 0;
    /* Nobody may come back into the line before its end. */
    if (organization->unsettled || line->version != organization->version
        || lookahead.until - line->first_end >= SHORTEST_SECONDS)
        return STATUS_OK;
    if (!lookahead.all)
        return find_left_out(call, organization, line->licenses_left, &lookahead);
    organization->lookahead = lookahead;
    return STATUS_OK;
}

static enum status
make_some(struct call *call, struct covered_organization *const *organizations, size_t count)
{
    struct renewal_demand_in in = { .until = call->now + AHEAD_SECONDS };
    struct renewal_demand_out *rows;
    size_t found;

    for (size_t i = 0; i < IN_LIST; i++)
        in.ids[i] = organizations[i < count ? i : count - 1]->id;
    enum status status = renewal_demand(&call->db, &in, &rows, &found);
    for (size_t i = 0; i < found && !status; i++)
        for (size_t k = 0; k < count && !status; k++)
            if (organizations[k]->id == rows[i].id)
                status = make_lookahead(call, &rows[i], organizations[k]);
    return status;
}

enum status
renewal_lookahead_make(struct call *call, struct covered_organization *const *organizations,
                       size_t count)
{
    enum status status = STATUS_OK;

    for (size_t done = 0; done < count && !status; done += IN_LIST) {
        size_t left = count - done;
        status = make_some(call, organizations + done, left < IN_LIST ? left : IN_LIST);
    }
    return status;
}
