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
no_room(struct call *call)
{
    return fail(&call->fault, STATUS_TOO_LARGE, "", "", "the answer is too large");
}

enum status
license_queue_lay(struct call *call, const struct organization_lock *lock, int64_t sensor_id,
                  struct queued_license *queue, size_t count, utc_seconds from)
{
    struct license_reschedule_in *places = arena_new(call->arena, (count + 1) * sizeof *places);
    utc_seconds earliest = UTC_NEVER;

    if (!places)
        return no_room(call);
    for (size_t i = 0; i < count; i++) {
        struct term term;
        if (!term_parse(&term, queue[i].term, strlen(queue[i].term)))
            return fail(&call->fault, STATUS_BROKEN, "", "", "the term of a key cannot be read");
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
    enum status status =
        licenses_park(call->store, call->arena,
                      &(struct licenses_park_in){ lock->organization_id, sensor_id, earliest },
                      NULL, &call->fault);
    return status ? status
                  : license_reschedule(call->store, call->arena, places, count, NULL, &call->fault);
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

struct reordering {
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
    return fail(&call->fault, STATUS_INVALID, "queue_mismatch", "licenses",
                "these are not exactly the licenses that wait for this sensor's turn");
}

static enum status
read_queue(struct call *call, struct reordering *reordering)
{
    size_t count;
    enum status status = licenses_waiting(call->store, call->arena,
                                          &(struct licenses_waiting_in){
                                              reordering->organization_id,
                                              reordering->sensor.id,
                                              call->now,
                                          },
                                          &reordering->rows, &count, &call->fault);

    if (status)
        return status;
    if (count != reordering->count)
        return mismatch(call);
    reordering->before = arena_new(call->arena, (count + 1) * sizeof *reordering->before);
    reordering->after = arena_new(call->arena, (count + 1) * sizeof *reordering->after);
    reordering->places = arena_new(call->arena, (count + 1) * sizeof *reordering->places);
    if (!reordering->before || !reordering->after || !reordering->places)
        return no_room(call);
    for (size_t i = 0; i < count; i++) {
        const struct licenses_waiting_out *row = &reordering->rows[i];
        reordering->before[i] =
            (struct queued_license){ row->id, row->term, row->starts_at, row->expires_at };
    }
    return STATUS_OK;
}

/* A queue is short. */
static enum status
order(struct call *call, struct reordering *reordering, bool *changes)
{
    *changes = false;
    for (size_t i = 0; i < reordering->count; i++) {
        size_t place = 0;
        while (place < reordering->count && reordering->rows[place].id != reordering->ids[i])
            place++;
        if (place == reordering->count)
            return mismatch(call);
        for (size_t k = 0; k < i; k++)
            if (reordering->places[k] == place)
                return mismatch(call);
        reordering->places[i] = place;
        reordering->after[i] = reordering->before[place];
        *changes |= place != i;
    }
    return STATUS_OK;
}

static enum status
record(struct call *call, const struct reordering *reordering)
{
    const char *before, *after;
    struct audit_json json;

    license_queue_put(audit_json_open(&json), reordering->before, reordering->count);
    enum status status = audit_json_close(&json, call, &before);
    if (status)
        return status;
    license_queue_put(audit_json_open(&json), reordering->after, reordering->count);
    status = audit_json_close(&json, call, &after);
    if (status)
        return status;
    return audit_append(call, reordering->organization_id,
                        &(struct audit_fact){
                            .action = "queue.reorder",
                            .object_kind = "sensor",
                            .object_id = reordering->sensor.serial,
                            .before = before,
                            .after = after,
                        });
}

/* The first one starts where the first one started: behind the license that runs. */
static enum status
write(struct call *call, struct reordering *reordering)
{
    int64_t organization_id = reordering->organization_id;
    enum status status = license_queue_lay(call, &reordering->lock, reordering->sensor.id,
                                           reordering->after, reordering->count,
                                           reordering->before[0].starts_at);

    if (!status)
        status = sensor_refresh_coverage(call, organization_id, reordering->sensor.id,
                                         reordering->lock.version);
    return status ? status : record(call, reordering);
}

static enum status
fill(struct call *call, const struct reordering *reordering)
{
    struct license_list *out = reordering->out;
    const char *serial = arena_text(call->arena, reordering->sensor.serial, SERIAL_TEXT_SIZE - 1);

    *out = (struct license_list){ .count = reordering->count };
    out->items = arena_new(call->arena, (out->count + 1) * sizeof *out->items);
    if (!serial || !out->items)
        return no_room(call);
    for (size_t i = 0; i < out->count; i++) {
        const struct licenses_waiting_out *row = &reordering->rows[reordering->places[i]];
        const struct queued_license *queued = &reordering->after[i];
        out->items[i] = (struct license){
            .id = row->id,
            .serial = serial,
            .key = row->key,
            .term = row->term,
            .state = LICENSE_QUEUED,
            .starts_at = queued->starts_at,
            .expires_at = queued->expires_at,
            .last_day = term_last_day(queued->expires_at, reordering->lock.zone),
            .assigned_at = row->assigned_at,
            .assigned_by = row->assigned_by,
        };
    }
    return STATUS_OK;
}

static enum status
reorder_body(struct call *call, void *with)
{
    struct reordering *reordering = with;
    bool changes = false;
    enum status status = ledger_begin(call, reordering->organization_id, &reordering->lock);

    if (!status)
        status =
            sensor_find(call, reordering->organization_id, reordering->serial, &reordering->sensor);
    if (!status)
        status = read_queue(call, reordering);
    if (!status)
        status = order(call, reordering, &changes);
    if (!status && changes)
        status = write(call, reordering);
    return status ? status : fill(call, reordering);
}

enum status
license_queue_reorder(struct call *call, int64_t organization_id, const char *serial,
                      const int64_t *ids, size_t count, struct license_list *out)
{
    struct reordering reordering = {
        .organization_id = organization_id,
        .serial = serial,
        .ids = ids,
        .count = count,
        .out = out,
    };

    return transact(call, reorder_body, &reordering);
}
