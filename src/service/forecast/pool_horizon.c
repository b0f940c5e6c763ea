#include "service/forecast/pool_horizon.h"

#include <string.h>

#include "domain/serial.h"
#include "service/forecast/renewal_queue.h"
#include "statements.h"
#include "store/store.h"

enum { MOST_RETURNING = 1000 }; /* counted no further: then the plan is made */

/* A lower bound of how long any license of the pool lasts. */
static enum status
shortest_term(struct pool_horizon *reach, int64_t *seconds)
{
    struct call *call = reach->call;
    struct keys_first_of_each_term_out *rows;
    size_t count;
    enum status status = keys_first_of_each_term(
        &call->db,
        &(struct keys_first_of_each_term_in){ .organization_id = reach->lock->organization_id },
        &rows, &count);

    *seconds = INT64_MAX;
    for (size_t i = 0; i < count && !status; i++) {
        struct term term;
        if (!term_parse(&term, rows[i].term, strlen(rows[i].term)))
            return call_fail(call, STATUS_BROKEN, "", "", "the term of a key cannot be read");
        if (reach_shortest(term) < *seconds)
            *seconds = reach_shortest(term);
    }
    return status;
}

/* Who is renewed may come back into the line before the last end that is asked for. */
static enum status
count_returns(struct pool_horizon *reach)
{
    struct call *call = reach->call;
    struct reach_ends_by_out early;
    int64_t shortest;
    enum status status = shortest_term(reach, &shortest);

    if (status)
        return status;
    int64_t each = reach_returns(reach->first_end, reach->until, shortest);
    reach->now.returns = each;
    if (each == 0 || each == INT64_MAX)
        return STATUS_OK;
    status = reach_ends_by(&call->db,
                           &(struct reach_ends_by_in){
                               .organization_id = reach->lock->organization_id,
                               .until = reach->until - shortest,
                               .most = MOST_RETURNING + 1,
                           },
                           &early);
    if (!status)
        reach->now.returns = early.count <= MOST_RETURNING && each <= MOST_RETURNING
                                 ? early.count * each
                                 : INT64_MAX;
    return status;
}

static enum status
count_touched(struct pool_horizon *reach)
{
    struct call *call = reach->call;
    struct reach_changed_out touched;
    int64_t most = 2 * reach->places.reach.margin + 1;
    enum status status = reach_changed(&call->db,
                                       &(struct reach_changed_in){
                                           .organization_id = reach->lock->organization_id,
                                           .version = reach->places.version,
                                           .most = most,
                                       },
                                       &touched);

    if (status)
        return status;
    reach->now.touched = touched.count;
    reach->has_places = touched.count < most; /* else too much is new */
    return STATUS_OK;
}

/* A version that is only this transaction's may never come to be, and another take
 * its number: what is found in it is kept under the one before. */
static enum status
pool_horizon_read_state(struct pool_horizon *reach)
{
    struct call *call = reach->call;
    struct reach_state_out state;
    enum status status = reach_state(
        &call->db, &(struct reach_state_in){ .organization_id = reach->lock->organization_id },
        &state);

    if (status)
        return status;
    reach->version = reach->committed ? state.version : state.version - 1;
    reach->first_end = state.first_end;
    reach->now.left = state.licenses_left;
    return STATUS_OK;
}

enum status
pool_horizon_begin(struct pool_horizon *reach, struct call *call,
                   const struct organization_lock *lock, bool committed, utc_seconds until)
{
    *reach = (struct pool_horizon){
        .call = call,
        .lock = lock,
        .committed = committed,
        .until = until,
    };
    enum status status = pool_horizon_read_state(reach);
    if (status || reach->now.left == 0)
        return status;
    status = count_returns(reach);
    reach->has_places =
        ledger_cache_get_reach(call->ledger_cache, lock->organization_id, &reach->places)
        && reach->places.version <= reach->version;
    if (!status && reach->has_places)
        status = count_touched(reach);
    reach->has_plan =
        committed && ledger_cache_get_plan(call->ledger_cache, lock->organization_id, &reach->plan)
        && reach->plan.version == reach->version && reach->plan.until >= until;
    return status;
}

