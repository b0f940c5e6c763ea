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
sensor_change_body(struct call *call, void *with)
{
    const struct change_context *context = with;
    const struct sensor_change *change = &context->change;
    struct organization_lock lock;
    struct found_sensor sensor;
    struct audit_fact fact = { "sensor.change", "sensor", sensor.serial, NULL, NULL };
    enum status status = ledger_begin(call, context->organization_id, &lock);

    if (status)
        return status;
    status = sensor_find(call, context->organization_id, context->serial, &sensor);
    if (status)
        return status;
    status = change_settings_json(call, &sensor, &fact.before);
    if (status)
        return status;
    if (change->name)
        sensor.name = change->name;
    bool turns_alarms = change->has_alarms_paused && change->alarms_paused != sensor.alarms_paused;
    if (change->has_auto_renewal)
        sensor.auto_renewal = change->auto_renewal;
    if (turns_alarms)
        sensor.alarms_paused = change->alarms_paused;

    status = change_settings_json(call, &sensor, &fact.after);
    if (status || !strcmp(fact.before, fact.after))
        return status;
    status = change_write(call, &lock, &sensor, turns_alarms, &fact);
    if (status || !change->has_auto_renewal || !change->auto_renewal)
        return status;
    /* Switched on: a sensor without coverage takes a license now. */
    struct renewed_sensor *renewed;
    size_t count;
    return renewing_revive(call, &lock, &renewed, &count);
}

enum status
sensor_change(struct call *call, int64_t organization_id, const char *serial,
              const struct sensor_change *change, struct sensor *out)
{
    struct change_context context = {
        .organization_id = organization_id,
        .serial = serial,
        .change = *change,
    };
    enum status status = STATUS_OK;

    if (change->name)
        status = input_text(call, "name", 0, SENSOR_NAME_MOST_BYTES, &context.change.name);
    if (!status)
        status = transact(call, sensor_change_body, &context);
    return status ? status : sensor_get(call, organization_id, serial, out);
}
