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
sensor_refresh_coverage(struct call *call, int64_t organization_id, int64_t sensor_id,
                        int64_t version)
{
    return sensor_licenses_changed(&call->db,
                                   &(struct sensor_licenses_changed_in){
                                       .organization_id = organization_id,
                                       .id = sensor_id,
                                       .version = version,
                                   },
                                   NULL);
}
