#include "service/license/license_queue.h"

#include <string.h>

#include "domain/term.h"
#include "service/audit/audit.h"
#include "service/core/transaction.h"
#include "service/ledger/ledger.h"
#include "service/ledger/sensor_find.h"
#include "statements.h"
#include "store/store.h"

static enum status
queue_read_rows(struct call *call, int64_t organization_id, struct license_queue *queue,
                struct licenses_waiting_out **rows)
{
    enum status status = licenses_waiting(
        &call->db, &(struct licenses_waiting_in){ organization_id, queue->sensor_id, call->now },
        rows, &queue->count);

    if (status)
        return status;
    queue->items = call_new(call, (queue->count + 1) * sizeof *queue->items);
    if (!queue->items)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < queue->count; i++)
        queue->items[i] = (struct queued_license){
            (*rows)[i].id,
            (*rows)[i].term,
            (*rows)[i].starts_at,
            (*rows)[i].expires_at,
        };
    return STATUS_OK;
}

enum status
license_queue_read(struct call *call, int64_t organization_id, struct license_queue *queue)
{
    struct licenses_waiting_out *rows;

    return queue_read_rows(call, organization_id, queue, &rows);
}

enum status
license_queue_reschedule(struct call *call, const struct organization_lock *lock,
                         const struct license_queue *queue, utc_seconds from)
{
    struct license_reschedule_in *rows = call_new(call, (queue->count + 1) * sizeof *rows);
    utc_seconds earliest = UTC_NEVER;

    if (!rows)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < queue->count; i++) {
        struct queued_license *item = &queue->items[i];
        struct term term;
        if (!term_parse(&term, item->term, strlen(item->term)))
            return call_fail(call, STATUS_BROKEN, "", "", "the term of a key cannot be read");
        if (item->starts_at < earliest)
            earliest = item->starts_at;
        item->starts_at = from;
        from = item->expires_at = term_end(term, from, lock->zone);
        rows[i] = (struct license_reschedule_in){
            lock->organization_id,
            item->id,
            item->starts_at,
            item->expires_at,
        };
    }
    if (queue->count == 0)
        return STATUS_OK;
    enum status status = licenses_park(
        &call->db, &(struct licenses_park_in){ lock->organization_id, queue->sensor_id, earliest },
        NULL);
    return status ? status : license_reschedule(&call->db, rows, queue->count, NULL);
}

void
license_queue_put(struct json_writer *json, const struct license_queue *queue)
{
    json_key(json, "queue");
    json_array_open(json);
    for (size_t i = 0; i < queue->count; i++) {
        json_object_open(json);
        json_put_id(json, "license", queue->items[i].id);
        json_put_time(json, "starts_at", queue->items[i].starts_at);
        json_put_time(json, "expires_at", queue->items[i].expires_at);
        json_object_close(json);
    }
    json_array_close(json);
}

struct reorder_context {
    int64_t organization_id;
    const struct license_order *order;
    struct license_list *out;

    struct organization_lock lock;
    struct found_sensor sensor;
    struct licenses_waiting_out *rows; /* in the old order */
    struct license_queue before, after;
    size_t *places; /* in `rows`, in the new order */
};

static enum status
reorder_mismatch(struct call *call)
{
    return call_fail(call, STATUS_INVALID, "queue_mismatch", "licenses",
                     "these are not exactly the licenses that wait in this sensor's queue");
}

static enum status
reorder_read(struct call *call, struct reorder_context *context)
{
    size_t count = context->order->count;
    enum status status =
        sensor_find(call, context->organization_id, context->order->serial, &context->sensor);

    if (status)
        return status;
    context->before.sensor_id = context->sensor.id;
    status = queue_read_rows(call, context->organization_id, &context->before, &context->rows);
    if (status)
        return status;
    if (context->before.count != count)
        return reorder_mismatch(call);
    context->after = (struct license_queue){
        .sensor_id = context->sensor.id,
        .items = call_new(call, (count + 1) * sizeof *context->after.items),
        .count = count,
    };
    context->places = call_new(call, (count + 1) * sizeof *context->places);
    return context->after.items && context->places ? STATUS_OK : STATUS_TOO_LARGE;
}

/* A queue is short, so every id is looked up by a loop. */
static enum status
reorder_order(struct call *call, struct reorder_context *context, bool *changes)
{
    size_t count = context->order->count;

    *changes = false;
    for (size_t i = 0; i < count; i++) {
        size_t place = 0;
        while (place < count && context->rows[place].id != context->order->ids[i])
            place++;
        if (place == count)
            return reorder_mismatch(call);
        for (size_t k = 0; k < i; k++)
            if (context->places[k] == place)
                return reorder_mismatch(call);
        context->places[i] = place;
        context->after.items[i] = context->before.items[place];
        *changes |= place != i;
    }
    return STATUS_OK;
}

static enum status
reorder_record(struct call *call, const struct reorder_context *context)
{
    const char *before, *after;
    struct audit_json json;

    license_queue_put(audit_json_open(&json), &context->before);
    enum status status = audit_json_close(&json, call, &before);
    if (status)
        return status;
    license_queue_put(audit_json_open(&json), &context->after);
    status = audit_json_close(&json, call, &after);
    if (status)
        return status;
    return audit_append(call, context->organization_id,
                        &(struct audit_fact){
                            .action = "queue.reorder",
                            .object_kind = "sensor",
                            .object_id = context->sensor.serial,
                            .before = before,
                            .after = after,
                        });
}

/* The new first license starts where the old first one started: behind the running license. */
static enum status
reorder_write(struct call *call, const struct reorder_context *context)
{
    enum status status = license_queue_reschedule(call, &context->lock, &context->after,
                                                  context->before.items[0].starts_at);

    if (!status)
        status = sensor_refresh_coverage(call, context->organization_id, context->sensor.id,
                                         context->lock.version);
    return status ? status : reorder_record(call, context);
}

static enum status
reorder_fill(struct call *call, const struct reorder_context *context)
{
    struct license_list *out = context->out;
    const char *serial = call_text(call, context->sensor.serial);

    *out = (struct license_list){ .count = context->after.count };
    out->items = call_new(call, (out->count + 1) * sizeof *out->items);
    if (!serial || !out->items)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < out->count; i++) {
        const struct licenses_waiting_out *row = &context->rows[context->places[i]];
        const struct queued_license *queued = &context->after.items[i];
        out->items[i] = (struct license){
            .id = row->id,
            .serial = serial,
            .key = row->key,
            .term = row->term,
            .state = LICENSE_QUEUED,
            .starts_at = queued->starts_at,
            .expires_at = queued->expires_at,
            .last_day = term_last_day(queued->expires_at, context->lock.zone),
            .assigned_at = row->assigned_at,
            .assigned_by = row->assigned_by,
        };
    }
    return STATUS_OK;
}

static enum status
reorder_body(struct call *call, void *with)
{
    struct reorder_context *context = with;
    bool changes = false;
    enum status status = ledger_begin(call, context->organization_id, &context->lock);

    if (!status)
        status = reorder_read(call, context);
    if (!status)
        status = reorder_order(call, context, &changes);
    if (!status && changes)
        status = reorder_write(call, context);
    return status ? status : reorder_fill(call, context);
}

enum status
license_queue_reorder(struct call *call, int64_t organization_id, const struct license_order *order,
                      struct license_list *out)
{
    struct reorder_context context = {
        .organization_id = organization_id,
        .order = order,
        .out = out,
    };

    return transact(call, reorder_body, &context);
}
