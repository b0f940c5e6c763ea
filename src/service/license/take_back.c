#include "service/license/take_back.h"

#include "service/audit/audit.h"
#include "service/core/transaction.h"
#include "service/ledger/ledger.h"
#include "service/ledger/renewing.h"
#include "service/ledger/sensor_find.h"
#include "service/license/license_queue.h"
#include "service/measurement/saved_within.h"
#include "statements.h"
#include "store/store.h"

struct take_back_context {
    int64_t organization_id;
    int64_t license_id;
    struct organization_lock lock;
    struct license_by_id_out license;
    struct license_queue behind; /* licenses that move forward */
    utc_seconds from;            /* the new start of the first of them */
    bool covered;                /* the sensor is covered now without the license */
};

static enum status
take_back_in_use(struct call *call, const char *why)
{
    return call_fail(call, STATUS_CONFLICT, "license_in_use", "", "%s", why);
}

static enum status
take_back_check_use(struct call *call, const struct take_back_context *context)
{
    const struct license_by_id_out *license = &context->license;
    struct interval interval = { license->starts_at, license->expires_at };
    bool used;

    if (license->revoked)
        return take_back_in_use(call, "this license was revoked");
    if (license->starts_at > call->now)
        return STATUS_OK;
    enum status status = saving_exclusion(call);
    if (status)
        return status;
    status = saved_within(call, context->organization_id, license->sensor_id, interval, &used);
    if (status || !used)
        return status;
    return take_back_in_use(call, "measurements were saved under this license");
}

static enum status
take_back_find(struct call *call, struct take_back_context *context)
{
    struct license_by_id_in in = { context->organization_id, context->license_id };
    bool found;
    enum status status = license_by_id(&call->db, &in, &context->license, &found);

    if (status)
        return status;
    return found ? take_back_check_use(call, context)
                 : call_fail(call, STATUS_NOT_FOUND, "", "", "there is no such license");
}

/* Splits the other licenses of the sensor: those before the license stay, those behind it move. */
static enum status
take_back_split(struct call *call, struct take_back_context *context)
{
    struct licenses_not_ended_in in = { context->organization_id, context->license.sensor_id,
                                        call->now };
    struct licenses_not_ended_out *rows;
    size_t count;
    enum status status = licenses_not_ended(&call->db, &in, &rows, &count);

    if (status)
        return status;
    context->behind = (struct license_queue){
        .sensor_id = context->license.sensor_id,
        .items = call_new(call, (count + 1) * sizeof *context->behind.items),
    };
    if (!context->behind.items)
        return STATUS_TOO_LARGE;
    context->from = call->now;
    context->covered = false;
    for (size_t i = 0; i < count; i++) {
        bool behind = rows[i].starts_at > call->now
                      && rows[i].starts_at > context->license.starts_at;
        if (rows[i].id == context->license_id)
            continue;
        if (behind)
            context->behind.items[context->behind.count++] =
                (struct queued_license){ rows[i].id, rows[i].term, rows[i].starts_at,
                                         rows[i].expires_at };
        else
            context->from = rows[i].expires_at;
        context->covered |= rows[i].starts_at <= call->now;
    }
    context->covered |= context->behind.count > 0 && context->from == call->now;
    if (context->behind.count > 0 && context->behind.items[0].starts_at == context->from)
        context->behind.count = 0; /* the license was the last one, or has ended: nothing moves */
    return STATUS_OK;
}

static enum status
take_back_give_back(struct call *call, const struct take_back_context *context)
{
    int64_t organization_id = context->organization_id, changed;
    struct license_delete_in license = { organization_id, context->license_id };
    struct key_give_back_in key = { organization_id, context->license.key_id, 1 };
    enum status status = license_delete(&call->db, &license, NULL);

    if (status)
        return status;
    status = key_give_back(&call->db, &key, 1, &changed);
    if (status || changed == 1)
        return status;
    return call_fail(call, STATUS_BROKEN, "", "", "the key has given out fewer licenses");
}

