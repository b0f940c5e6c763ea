/* sensors_replace.c - gives a sensor another serial. */
#include <string.h>

#include "service/audit/audit.h"
#include "service/core/transaction.h"
#include "service/ledger/ledger.h"
#include "service/ledger/sensor_find.h"
#include "service/sensor/sensors.h"
#include "service/sensor/serial_claim.h"
#include "service/sensor/serial_refusals.h"
#include "statements.h"
#include "store/store.h"

struct replace_context {
    int64_t organization_id;
    const char *serial;
    const char *new_serial;
    struct import_row *row; /* the new serial, as a request; in the arena */
    struct organization_lock lock;
    struct found_sensor sensor;
    struct manager_row *out;
};

static enum status
replace_claim(struct call *call, const struct replace_context *context)
{
    struct serials_claim_in claim = { context->new_serial, context->organization_id,
                                      context->sensor.id };
    const struct serial_refusal **refusal = &context->row->refusal;

    if (!strcmp(context->new_serial, context->sensor.serial))
        return call_fail(call, STATUS_CONFLICT, "sensor_exists", "serial",
                         "the sensor has this serial already");
    enum status status = serial_refusals_check(call, context->organization_id);
    if (!status)
        status = serial_find_refused(call, &claim, &context->row->request.claim_code, 1, refusal);
    if (!status && !*refusal)
        status = serial_claim(call, &claim, 1, refusal);
    if (status || !*refusal)
        return status;
    return serial_refusals_fail(call, context->organization_id, context->row, 1, true);
}

static enum status
replace_put(struct call *call, const struct replace_context *context)
{
    const char *old = context->sensor.serial, *new = context->new_serial;
    int64_t organization_id = context->organization_id, id = context->sensor.id;
    int64_t version = context->lock.version;
    struct serial_free_in freed = { old, organization_id, id };
    struct sensor_set_serial_in set = { organization_id, id, new, version };
    struct serial_retire_in retired = { organization_id, old, id, version };
    struct serial_unretire_in again = { organization_id, new, id }; /* one that it had before */
    enum status status = serial_free(&call->db, &freed, NULL);

    if (status)
        return status;
    status = sensor_set_serial(&call->db, &set, NULL);
    if (status)
        return status;
    status = serial_retire(&call->db, &retired, NULL);
    return status ? status : serial_unretire(&call->db, &again, NULL);
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
    struct audit_fact fact = { "sensor.replace", "sensor", context->sensor.serial, NULL, NULL };
    enum status status = serial_json(call, context->sensor.serial, &fact.before);

    if (status)
        return status;
    status = serial_json(call, context->new_serial, &fact.after);
    return status ? status : audit_append(call, context->organization_id, &fact);
}

static enum status
replace_body(struct call *call, void *with)
{
    struct replace_context *context = with;
    int64_t organization_id = context->organization_id;
    enum status status = ledger_begin(call, organization_id, &context->lock);

    if (status)
        return status;
    status = sensor_find(call, organization_id, context->serial, &context->sensor);
    if (status)
        return status;
    status = replace_claim(call, context);
    if (status)
        return status;
    status = replace_put(call, context);
    if (status)
        return status;
    status = replace_record(call, context);
    return status ? status : manager_row(call, organization_id, context->new_serial, context->out);
}

enum status
sensor_replace(struct call *call, int64_t organization_id, const char *serial,
               const struct sensor_replacement *replacement, struct manager_row *out)
{
    struct replace_context context = { .organization_id = organization_id,
                                       .serial = serial,
                                       .row = call_new(call, sizeof *context.row),
                                       .out = out };

    if (!context.row)
        return STATUS_TOO_LARGE;
    context.new_serial = context.row->serial;
    context.row->request.claim_code = replacement->claim_code;
    enum status status = serial_read(call, replacement->serial, context.row->serial,
                                     &context.row->request.claim_code);
    return status ? status : transact(call, replace_body, &context);
}
