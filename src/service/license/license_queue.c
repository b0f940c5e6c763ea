#include "service/license/license_queue.h"

#include <string.h>

#include "domain/term.h"
#include "service/audit/audit.h"
#include "service/core/transaction.h"
#include "service/ledger/ledger.h"
#include "service/ledger/sensor_find.h"
#include "statements.h"
#include "store/store.h"

enum status
license_queue_read(struct call *call, int64_t organization_id, utc_seconds after,
                   struct license_queue *queue)
{
    struct licenses_of_sensor_in in = { organization_id, queue->sensor_id, after };
    struct licenses_of_sensor_out *rows;
    enum status status = licenses_of_sensor(&call->db, &in, &rows, &queue->count);

    if (status)
        return status;
    queue->items = call_new(call, (queue->count + 1) * sizeof *queue->items);
    if (!queue->items)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < queue->count; i++)
        queue->items[i] = (struct queued_license){ rows[i].id, rows[i].term, rows[i].starts_at,
                                                   rows[i].expires_at };
    return STATUS_OK;
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
        if (!queue->keeps_gaps || item->starts_at < from) {
            item->starts_at = from;
            item->expires_at = term_end(term, from, lock->zone);
        }
        from = item->expires_at;
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
license_queue_put(struct json_writer *json, const char *name, const struct license_queue *queue)
{
    json_put_array_open(json, name);
    for (size_t i = 0; i < queue->count; i++) {
        json_object_open(json);
        json_put_id(json, "license", queue->items[i].id);
        json_put_time(json, "starts_at", queue->items[i].starts_at);
        json_put_time(json, "expires_at", queue->items[i].expires_at);
        json_object_close(json);
    }
    json_array_close(json);
}

enum status
license_queue_json(struct call *call, const char *name, const struct license_queue *queue,
                   const char **out)
{
    struct audit_json json;

    license_queue_put(audit_json_open(&json), name, queue);
    return audit_json_close(&json, call, out);
}

struct reorder_context {
    int64_t organization_id;
    const struct license_order *order;
    struct license_list *out;

    struct organization_lock lock;
    struct found_sensor sensor;
    struct license_queue before, after;
};

static enum status
reorder_mismatch(struct call *call)
{
    return call_fail(call, STATUS_INVALID, "queue_mismatch", "licenses",
                     "these are not exactly the licenses that wait in this sensor's queue");
}

static bool
queue_find(const struct license_queue *queue, int64_t id, size_t *place)
{
    for (*place = 0; *place < queue->count; ++*place)
        if (queue->items[*place].id == id)
            return true;
    return false;
}

/* Fills in `after`. A queue is short, so loops find its licenses. */
static enum status
reorder_order(struct call *call, struct reorder_context *context, bool *changes)
{
    struct license_queue *after = &context->after;
    size_t count = context->order->count, place, again;

    *changes = false;
    if (context->before.count != count)
        return reorder_mismatch(call);
    after->sensor_id = context->sensor.id;
    after->items = call_new(call, (count + 1) * sizeof *after->items);
    if (!after->items)
        return STATUS_TOO_LARGE;
    for (after->count = 0; after->count < count; after->count++) {
        int64_t id = context->order->ids[after->count];
        if (!queue_find(&context->before, id, &place) || queue_find(after, id, &again))
            return reorder_mismatch(call);
        after->items[after->count] = context->before.items[place];
        *changes |= place != after->count;
    }
    return STATUS_OK;
}

static enum status
reorder_record(struct call *call, const struct reorder_context *context)
{
    struct audit_fact fact = { "queue.reorder", "sensor", context->sensor.serial, NULL, NULL };
    enum status status = license_queue_json(call, "queue", &context->before, &fact.before);

    if (status)
        return status;
    status = license_queue_json(call, "queue", &context->after, &fact.after);
    return status ? status : audit_append(call, context->organization_id, &fact);
}

/* The first license of the new order starts where that of the old order did: at the end of the
 * running license. */
static enum status
reorder_write(struct call *call, const struct reorder_context *context)
{
    enum status status = license_queue_reschedule(call, &context->lock, &context->after,
                                                  context->before.items[0].starts_at);

    if (status)
        return status;
    status = sensors_refresh_coverage(call, &context->lock, &context->sensor.id, 1);
    return status ? status : reorder_record(call, context);
}

static enum status
reorder_body(struct call *call, void *with)
{
    struct reorder_context *context = with;
    bool changes;
    enum status status = ledger_begin(call, context->organization_id, &context->lock);

    if (status)
        return status;
    status = sensor_find(call, context->organization_id, context->order->serial, &context->sensor);
    if (status)
        return status;
    context->before.sensor_id = context->sensor.id;
    status = license_queue_read(call, context->organization_id, call->now, &context->before);
    if (status)
        return status;
    status = reorder_order(call, context, &changes);
    if (!status && changes)
        status = reorder_write(call, context);
    if (status)
        return status;
    return licenses_read(call, &context->lock, &context->sensor, call->now, context->out);
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