static enum status
look_at(struct pool_horizon *reach, int64_t rank, struct reach_place *out)
{
    struct call *call = reach->call;
    struct reach_at_rank_out row;
    struct serial serial;
    enum status status = reach_at_rank(
        &call->db,
        &(struct reach_at_rank_in){ .organization_id = reach->lock->organization_id, .rank = rank },
        &row, &out->is);

    if (status || !out->is)
        return status;
    if (!serial_parse(&serial, row.serial, strlen(row.serial)))
        return call_fail(call, STATUS_BROKEN, "", "", "a serial in the store cannot be read");
    out->ends_at = row.coverage_ends_at;
    out->serial = serial_number(serial);
    return STATUS_OK;
}

/* Finds the places as they are now. */
static enum status
pool_horizon_look_again(struct pool_horizon *reach)
{
    struct call *call = reach->call;
    struct reach *places = &reach->places.reach;
    struct reach_changed_out touched = { 0 };

    reach->places = (struct ledger_cache_reach){ .version = reach->version };
    *places = (struct reach){
        .left = reach->now.left,
        .margin = reach_wide_margin(reach->now.left),
    };
    enum status status = look_at(reach, places->left - places->margin, &places->guard);
    if (!status && places->guard.is) {
        places->margin = reach_narrow_margin(places->left);
        status = look_at(reach, places->left - places->margin, &places->guard);
        if (!status && places->guard.is)
            status = look_at(reach, places->left, &places->short_);
    }
    reach->now.touched = 0;
    reach->has_places = reach->fresh = true;
    if (!status && !reach->committed)
        status = reach_changed(&call->db,
                               &(struct reach_changed_in){
                                   .organization_id = reach->lock->organization_id,
                                   .version = reach->version,
                                   .most = INT64_MAX,
                               },
                               &touched);
    if (status)
        return status;
    struct ledger_cache_reach kept = reach->places;
    kept.reach.unsure = touched.count;
    ledger_cache_put_reach(call->ledger_cache, reach->lock->organization_id, &kept);
    return STATUS_OK;
}

/* The plan itself, up to the last end that is asked for. */
static enum status
pool_horizon_make_plan(struct pool_horizon *reach)
{
    struct call *call = reach->call;
    struct renewal_queue line;
    struct reach_ends_by_out ending;
    struct renewal renewal;
    enum status status = renewal_queue_keys(call, reach->lock, &line.plan);

    if (!status)
        status = reach_ends_by(
            &call->db,
            &(struct reach_ends_by_in){ reach->lock->organization_id, reach->until, INT64_MAX },
            &ending);
    if (!status)
        status = renewal_queue_read(call, reach->lock->organization_id, 1, reach->until,
                                    (size_t)ending.count, &line);
    if (status)
        return status;
    reach->plan = (struct ledger_cache_plan){ .version = reach->version, .until = reach->until };
    while (!reach->plan.has_short && renewal_next(&line.plan, reach->until, &renewal)) {
        reach->plan.has_short = renewal.key == SIZE_MAX;
        reach->plan.first_short = renewal.sensor;
    }
    reach->has_plan = true;
    if (reach->committed)
        ledger_cache_put_plan(call->ledger_cache, reach->lock->organization_id, &reach->plan);
    return STATUS_OK;
}

static bool
plan_serves(const struct ledger_cache_plan *plan, utc_seconds ends_at, uint64_t serial)
{
    const struct renewal_sensor sensor = { .ends_at = ends_at, .serial = serial };

    return !plan->has_short || renewal_goes_before(&sensor, &plan->first_short);
}

enum status
pool_horizon_ask(struct pool_horizon *reach, utc_seconds ends_at, const char *text, bool *served)
{
    enum reach_verdict verdict = REACH_UNKNOWN;
    struct serial serial;
    enum status status = STATUS_OK;

    *served = false;
    if (reach->now.left == 0)
        return STATUS_OK;
    if (!serial_parse(&serial, text, strlen(text)))
        return call_fail(reach->call, STATUS_BROKEN, "", "",
                         "a serial in the store cannot be read");
    uint64_t number = serial_number(serial);

    if (reach->has_places && !reach->has_plan)
        verdict = reach_verdict(&reach->places.reach, &reach->now, ends_at, number);
    if (verdict == REACH_UNKNOWN && !reach->has_plan && !reach->fresh) {
        status = pool_horizon_look_again(reach);
        if (!status)
            verdict = reach_verdict(&reach->places.reach, &reach->now, ends_at, number);
    }
    if (!status && verdict == REACH_UNKNOWN && !reach->has_plan)
        status = pool_horizon_make_plan(reach);
    if (status)
        return status;
    *served = verdict == REACH_UNKNOWN ? plan_serves(&reach->plan, ends_at, number)
                                       : verdict == REACH_SERVED;
    return STATUS_OK;
}
