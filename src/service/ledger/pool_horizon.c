#include "service/ledger/pool_horizon.h"

#include "service/core/ledger_cache.h"
#include "service/ledger/renewal_queue.h"
#include "service/ledger/sensor_find.h"
#include "statements.h"
#include "store/in_list.h"
#include "store/store.h"

enum { SHORTEST_SECONDS = 12 * 3600 }; /* of any license in any zone: some days have 23 hours */

/* Finds the horizon by places alone, from `row`. */
static enum status
horizon_by_place(struct call *call, int64_t organization_id, utc_seconds until,
                 struct pool_horizon_at_out *row, struct pool_horizon *out)
{
    struct serial serial;
    bool found;
    enum status status = pool_horizon_at(
        &call->db, &(struct pool_horizon_at_in){ organization_id, until }, row, &found);

    if (status)
        return status;
    if (!found)
        return call_fail(call, STATUS_NOT_FOUND, "", "", "there is no such organization");
    *out = (struct pool_horizon){
        .version = row->version,
        .licenses_left = row->licenses_left,
        .until = until,
        .all = !row->left_out_at.is,
    };
    if (out->all)
        return STATUS_OK;
    status = sensor_serial(&call->db.fault, row->left_out_serial, &serial);
    out->left_out = (struct renewal_sensor){ row->left_out_at.value, serial_number(serial), 0 };
    return status;
}

static enum status
horizon_near(struct call *call, const struct pool_horizon_near_out *near, utc_seconds until,
             struct pool_horizon *out)
{
    struct pool_horizon_at_out row;

    if (horizon_returns(near->first_end, until, SHORTEST_SECONDS) > 0)
        return STATUS_OK;
    if (near->ending <= near->licenses_left || near->licenses_left == 0) {
        *out = (struct pool_horizon){
            .version = near->version,
            .licenses_left = near->licenses_left,
            .until = until,
            .all = near->ending <= near->licenses_left,
            .left_out = { .ends_at = near->first_end }, /* of an empty pool */
        };
        return STATUS_OK;
    }
    enum status status = horizon_by_place(call, near->id, until, &row, out);
    if (!status && horizon_returns(row.first_end, until, SHORTEST_SECONDS) > 0)
        out->version = 0; /* another transaction changed the queue in between */
    return status;
}

enum status
pool_horizon_find_near(struct call *call, const int64_t *ids, size_t count, utc_seconds until,
                       struct pool_horizon *out)
{
    struct pool_horizon_near_in in = { .until = until };
    enum status status = STATUS_OK;

    for (size_t done = 0, some; done < count && !status; done += some) {
        struct pool_horizon_near_out *rows;
        size_t found;
        some = IN_LIST_FILL(in.ids, ids + done, count - done);
        status = pool_horizon_near(&call->db, &in, &rows, &found);
        for (size_t i = done; i < done + some && !status; i++) {
            out[i] = (struct pool_horizon){ 0 };
            for (size_t k = 0; k < found && !status; k++)
                if (rows[k].id == ids[i])
                    status = horizon_near(call, &rows[k], until, &out[i]);
        }
    }
    return status;
}

/* The search for a horizon. */
struct search {
    struct call *call;
    const struct organization_lock *lock;
    struct renewal_queue queue;
    struct pool_horizon_at_out row;
    int64_t shortest; /* the least number of seconds that a license of the pool lasts */
    const struct horizon_range *range;
    struct pool_horizon *out;
};

static enum status
horizon_read_keys(struct search *search)
{
    enum status status = renewal_queue_keys(search->call, search->lock, INT64_MAX, &search->queue);

    if (status)
        return status;
    search->shortest = INT64_MAX;
    for (size_t i = 0; i < search->queue.plan.key_count; i++) {
        int64_t shortest = horizon_shortest(search->queue.plan.keys[i].term);
        if (shortest < search->shortest)
            search->shortest = shortest;
    }
    return STATUS_OK;
}

/* Does the pool last even if every sensor comes back as often as it can? */
static enum status
horizon_lasts(const struct search *search, utc_seconds until, bool *out)
{
    int64_t id = search->lock->organization_id;
    int64_t each = horizon_returns(search->row.first_end, until, search->shortest);
    struct renewal_queue_part all = { .from = 1, .until = until };
    struct renewal_queue_part early = { .from = 1, .until = until - search->shortest };
    enum status status = renewal_queue_count(search->call, id, &all);

    if (status)
        return status;
    status = renewal_queue_count(search->call, id, &early);
    *out = early.most == 0 || each <= (search->row.licenses_left - all.most) / early.most;
    return status;
}

