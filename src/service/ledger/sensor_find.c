#include "service/ledger/sensor_find.h"

#include <string.h>

#include "statements.h"
#include "store/store.h"

static enum status
sensor_find_not_found(struct call *call)
{
    return call_fail(call, STATUS_NOT_FOUND, "", "serial", "there is no such sensor");
}

enum status
sensor_find(struct call *call, int64_t organization_id, const char *serial,
            struct found_sensor *out)
{
    struct sensor_by_serial_out row;
    struct serial parsed;
    bool found;

    if (!serial_parse(&parsed, serial, strlen(serial)))
        return sensor_find_not_found(call);
    serial_format(out->serial, parsed);
    enum status status = sensor_by_serial(
        &call->db,
        &(struct sensor_by_serial_in){ .organization_id = organization_id, .serial = out->serial },
        &row, &found);
    if (status)
        return status;
    if (!found)
        return sensor_find_not_found(call);
    out->id = row.id;
    out->name = row.name;
    out->auto_renewal = row.auto_renewal;
    out->alarms_paused = row.alarms_paused;
    return STATUS_OK;
}

enum status
sensor_serial(struct fault *fault, const char *text, struct serial *out)
{
    if (!serial_parse(out, text, strlen(text)))
        return fail(fault, STATUS_BROKEN, "", "", "a serial in the store cannot be read");
    return STATUS_OK;
}

enum status
sensors_refresh_coverage(struct call *call, const struct organization_lock *lock,
                         const int64_t *sensor_ids, size_t count)
{
    struct sensor_licenses_changed_in *rows = call_new(call, (count + 1) * sizeof *rows);

    if (!rows)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct sensor_licenses_changed_in){ lock->organization_id, sensor_ids[i],
                                                       lock->version };
    return sensor_licenses_changed(&call->db, rows, count, NULL);
}
