#include "service/forecast/pool_shortage.h"

#include <string.h>

#include "domain/horizon.h"
#include "service/forecast/renewal_queue.h"
#include "statements.h"
#include "store/store.h"

/* How often one sensor may take a license by then, at most, after its first. */
static enum status
most_returns(struct call *call, int64_t organization_id, utc_seconds until, int64_t *out)
{
    struct keys_first_of_each_term_out *rows;
    int64_t shortest = INT64_MAX;
    size_t count;
    enum status status = keys_first_of_each_term(
        &call->db, &(struct keys_first_of_each_term_in){ organization_id }, &rows, &count);

    for (size_t i = 0; i < count && !status; i++) {
        struct term term;
        if (!term_parse(&term, rows[i].term, strlen(rows[i].term)))
            return call_fail(call, STATUS_BROKEN, "", "", "the term of a key cannot be read");
        if (reach_shortest(term) < shortest)
            shortest = reach_shortest(term);
    }
    if (!status)
        *out = reach_returns(call->now, until, shortest);
    return status;
}

static enum status
count_ends(struct call *call, int64_t organization_id, utc_seconds until, int64_t most,
           int64_t *out)
{
    struct reach_ends_by_out ending;
    enum status status = reach_ends_by(
        &call->db, &(struct reach_ends_by_in){ organization_id, until, most }, &ending);

    if (!status)
        *out = ending.count;
    return status;
}

/* Goes through the renewals until somebody finds the pool empty. */
static enum status
pool_shortage_make_plan(struct call *call, int64_t organization_id, utc_seconds until,
                        struct pool_shortage *out)
{
    struct organization_lock look;
    struct renewal_queue line;
    struct renewal renewal;
    enum status status = organization_load(call, organization_id, &look);

    if (!status)
        status = renewal_queue_keys(call, &look, &line.plan);
    if (!status)
        status = count_ends(call, organization_id, until, INT64_MAX, &out->renewals);
    if (!status)
        status = renewal_queue_read(call, organization_id, 1, until, (size_t)out->renewals, &line);
    if (status)
        return status;
    out->counted += out->renewals;
    out->low = false;
    while (!out->low && renewal_next(&line.plan, until, &renewal)) {
        out->low = renewal.key == SIZE_MAX;
        out->first_short = renewal.sensor.ends_at;
    }
    return STATUS_OK;
}

enum status
pool_shortage(struct call *call, int64_t organization_id, utc_seconds until, bool details,
              struct pool_shortage *out)
{
    struct reach_state_out state;
    int64_t returns = 0;
    enum status status = reach_state(
        &call->db, &(struct reach_state_in){ .organization_id = organization_id }, &state);

    if (status)
        return status;
    *out = (struct pool_shortage){ .licenses_left = state.licenses_left };
    status = count_ends(call, organization_id, until, state.licenses_left + 1, &out->renewals);
    if (status)
        return status;
    out->counted = out->renewals;
    out->low = out->renewals > state.licenses_left;
    if (!out->low && out->renewals > 0)
        status = most_returns(call, organization_id, until, &returns);
    bool certain = out->low || out->renewals == 0 || returns < state.licenses_left / out->renewals;
    return status || (certain && !(details && out->low))
               ? status
               : pool_shortage_make_plan(call, organization_id, until, out);
}