static enum status
take_back_record(struct call *call, const struct take_back_context *context)
{
    const struct license_by_id_out *license = &context->license;
    struct audit_fact fact = { "license.take_back", "sensor", license->serial, NULL, NULL };
    struct audit_json json;
    struct json_writer *writer = audit_json_open(&json);

    json_put_id(writer, "license", context->license_id);
    json_put_text(writer, "key", license->key);
    json_put_time(writer, "starts_at", license->starts_at);
    json_put_time(writer, "expires_at", license->expires_at);
    json_put_time(writer, "assigned_at", license->assigned_at);
    json_put_text(writer, "assigned_by", license->assigned_by);
    json_put_bool(writer, "auto_renewal", license->auto_renewal);
    enum status status = audit_json_close(&json, call, &fact.before);
    if (status)
        return status;
    writer = audit_json_open(&json);
    json_put_bool(writer, "auto_renewal", license->auto_renewal && context->covered);
    license_queue_put(writer, "queue", &context->behind);
    status = audit_json_close(&json, call, &fact.after);
    return status ? status : audit_append(call, context->organization_id, &fact);
}

static enum status
take_back_write(struct call *call, struct take_back_context *context)
{
    int64_t organization_id = context->organization_id, sensor_id = context->license.sensor_id;
    struct sensor_stop_renewal_in sensor = { organization_id, sensor_id };
    enum status status = take_back_give_back(call, context);

    if (status)
        return status;
    status = license_queue_reschedule(call, &context->lock, &context->behind, context->from);
    if (!status && !context->covered)
        status = sensor_stop_renewal(&call->db, &sensor, NULL);
    if (status)
        return status;
    status = sensors_refresh_coverage(call, &context->lock, &sensor_id, 1);
    return status ? status : take_back_record(call, context);
}

static enum status
take_back_body(struct call *call, void *with)
{
    struct take_back_context *context = with;
    struct renewed_sensor *renewed;
    size_t count;
    enum status status = ledger_begin(call, context->organization_id, &context->lock);

    if (status)
        return status;
    status = take_back_find(call, context);
    if (status)
        return status;
    status = take_back_split(call, context);
    if (status)
        return status;
    status = take_back_write(call, context);
    return status ? status : renewing_revive(call, &context->lock, &renewed, &count);
}

enum status
license_take_back(struct call *call, int64_t organization_id, int64_t license_id)
{
    struct take_back_context context = { .organization_id = organization_id,
                                         .license_id = license_id };

    return transact(call, take_back_body, &context);
}

enum status
licenses_take_back_waiting(struct call *call, const struct organization_lock *lock,
                           int64_t sensor_id, struct license_list *out)
{
    int64_t organization_id = lock->organization_id, changed = 0, given = 0;
    struct licenses_of_sensor_in in = { organization_id, sensor_id, call->now };
    struct licenses_waiting_delete_in deleted = { organization_id, sensor_id, call->now };
    struct licenses_of_sensor_out *rows;
    size_t count;
    enum status status = licenses_of_sensor(&call->db, &in, &rows, &count);

    if (status)
        return status;
    *out = (struct license_list){ call_new(call, (count + 1) * sizeof *out->items), count };
    struct key_give_back_in *keys = call_new(call, (count + 1) * sizeof *keys);
    if (!out->items || !keys)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < count; i++) {
        keys[i] = (struct key_give_back_in){ organization_id, rows[i].key_id, 1 };
        out->items[i] = (struct license){
            .id = rows[i].id,
            .key = rows[i].key,
            .starts_at = rows[i].starts_at,
        };
    }
    status = licenses_waiting_delete(&call->db, &deleted, &changed);
    if (status)
        return status;
    status = key_give_back(&call->db, keys, count, &given);
    if (status || (changed == (int64_t)count && given == changed))
        return status;
    return call_fail(call, STATUS_BROKEN, "", "", "the keys have given out fewer licenses");
}
