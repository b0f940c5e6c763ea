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
license_queue_lay(struct call *call, const struct organization_lock *lock, int64_t sensor_id,
                  struct queued_license *queue, size_t count, utc_seconds from)
{
    struct license_reschedule_in *places = call_new(call, (count + 1) * sizeof *places);
    utc_seconds earliest = UTC_NEVER;

    if (!places)
        return call_too_large(call);
    for (size_t i = 0; i < count; i++) {
        struct term term;
        if (!term_parse(&term, queue[i].term, strlen(queue[i].term)))
            return call_fail(call, STATUS_BROKEN, "", "", "the term of a key cannot be read");
        if (queue[i].starts_at < earliest)
            earliest = queue[i].starts_at;
        queue[i].starts_at = from;
        from = queue[i].expires_at = term_end(term, from, lock->zone);
        places[i] = (struct license_reschedule_in){
            lock->organization_id,
            queue[i].id,
            queue[i].starts_at,
            queue[i].expires_at,
        };
    }
    if (count == 0)
        return STATUS_OK;
    enum status status = licenses_park(
        &call->db, &(struct licenses_park_in){ lock->organization_id, sensor_id, earliest }, NULL);
    return status ? status : license_reschedule(&call->db, places, count, NULL);
}

void
license_queue_put(struct json_writer *json, const struct queued_license *queue, size_t count)
{
    json_key(json, "queue");
    json_array_open(json);
    for (size_t i = 0; i < count; i++) {
        json_object_open(json);
        json_put_id(json, "license", queue[i].id);
        json_put_time(json, "starts_at", queue[i].starts_at);
        json_put_time(json, "expires_at", queue[i].expires_at);
        json_object_close(json);
    }
    json_array_close(json);
}

struct reorder_context {
    int64_t organization_id;
    const char *serial;
    const int64_t *ids;
    size_t count;
    struct license_list *out;

    struct organization_lock lock;
    struct found_sensor sensor;
    struct licenses_waiting_out *rows; /* as it was */
    struct queued_license *before, *after;
    size_t *places; /* in `rows`, in the new order */
};

static enum status
mismatch(struct call *call)
{
    return call_fail(call, STATUS_INVALID, "queue_mismatch", "licenses",
                     "these are not exactly the licenses that wait for this sensor's turn");
}

static enum status
read_queue(struct call *call, struct reorder_context *context)
{
    size_t count;
    enum status status = licenses_waiting(&call->db,
                                          &(struct licenses_waiting_in){
                                              context->organization_id,
                                              context->sensor.id,
                                              call->now,
                                          },
                                          &context->rows, &count);

    if (status)
        return status;
    if (count != context->count)
        return mismatch(call);
    context->before = call_new(call, (count + 1) * sizeof *context->before);
    context->after = call_new(call, (count + 1) * sizeof *context->after);
    context->places = call_new(call, (count + 1) * sizeof *context->places);
    if (!context->before || !context->after || !context->places)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < count; i++) {
        const struct licenses_waiting_out *row = &context->rows[i];
        context->before[i] =
            (struct queued_license){ row->id, row->term, row->starts_at, row->expires_at };
    }
    return STATUS_OK;
}

/* A queue is short. */
static enum status
order(struct call *call, struct reorder_context *context, bool *changes)
{
    *changes = false;
    for (size_t i = 0; i < context->count; i++) {
        size_t place = 0;
        while (place < context->count && context->rows[place].id != context->ids[i])
            place++;
        if (place == context->count)
            return mismatch(call);
        for (size_t k = 0; k < i; k++)
            if (context->places[k] == place)
                return mismatch(call);
        context->places[i] = place;
        context->after[i] = context->before[place];
        *changes |= place != i;
    }
    return STATUS_OK;
}

static enum status
license_queue_record(struct call *call, const struct reorder_context *context)
{
    const char *before, *after;
    struct audit_json json;

    license_queue_put(audit_json_open(&json), context->before, context->count);
    enum status status = audit_json_close(&json, call, &before);
    if (status)
        return status;
    license_queue_put(audit_json_open(&json), context->after, context->count);
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

/* The first one starts where the first one started: behind the license that runs. */
static enum status
license_queue_write(struct call *call, struct reorder_context *context)
{
    int64_t organization_id = context->organization_id;
    enum status status = license_queue_lay(call, &context->lock, context->sensor.id, context->after,
                                           context->count, context->before[0].starts_at);

    if (!status)
        status = sensor_refresh_coverage(call, organization_id, context->sensor.id,
                                         context->lock.version);
    return status ? status : license_queue_record(call, context);
}

static enum status
license_queue_fill(struct call *call, const struct reorder_context *context)
{
    struct license_list *out = context->out;
    const char *serial = arena_text(call->db.arena, context->sensor.serial, SERIAL_TEXT_SIZE - 1);

    *out = (struct license_list){ .count = context->count };
    out->items = call_new(call, (out->count + 1) * sizeof *out->items);
    if (!serial || !out->items)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < out->count; i++) {
        const struct licenses_waiting_out *row = &context->rows[context->places[i]];
        const struct queued_license *queued = &context->after[i];
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
        status = sensor_find(call, context->organization_id, context->serial, &context->sensor);
    if (!status)
        status = read_queue(call, context);
    if (!status)
        status = order(call, context, &changes);
    if (!status && changes)
        status = license_queue_write(call, context);
    return status ? status : license_queue_fill(call, context);
}

enum status
license_queue_reorder(struct call *call, int64_t organization_id, const char *serial,
                      const int64_t *ids, size_t count, struct license_list *out)
{
    struct reorder_context context = {
        .organization_id = organization_id,
        .serial = serial,
        .ids = ids,
        .count = count,
        .out = out,
    };

    return transact(call, reorder_body, &context);
}
