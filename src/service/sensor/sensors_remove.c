/* sensors_remove.c - removes a sensor and keeps its history. */
#include <string.h>

#include "service/audit/audit.h"
#include "service/core/transaction.h"
#include "service/ledger/ledger.h"
#include "service/ledger/renewing.h"
#include "service/ledger/sensor_find.h"
#include "service/license/take_back.h"
#include "service/sensor/sensors.h"
#include "statements.h"
#include "store/store.h"

struct remove_context {
    int64_t organization_id;
    const char *serial;
    struct organization_lock lock;
    struct found_sensor sensor;
    struct license_list waiting; /* taken back */
};

static enum status
remove_put(struct call *call, const struct remove_context *context)
{
    int64_t organization_id = context->organization_id, id = context->sensor.id;
    struct sensor_set_removed_in removed = { organization_id, id, call->now };
    struct serial_free_in serial = { context->sensor.serial, organization_id, id };
    enum status status = sensor_set_removed(&call->db, &removed, NULL);

    if (status)
        return status;
    status = serial_free(&call->db, &serial, NULL);
    return status ? status : sensors_refresh_coverage(call, &context->lock, &id, 1);
}

static enum status
remove_record(struct call *call, const struct remove_context *context)
{
    struct audit_fact fact = { "sensor.remove", "sensor", context->sensor.serial, NULL, NULL };
    struct audit_json json;
    struct json_writer *writer = audit_json_open(&json);

    json_put_text(writer, "name", context->sensor.name);
    json_put_bool(writer, "auto_renewal", context->sensor.auto_renewal);
    json_put_array_open(writer, "taken_back");
    for (size_t i = 0; i < context->waiting.count; i++) {
        json_object_open(writer);
        json_put_id(writer, "license", context->waiting.items[i].id);
        json_put_text(writer, "key", context->waiting.items[i].key);
        json_put_time(writer, "starts_at", context->waiting.items[i].starts_at);
        json_object_close(writer);
    }
    json_array_close(writer);
    enum status status = audit_json_close(&json, call, &fact.before);
    return status ? status : audit_append(call, context->organization_id, &fact);
}

static enum status
sensor_remove_body(struct call *call, void *with)
{
    struct remove_context *context = with;
    struct renewed_sensor *renewed;
    size_t count;
    enum status status = ledger_begin(call, context->organization_id, &context->lock);

    if (status)
        return status;
    status = sensor_find(call, context->organization_id, context->serial, &context->sensor);
    if (status)
        return status;
    status =
        licenses_take_back_waiting(call, &context->lock, context->sensor.id, &context->waiting);
    if (status)
        return status;
    status = remove_put(call, context);
    if (status)
        return status;
    status = remove_record(call, context);
    if (status || context->waiting.count == 0)
        return status;
    return renewing_revive(call, &context->lock, &renewed, &count);
}

enum status
sensor_remove(struct call *call, int64_t organization_id, const char *serial)
{
    struct remove_context context = { .organization_id = organization_id, .serial = serial };

    return transact(call, sensor_remove_body, &context);
}
