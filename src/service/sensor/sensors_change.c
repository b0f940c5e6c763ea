/* sensors_change.c - what a manager sets of a sensor. */
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
change_update(struct call *call, int64_t organization_id, int64_t version,
              const struct found_sensor *sensor)
{
    const char *folded;
    enum status status = input_fold(call, sensor->name, &folded);

    if (status)
        return status;
    return sensor_update(&call->db,
                         &(struct sensor_update_in){
                             .organization_id = organization_id,
                             .id = sensor->id,
                             .name = sensor->name,
                             .name_folded = folded,
                             .auto_renewal = sensor->auto_renewal,
                             .alarms_paused = sensor->alarms_paused,
                             .version = version,
                         },
                         NULL);
}

static enum status
sensor_change_body(struct call *call, void *with)
{
    const struct change_context *context = with;
    const struct sensor_change *change = &context->change;
    int64_t organization_id = context->organization_id;
    struct organization_lock lock;
    struct found_sensor sensor;
    const char *before, *after;
    enum status status = ledger_begin(call, organization_id, &lock);

    if (!status)
        status = sensor_find(call, organization_id, context->serial, &sensor);
    if (!status)
        status = change_settings_json(call, &sensor, &before);
    if (status)
        return status;
    if (change->name)
        sensor.name = change->name;
    bool turns_alarms = change->has_alarms_paused && change->alarms_paused != sensor.alarms_paused;
    if (change->has_auto_renewal)
        sensor.auto_renewal = change->auto_renewal;
    if (turns_alarms)
        sensor.alarms_paused = change->alarms_paused;

    status = change_settings_json(call, &sensor, &after);
    if (status || !strcmp(before, after))
        return status;
    status = change_update(call, organization_id, lock.version, &sensor);
    if (!status && turns_alarms)
        status = alarms_pause_changed(call, organization_id, sensor.id, sensor.alarms_paused);
    if (!status)
        status = audit_append(call, organization_id,
                              &(struct audit_fact){
                                  .action = "sensor.change",
                                  .object_kind = "sensor",
                                  .object_id = sensor.serial,
                                  .before = before,
                                  .after = after,
                              });
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
        status =
            input_text(call, "name", change->name, 0, SENSOR_NAME_MOST_BYTES, &context.change.name);
    if (!status)
        status = transact(call, sensor_change_body, &context);
    return status ? status : sensor_get(call, organization_id, serial, out);
}
