/* sensors_remove.c - a sensor leaves, its history stays. */
#include <string.h>

#include "service/audit/audit.h"
#include "service/core/transaction.h"
#include "service/ledger/ledger.h"
#include "service/ledger/renewing.h"
#include "service/ledger/sensor_find.h"
#include "service/sensor/sensors.h"
#include "statements.h"
#include "store/store.h"

struct removing {
    int64_t organization_id;
    const char *serial;
    struct organization_lock lock;
    struct found_sensor sensor;
    struct licenses_waiting_out *waiting;
    size_t waiting_count;
};

/* What waits goes back to its keys. */
static enum status
give_back(struct call *call, struct removing *removing)
{
    int64_t organization_id = removing->organization_id, changed = 0, given;
    size_t count;
    enum status status = licenses_waiting(
        call->store, call->arena,
        &(struct licenses_waiting_in){ organization_id, removing->sensor.id, call->now },
        &removing->waiting, &count, &call->fault);

    if (status)
        return status;
    removing->waiting_count = count;
    struct key_give_back_in *keys = arena_new(call->arena, (count + 1) * sizeof *keys);
    if (!keys)
        return fail(&call->fault, STATUS_TOO_LARGE, "", "", "the sensor has too many licenses");
    for (size_t i = 0; i < count; i++)
        keys[i] = (struct key_give_back_in){ organization_id, removing->waiting[i].key_id, 1 };
    status = licenses_waiting_delete(
        call->store, call->arena,
        &(struct licenses_waiting_delete_in){ organization_id, removing->sensor.id, call->now },
        &changed, &call->fault);
    given = 0;
    if (!status)
        status = key_give_back(call->store, call->arena, keys, count, &given, &call->fault);
    if (!status && (changed != (int64_t)count || given != changed))
        status =
            fail(&call->fault, STATUS_BROKEN, "", "", "the keys have given out fewer licenses");
    return status;
}

static enum status
put(struct call *call, const struct removing *removing)
{
    int64_t organization_id = removing->organization_id, id = removing->sensor.id;
    enum status status = sensor_set_removed(
        call->store, call->arena, &(struct sensor_set_removed_in){ organization_id, id, call->now },
        NULL, &call->fault);

    if (!status)
        status =
            serial_free(call->store, call->arena,
                        &(struct serial_free_in){ removing->sensor.serial, organization_id, id },
                        NULL, &call->fault);
    return status ? status
                  : sensor_refresh_coverage(call, organization_id, id, removing->lock.version);
}

static enum status
record(struct call *call, const struct removing *removing)
{
    const char *before;
    struct audit_json json;
    struct json_writer *writer = audit_json_open(&json);

    json_put_text(writer, "name", removing->sensor.name);
    json_put_bool(writer, "auto_renewal", removing->sensor.auto_renewal);
    json_key(writer, "taken_back");
    json_array_open(writer);
    for (size_t i = 0; i < removing->waiting_count; i++) {
        json_object_open(writer);
        json_put_id(writer, "license", removing->waiting[i].id);
        json_put_text(writer, "key", removing->waiting[i].key);
        json_put_time(writer, "starts_at", removing->waiting[i].starts_at);
        json_object_close(writer);
    }
    json_array_close(writer);
    enum status status = audit_json_close(&json, call, &before);
    if (status)
        return status;
    return audit_append(call, removing->organization_id,
                        &(struct audit_fact){
                            .action = "sensor.remove",
                            .object_kind = "sensor",
                            .object_id = removing->sensor.serial,
                            .before = before,
                        });
}

static enum status
remove_body(struct call *call, void *with)
{
    struct removing *removing = with;
    struct renewed_sensor *renewed;
    size_t count;
    enum status status = ledger_begin(call, removing->organization_id, &removing->lock);

    if (!status)
        status = sensor_find(call, removing->organization_id, removing->serial, &removing->sensor);
    if (!status)
        status = give_back(call, removing);
    if (!status)
        status = put(call, removing);
    if (!status)
        status = record(call, removing);
    if (status || removing->waiting_count == 0)
        return status;
    return renewing_revive(call, &removing->lock, &renewed, &count);
}

enum status
sensor_remove(struct call *call, int64_t organization_id, const char *serial)
{
    struct removing removing = { .organization_id = organization_id, .serial = serial };

    return transact(call, remove_body, &removing);
}
