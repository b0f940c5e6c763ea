/* sensors_replace.c - the same sensor with another serial. */
#include <string.h>

#include "service/audit/audit.h"
#include "service/core/transaction.h"
#include "service/ledger/ledger.h"
#include "service/ledger/sensor_find.h"
#include "service/sensor/sensors.h"
#include "statements.h"
#include "store/store.h"

struct replace_context {
    int64_t organization_id;
    const char *serial;
    char new_serial[SERIAL_TEXT_SIZE];
    struct organization_lock lock;
    struct found_sensor sensor;
    struct manager_row *out;
};

/* From here to the commit nobody else can claim it. */
static enum status
replace_claim(struct call *call, const struct replace_context *context)
{
    struct serial_owners_in in;
    struct serial_owners_out *owners;
    size_t count;
    int64_t changed;
    enum status status = serials_claim(&call->db,
                                       &(struct serials_claim_in){
                                           context->new_serial,
                                           context->organization_id,
                                           context->sensor.id,
                                       },
                                       1, &changed);

    if (status || changed == 1)
        return status;
    for (size_t i = 0; i < sizeof in.serials / sizeof in.serials[0]; i++)
        in.serials[i] = context->new_serial;
    status = serial_owners(&call->db, &in, &owners, &count);
    if (status)
        return status;
    if (count == 1 && owners[0].organization_id == context->organization_id)
        return call_fail(call, STATUS_CONFLICT, "sensor_exists", "serial",
                         "this organization has a sensor of that serial already");
    return call_fail(call, STATUS_CONFLICT, "sensor_not_available", "serial",
                     "the sensor of that serial belongs to another organization");
}

static enum status
replace_put(struct call *call, const struct replace_context *context)
{
    int64_t organization_id = context->organization_id, id = context->sensor.id;
    int64_t version = context->lock.version;
    enum status status = serial_free(
        &call->db, &(struct serial_free_in){ context->sensor.serial, organization_id, id }, NULL);

    if (!status)
        status = sensor_set_serial(
            &call->db,
            &(struct sensor_set_serial_in){ organization_id, id, context->new_serial, version },
            NULL);
    if (!status)
        status = serial_retire(
            &call->db,
            &(struct serial_retire_in){ organization_id, context->sensor.serial, id, version },
            NULL);
    if (status)
        return status;
    return serial_unretire(&call->db, /* it may come back to one that it had */
                           &(struct serial_unretire_in){ organization_id, context->new_serial, id },
                           NULL);
}

static enum status
serial_json(struct call *call, const char *serial, const char **out)
{
    struct audit_json json;

    json_put_text(audit_json_open(&json), "serial", serial);
    return audit_json_close(&json, call, out);
}

static enum status
replace_record(struct call *call, const struct replace_context *context)
{
    const char *before, *after;
    enum status status = serial_json(call, context->sensor.serial, &before);

    if (!status)
        status = serial_json(call, context->new_serial, &after);
    if (status)
        return status;
    return audit_append(call, context->organization_id,
                        &(struct audit_fact){
                            .action = "sensor.replace",
                            .object_kind = "sensor",
                            .object_id = context->sensor.serial,
                            .before = before,
                            .after = after,
                        });
}

static enum status
replace_body(struct call *call, void *with)
{
    struct replace_context *context = with;
    int64_t organization_id = context->organization_id;
    enum status status = ledger_begin(call, organization_id, &context->lock);

    if (!status)
        status = sensor_find(call, organization_id, context->serial, &context->sensor);
    if (!status)
        status = replace_claim(call, context);
    if (!status)
        status = replace_put(call, context);
    if (!status)
        status = replace_record(call, context);
    return status ? status : manager_row(call, organization_id, context->new_serial, context->out);
}

enum status
sensor_replace(struct call *call, int64_t organization_id, const char *serial,
               const char *new_serial, struct manager_row *out)
{
    struct replace_context context = { .organization_id = organization_id,
                                       .serial = serial,
                                       .out = out };
    struct serial parsed;
    const char *text = new_serial ? new_serial : "";

    if (!serial_parse(&parsed, text, strlen(text)))
        return call_fail(call, STATUS_INVALID, "serial_malformed", "serial",
                         "it must be 12 hexadecimal digits, such as 282C02402FAD");
    serial_format(context.new_serial, parsed);
    return transact(call, replace_body, &context);
}
