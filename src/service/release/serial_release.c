#include "service/release/serial_release.h"

#include "service/audit/audit.h"
#include "service/core/transaction.h"
#include "service/device/devices.h"
#include "service/ledger/sensor_find.h"
#include "service/organization/organizations.h"
#include "service/release/release_letter.h"
#include "service/sensor/sensors.h"
#include "service/sensor/serial_claim.h"

struct release_context {
    const char *serial;
    int64_t next_id;
    struct serial_release *out;
};

static enum status
release_read_next(struct call *call, const struct release_context *context)
{
    struct organization next;

    if (context->next_id == 0)
        return STATUS_OK;
    if (context->next_id == context->out->organization_id)
        return call_fail(call, STATUS_CONFLICT, "sensor_exists", "organization_id",
                         "this organization has the serial already");
    enum status status = organization_get(call, context->next_id, &next);
    if (status == STATUS_NOT_FOUND)
        return call_fail(call, STATUS_NOT_FOUND, "", "organization_id",
                         "there is no such organization");
    context->out->next_id = context->next_id;
    context->out->next = status ? "" : next.name;
    return status;
}

static enum status
release_read(struct call *call, const struct release_context *context)
{
    struct serial_release *out = context->out;
    struct organization organization;
    struct found_sensor sensor;
    enum status status = serial_find_owner(call, context->serial, &out->organization_id);

    if (status)
        return status;
    if (out->organization_id == 0)
        return call_fail(call, STATUS_NOT_FOUND, "", "serial",
                         "no organization has a sensor with this serial");
    status = organization_get(call, out->organization_id, &organization);
    if (status)
        return status;
    out->organization = organization.name;
    status = sensor_find(call, out->organization_id, context->serial, &sensor);
    out->sensor = status ? "" : sensor.name;
    return status ? status : release_read_next(call, context);
}

/* Only the operator may know both organizations. */
static enum status
release_record(struct call *call, const struct release_context *context, int64_t chain,
               const char *action)
{
    struct audit_fact fact = { action, "sensor", context->serial, NULL, NULL };
    struct audit_json json;

    if (chain == AUDIT_OPERATOR_CHAIN) {
        struct json_writer *writer = audit_json_open(&json);
        json_put_id(writer, "released_from", context->out->organization_id);
        json_put_id(writer, "organization_id", context->next_id);
        enum status status = audit_json_close(&json, call, &fact.after);
        if (status)
            return status;
    }
    return audit_append(call, chain, &fact);
}

static enum status
release_reserve(struct call *call, const struct release_context *context)
{
    const struct serial_release *out = context->out;
    enum status status;

    if (context->next_id == 0)
        return device_unbind(call, context->serial, out->organization_id);
    status = device_bind(call, context->serial, context->next_id);
    if (!status)
        status = release_record(call, context, context->next_id, "sensor.reserve");
    return status ? status : release_letter_send_reserved(call, context->serial, out);
}

static enum status
release_body(struct call *call, void *with)
{
    struct release_context *context = with;
    struct serial_release *out = context->out;

    *out = (struct serial_release){ .next = "" };
    enum status status = release_read(call, context);
    if (status)
        return status;
    status = sensor_remove(call, out->organization_id, context->serial);
    if (status)
        return status;
    status = release_record(call, context, out->organization_id, "sensor.release");
    if (!status)
        status = release_letter_send_lost(call, context->serial, out);
    if (!status)
        status = release_reserve(call, context);
    return status ? status : release_record(call, context, AUDIT_OPERATOR_CHAIN, "sensor.release");
}

enum status
serial_release(struct call *call, const char *serial, int64_t next_id, struct serial_release *out)
{
    struct release_context context = { serial, next_id, out };

    return transact(call, release_body, &context);
}
