/* sensors_replace.c - the same sensor with another serial. */
#include <string.h>

#include "service/audit/audit.h"
#include "service/core/transaction.h"
#include "service/ledger/ledger.h"
#include "service/ledger/sensor_find.h"
#include "service/sensor/sensors.h"
#include "statements.h"
#include "store/store.h"

struct replacing {
    int64_t organization_id;
    const char *serial;
    char new_serial[SERIAL_TEXT_SIZE];
    struct organization_lock lock;
    struct found_sensor sensor;
    struct manager_row *out;
};

/* From here to the commit nobody else can claim it. */
static enum status
claim(struct call *call, const struct replacing *replacing)
{
    struct serial_owners_in in;
    struct serial_owners_out *owners;
    size_t count;
    int64_t changed;
    enum status status = serials_claim(call->store, call->arena,
                                       &(struct serials_claim_in){
                                           replacing->new_serial,
                                           replacing->organization_id,
                                           replacing->sensor.id,
                                       },
                                       1, &changed, &call->fault);

    if (status || changed == 1)
        return status;
    for (size_t i = 0; i < sizeof in.serials / sizeof in.serials[0]; i++)
        in.serials[i] = replacing->new_serial;
    status = serial_owners(call->store, call->arena, &in, &owners, &count, &call->fault);
    if (status)
        return status;
    if (count == 1 && owners[0].organization_id == replacing->organization_id)
        return fail(&call->fault, STATUS_CONFLICT, "sensor_exists", "serial",
                    "this organization has a sensor of that serial already");
    return fail(&call->fault, STATUS_CONFLICT, "sensor_not_available", "serial",
                "the sensor of that serial belongs to another organization");
}

static enum status
put(struct call *call, const struct replacing *replacing)
{
    int64_t organization_id = replacing->organization_id, id = replacing->sensor.id;
    int64_t version = replacing->lock.version;
    enum status status =
        serial_free(call->store, call->arena,
                    &(struct serial_free_in){ replacing->sensor.serial, organization_id, id }, NULL,
                    &call->fault);

    if (!status)
        status = sensor_set_serial(
            call->store, call->arena,
            &(struct sensor_set_serial_in){ organization_id, id, replacing->new_serial, version },
            NULL, &call->fault);
    if (!status)
        status = serial_retire(
            call->store, call->arena,
            &(struct serial_retire_in){ organization_id, replacing->sensor.serial, id, version },
            NULL, &call->fault);
    if (status)
        return status;
    return serial_unretire(
        call->store, call->arena, /* it may come back to one that it had */
        &(struct serial_unretire_in){ organization_id, replacing->new_serial, id }, NULL,
        &call->fault);
}

static enum status
serial_json(struct call *call, const char *serial, const char **out)
{
    struct audit_json json;

    json_put_text(audit_json_open(&json), "serial", serial);
    return audit_json_close(&json, call, out);
}

static enum status
record(struct call *call, const struct replacing *replacing)
{
    const char *before, *after;
    enum status status = serial_json(call, replacing->sensor.serial, &before);

    if (!status)
        status = serial_json(call, replacing->new_serial, &after);
    if (status)
        return status;
    return audit_append(call, replacing->organization_id,
                        &(struct audit_fact){
                            .action = "sensor.replace",
                            .object_kind = "sensor",
                            .object_id = replacing->sensor.serial,
                            .before = before,
                            .after = after,
                        });
}

static enum status
replace_body(struct call *call, void *with)
{
    struct replacing *replacing = with;
    int64_t organization_id = replacing->organization_id;
    enum status status = ledger_begin(call, organization_id, &replacing->lock);

    if (!status)
        status = sensor_find(call, organization_id, replacing->serial, &replacing->sensor);
    if (!status)
        status = claim(call, replacing);
    if (!status)
        status = put(call, replacing);
    if (!status)
        status = record(call, replacing);
    return status ? status
                  : manager_row(call, organization_id, replacing->new_serial, replacing->out);
}

enum status
sensor_replace(struct call *call, int64_t organization_id, const char *serial,
               const char *new_serial, struct manager_row *out)
{
    struct replacing replacing = { .organization_id = organization_id,
                                   .serial = serial,
                                   .out = out };
    struct serial parsed;
    const char *text = new_serial ? new_serial : "";

    if (!serial_parse(&parsed, text, strlen(text)))
        return fail(&call->fault, STATUS_INVALID, "serial_malformed", "serial",
                    "it must be 12 hexadecimal digits, such as 282C02402FAD");
    serial_format(replacing.new_serial, parsed);
    return transact(call, replace_body, &replacing);
}
