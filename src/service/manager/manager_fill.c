#include "service/manager/manager_fill.h"

#include "domain/term.h"
#include "service/ledger/pool_horizon.h"
#include "statements.h"
#include "store/in_list.h"
#include "store/store.h"

struct fill_context {
    struct call *call;
    const struct organization_lock *look;
};

static enum status
fill_queue(const struct fill_context *context, int64_t sensor_id,
           const struct manager_queues_out *waiting, size_t count, struct manager_row *row)
{
    struct license *queue = call_new(context->call, (count + 1) * sizeof *queue);

    if (!queue)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < count; i++) {
        if (waiting[i].sensor_id != sensor_id)
            continue;
        queue[row->queue_count++] = (struct license){
            .id = waiting[i].id,
            .serial = row->serial,
            .key = waiting[i].key,
            .term = waiting[i].term,
            .state = LICENSE_QUEUED,
            .starts_at = waiting[i].starts_at,
            .expires_at = waiting[i].expires_at,
            .last_day = term_last_day(waiting[i].expires_at, context->look->zone),
            .assigned_at = waiting[i].assigned_at,
            .assigned_by = waiting[i].assigned_by,
        };
    }
    row->queue = queue;
    return STATUS_OK;
}

static enum status
fill_coverage(const struct fill_context *context, struct manager_row *row)
{
    struct call *call = context->call;
    size_t count = 0;
    struct interval *intervals = call_new(call, (row->queue_count + 1) * sizeof *intervals);

    if (!intervals)
        return STATUS_TOO_LARGE;
    if (row->has_license)
        intervals[count++] = (struct interval){ row->activated_at, row->expires_at };
    for (size_t i = 0; i < row->queue_count; i++)
        intervals[count++] = (struct interval){ row->queue[i].starts_at, row->queue[i].expires_at };
    row->state = coverage_state(intervals, count, call->now);
    row->covered_until = coverage_until(intervals, count, call->now);
    if (row->covered_until)
        row->next = row->covered_until > row->expires_at ? "queue" : "stops";
    return STATUS_OK;
}

static enum status
fill_row(const struct fill_context *context, const struct manager_rows_out *facts,
         const struct manager_queues_out *waiting, size_t waiting_count, struct manager_row *row)
{
    *row = (struct manager_row){
        .serial = facts->serial,
        .name = facts->name,
        .auto_renewal = facts->auto_renewal,
        .has_license = facts->license_id.is,
        .days_left = -1,
    };
    if (row->has_license) {
        row->activated_at = facts->starts_at;
        row->expires_at = facts->expires_at;
        row->last_day = term_last_day(facts->expires_at, context->look->zone);
        row->days_left = days_left(facts->expires_at, context->call->now, context->look->zone);
        row->key = facts->key;
        row->key_assigned = facts->key_assigned;
        row->key_quantity = facts->key_quantity;
        row->license_id = facts->license_id.value;
    }
    enum status status = fill_queue(context, facts->sensor_id, waiting, waiting_count, row);
    return status ? status : fill_coverage(context, row);
}

static size_t
manager_fill_place_of(const int64_t *ids, size_t count, int64_t id)
{
    size_t place = 0;

    while (place < count && ids[place] != id)
        place++;
    return place;
}

/* Fills the first rows of `*count` sensors; *count: how many. */
static enum status
fill_some(const struct fill_context *context, const int64_t *ids, size_t *count,
          struct manager_row *rows)
{
    struct call *call = context->call;
    int64_t organization_id = context->look->organization_id;
    struct manager_rows_in rows_in = { .organization_id = organization_id, .now = call->now };
    struct manager_queues_in queues_in = { .organization_id = organization_id, .now = call->now };
    struct manager_rows_out *facts;
    struct manager_queues_out *waiting;
    struct refused refused[sizeof rows_in.ids / sizeof *rows_in.ids];
    size_t facts_count, waiting_count;

    IN_LIST_FILL(rows_in.ids, ids, *count);
    *count = IN_LIST_FILL(queues_in.ids, ids, *count);
    enum status status = manager_rows(&call->db, &rows_in, &facts, &facts_count);
    if (status)
        return status;
    status = manager_queues(&call->db, &queues_in, &waiting, &waiting_count);
    if (!status)
        status = refused_read(call, organization_id, ids, count, refused);
    for (size_t i = 0; !status && i < facts_count; i++) {
        size_t place = manager_fill_place_of(ids, *count, facts[i].sensor_id);
        status = fill_row(context, &facts[i], waiting, waiting_count, &rows[place]);
        rows[place].refused = refused[place];
    }
    return status;
}

static bool
is_renewed_next(const struct manager_row *row)
{
    return row->covered_until && row->covered_until == row->expires_at && row->auto_renewal;
}

/* Marks the sensors that the pool will renew at the end of their coverage. */
static enum status
fill_next(struct call *call, const struct organization_lock *look, struct manager_row *rows,
          size_t count)
{
    struct pool_horizon horizon;
    struct horizon_range range = { 0 };
    enum status status = STATUS_OK;

    for (size_t i = 0; i < count && !status; i++)
        if (is_renewed_next(&rows[i]))
            status = pool_horizon_include(call, &range, rows[i].covered_until, rows[i].serial);
    if (status || range.until == 0)
        return status;
    status = pool_horizon_find(call, look, &range, &horizon);
    for (size_t i = 0; i < count && !status; i++) {
        bool served = false;
        if (is_renewed_next(&rows[i]))
            status =
                pool_horizon_ask(call, &horizon, rows[i].covered_until, rows[i].serial, &served);
        if (served)
            rows[i].next = "pool";
    }
    return status;
}

enum status
manager_fill(struct call *call, const struct organization_lock *look, const int64_t *ids,
             size_t count, struct manager_row *rows)
{
    struct fill_context context = { .call = call, .look = look };
    enum status status = STATUS_OK;

    for (size_t done = 0, some; done < count && !status; done += some) {
        some = count - done;
        status = fill_some(&context, ids + done, &some, rows + done);
    }
    return status ? status : fill_next(call, look, rows, count);
}