/* Finds the horizon by the plan, up to search->out->until. */
static enum status
horizon_by_plan(struct search *search)
{
    struct pool_horizon *out = search->out;
    struct renewal_queue_part part = { .from = 1, .until = out->until };
    struct renewal renewal;
    struct organization_lock lock = *search->lock;
    int64_t id = lock.organization_id;
    enum status status = lock.zone ? STATUS_OK : organization_load(search->call, id, &lock);

    if (status)
        return status;
    search->queue.plan.order = lock.pool_order;
    search->queue.plan.zone = lock.zone;
    status = renewal_queue_count(search->call, id, &part);
    if (status)
        return status;
    status = renewal_queue_read(search->call, id, &part, &search->queue);
    if (status)
        return status;
    out->all = true;
    while (out->all && renewal_next(&search->queue.plan, out->until, &renewal)) {
        out->all = renewal.key != SIZE_MAX;
        out->left_out = renewal.sensor;
    }
    return STATUS_OK;
}

/* Corrects the horizon by place if renewed sensors come back into the queue. */
static enum status
horizon_count_returns(struct search *search)
{
    struct pool_horizon *out = search->out;
    utc_seconds until = search->range->until;
    utc_seconds found_until = out->until;
    utc_seconds first_end = search->row.first_end;

    if (horizon_returns(first_end, out->all ? until : out->left_out.ends_at, search->shortest)
        == 0) {
        if (out->all && search->shortest < out->until - first_end)
            out->until = first_end + search->shortest - 1;
        return STATUS_OK;
    }
    /* Sensors that come back can only move left_out towards the front. */
    out->at_most = !out->all;
    if (out->at_most && horizon_answers(out, search->range))
        return STATUS_OK;
    out->at_most = false;
    if (out->all) {
        bool lasts;
        enum status status = horizon_lasts(search, until, &lasts);
        out->until = until;
        if (status || lasts)
            return status;
        if (found_until > until) /* the next pages find it */
            out->until += (until - search->call->now) / 4;
    } else {
        out->until = out->left_out.ends_at;
    }
    enum status status = horizon_by_plan(search);
    if (!out->all)
        out->until = found_until;
    return status;
}

/* Does the pool hold a license for every sensor of the organization? */
static bool
horizon_is_plenty(const struct ledger_cache_counts *counts, int64_t version)
{
    return counts->version == version && counts->licenses_left >= counts->active + counts->expired;
}

enum status
pool_horizon_find(struct call *call, const struct organization_lock *lock,
                  const struct horizon_range *range, struct pool_horizon *out)
{
    struct search search = { .call = call, .lock = lock, .range = range, .out = out };
    struct ledger_values cached = { 0 };
    int64_t id = lock->organization_id;
    utc_seconds most = range->until;

    if (lock->committed)
        cached = ledger_cache_get(call->ledger_cache, id);
    if (lock->committed && cached.horizon.version == lock->version) {
        *out = cached.horizon;
        if (horizon_answers(out, range))
            return STATUS_OK;
        most = UTC_NEVER; /* the next pages find it */
    }
    bool plenty = lock->committed && horizon_is_plenty(&cached.counts, lock->version);
    enum status status = horizon_by_place(call, id, plenty ? 0 : most, &search.row, out);
    if (status)
        return status;
    if (plenty)
        out->until = UTC_NEVER;
    status = horizon_read_keys(&search);
    if (status)
        return status;
    status = horizon_count_returns(&search);
    if (!status && lock->committed)
        ledger_cache_put(call->ledger_cache, id, &(struct ledger_values){ .horizon = *out });
    return status;
}

enum status
pool_horizon_include(struct call *call, struct horizon_range *range, utc_seconds ends_at,
                     const char *text)
{
    struct serial serial;
    enum status status = sensor_serial(&call->db.fault, text, &serial);

    if (!status)
        horizon_range_add(range, ends_at, serial_number(serial));
    return status;
}

enum status
pool_horizon_ask(struct call *call, const struct pool_horizon *horizon, utc_seconds ends_at,
                 const char *text, bool *served)
{
    struct serial serial;
    enum status status = sensor_serial(&call->db.fault, text, &serial);

    *served = !status && horizon_serves(horizon, ends_at, serial_number(serial));
    return status;
}
