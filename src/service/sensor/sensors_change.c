/* sensors_change.c - changes the settings of a sensor. */
#include <string.h>

#include "service/alarm/alarm_rules.h"
#include "service/audit/audit.h"
#include "service/core/text_check.h"
#include "service/core/transaction.h"
#include "service/ledger/ledger.h"
#include "service/ledger/renewing.h"
#include "service/ledger/sensor_find.h"
#include "service/sensor/sensors.h"
#include "statements.h"
#include "store/store.h"

struct change_context {
    int64_t organization_id;
    const char *serial;
    struct sensor_change change;
    struct found_sensor after; /* with the change */
    struct sensor_changed *out;
};

static enum status
change_settings_json(struct call *call, const struct found_sensor *sensor, const char **out)
{
    struct audit_json json;
    struct json_writer *writer = audit_json_open(&json);

    json_put_text(writer, "name", sensor->name);
    json_put_bool(writer, "auto_renewal", sensor->auto_renewal);
    json_put_bool(writer, "alarms_paused", sensor->alarms_paused);
    return audit_json_close(&json, call, out);
}

static enum status
change_update(struct call *call, const struct organization_lock *lock,
              const struct found_sensor *sensor)
{
    struct sensor_update_in in = {
        .organization_id = lock->organization_id,
        .id = sensor->id,
        .name = sensor->name,
        .auto_renewal = sensor->auto_renewal,
        .alarms_paused = sensor->alarms_paused,
        .version = lock->version,
    };
    enum status status = input_fold(call, sensor->name, &in.name_folded);

    return status ? status : sensor_update(&call->db, &in, NULL);
}

static enum status
change_write(struct call *call, const struct organization_lock *lock,
             const struct found_sensor *sensor, bool turns_alarms, const struct audit_fact *fact)
{
    enum status status = change_update(call, lock, sensor);

    if (!status && turns_alarms)
        status =
            alarms_pause_changed(call, lock->organization_id, sensor->id, sensor->alarms_paused);
    return status ? status : audit_append(call, lock->organization_id, fact);
}

static enum status
change_apply(struct call *call, const struct organization_lock *lock,
             struct change_context *context)
{
    const struct sensor_change *change = &context->change;
    struct found_sensor *sensor = &context->after;
    struct audit_fact fact = { "sensor.change", "sensor", sensor->serial, NULL, NULL };
    enum status status = change_settings_json(call, sensor, &fact.before);

    if (status)
        return status;
    if (change->name)
        sensor->name = change->name;
    bool turns_alarms = change->has_alarms_paused && change->alarms_paused != sensor->alarms_paused;
    if (change->has_auto_renewal)
        sensor->auto_renewal = change->auto_renewal;
    if (turns_alarms)
        sensor->alarms_paused = change->alarms_paused;

    status = change_settings_json(call, sensor, &fact.after);
    if (status || !strcmp(fact.before, fact.after))
        return status;
    status = change_write(call, lock, sensor, turns_alarms, &fact);
    if (status || !change->has_auto_renewal || !change->auto_renewal)
        return status;
    /* Switched on: a sensor without coverage takes a license now. */
    return renewing_revive(call, lock, &context->out->renewed, &context->out->renewed_count);
}

static enum status
sensor_change_body(struct call *call, void *with)
{
    struct change_context *context = with;
    struct organization_lock lock;
    struct pool_withdrawal pool;
    enum status status = ledger_begin(call, context->organization_id, &lock);

    *context->out = (struct sensor_changed){ 0 };
    if (status)
        return status;
    status = sensor_find(call, context->organization_id, context->serial, &context->after);
    if (status)
        return status;
    status = change_apply(call, &lock, context);
    if (status)
        return status;
    status = pool_withdrawal_read(call, &lock, &pool);
    context->out->licenses_left = pool.left;
    return status;
}

/* The store holds nothing of a dry run. */
static void
change_show(const struct change_context *context, struct sensor *sensor)
{
    const struct sensor_changed *out = context->out;

    sensor->name = context->after.name;
    sensor->auto_renewal = context->after.auto_renewal;
    sensor->alarms_paused = context->after.alarms_paused;
    for (size_t i = 0; i < out->renewed_count; i++)
        if (!strcmp(out->renewed[i].serial, sensor->serial))
            sensor->state = SENSOR_ACTIVE;
}

enum status
sensor_change(struct call *call, int64_t organization_id, const char *serial,
              const struct sensor_change *change, struct sensor_changed *out)
{
    struct change_context context = {
        .organization_id = organization_id,
        .serial = serial,
        .change = *change,
        .out = out,
    };
    enum status status = STATUS_OK;

    if (change->name)
        status = input_text(call, "name", 0, SENSOR_NAME_MOST_BYTES, &context.change.name);
    if (!status)
        status = transact(call, sensor_change_body, &context);
    if (!status)
        status = sensor_get(call, organization_id, serial, &out->sensor);
    if (!status && call->dry_run)
        change_show(&context, &out->sensor);
    return status;
}
