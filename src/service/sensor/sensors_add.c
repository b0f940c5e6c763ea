/* sensors_add.c - a sensor comes to an organization, or comes back. */
#include <string.h>

#include "base/id.h"
#include "service/audit/audit.h"
#include "service/core/text_check.h"
#include "service/core/transaction.h"
#include "service/ledger/ledger.h"
#include "service/ledger/sensor_find.h"
#include "service/license/licensing_give.h"
#include "service/manager/manager.h"
#include "service/sensor/sensors.h"
#include "statements.h"
#include "store/store.h"

struct add_context {
    int64_t organization_id;
    const struct sensor_request *request;
    char serial[SERIAL_TEXT_SIZE];
    const char *name; /* checked */
    struct organization_lock lock;

    /* What it becomes: */
    int64_t id;
    bool comes_back;
    const char *final_name;
    const char *name_folded;
    bool auto_renewal;
    bool takes_license;
    struct given_license license;

    struct manager_row *out;
};

static enum status
not_available(struct call *call)
{
    return call_fail(call, STATUS_CONFLICT, "sensor_not_available", "serial",
                     "this sensor belongs to another organization");
}

/* The serial becomes this organization's, if nobody has the sensor in use. From here
 * to the commit nobody else can claim it. */
static enum status
add_claim(struct call *call, struct add_context *context)
{
    int64_t organization_id = context->organization_id;
    struct serial_claim_out owner;
    struct sensor_is_removed_out state = { 0 };
    bool known;
    enum status status = serial_claim(&call->db,
                                      &(struct serial_claim_in){
                                          .serial = context->serial,
                                          .organization_id = organization_id,
                                          .sensor_id = context->id,
                                      },
                                      &owner);

    if (status
        || (owner.organization_id == organization_id && owner.sensor_id == context->id
            && !context->comes_back))
        return status;
    status = sensor_is_removed(&call->db,
                               &(struct sensor_is_removed_in){
                                   .organization_id = owner.organization_id,
                                   .id = owner.sensor_id,
                               },
                               &state, &known);
    if (status)
        return status;
    if (known && !state.removed && owner.organization_id != organization_id)
        return not_available(call);
    if (known && !state.removed)
        return call_fail(call, STATUS_CONFLICT, "sensor_exists", "serial",
                         "this organization has the sensor already");
    return serial_set_owner(&call->db,
                            &(struct serial_set_owner_in){
                                .serial = context->serial,
                                .organization_id = organization_id,
                                .sensor_id = context->id,
                            },
                            NULL);
}

/* A sensor that was here before keeps its history, name and switch, unless asked. */
static enum status
add_look_for_removed(struct call *call, struct add_context *context)
{
    const struct sensor_request *request = context->request;
    struct sensor_removed_out before;
    bool covered = false;
    enum status status = sensor_removed(&call->db,
                                        &(struct sensor_removed_in){
                                            .organization_id = context->organization_id,
                                            .serial = context->serial,
                                        },
                                        &before, &context->comes_back);

    if (status)
        return status;
    context->id = context->comes_back ? before.id : id_random();
    context->final_name = context->comes_back && !request->name ? before.name : context->name;
    context->auto_renewal = request->has_auto_renewal ? request->auto_renewal
                            : context->comes_back     ? before.auto_renewal
                                                      : true;
    status = input_fold(call, context->final_name, &context->name_folded);
    if (!status && context->comes_back)
        status = license_covered(call, context->organization_id, context->id, &covered);
    context->takes_license = !covered;
    return status;
}

static enum status
put_sensor(struct call *call, const struct add_context *context)
{
    if (context->comes_back)
        return sensor_resume(&call->db,
                             &(struct sensor_resume_in){
                                 .organization_id = context->organization_id,
                                 .id = context->id,
                                 .name = context->final_name,
                                 .name_folded = context->name_folded,
                                 .auto_renewal = context->auto_renewal,
                                 .added_at = call->now,
                                 .added_by = call->actor->name,
                                 .version = context->lock.version,
                             },
                             NULL);
    return sensor_insert(&call->db,
                         &(struct sensor_insert_in){
                             .organization_id = context->organization_id,
                             .id = context->id,
                             .serial = context->serial,
                             .name = context->final_name,
                             .name_folded = context->name_folded,
                             .auto_renewal = context->auto_renewal,
                             .added_at = call->now,
                             .added_by = call->actor->name,
                             .version = context->lock.version,
                         },
                         NULL);
}

static enum status
add_record(struct call *call, const struct add_context *context)
{
    const char *after;
    struct audit_json json;
    struct json_writer *writer = audit_json_open(&json);

    json_put_text(writer, "name", context->final_name);
    json_put_bool(writer, "auto_renewal", context->auto_renewal);
    if (context->takes_license) {
        json_put_id(writer, "license", context->license.id);
        json_put_text(writer, "key", context->license.key);
        json_put_time(writer, "expires_at", context->license.expires_at);
    }
    enum status status = audit_json_close(&json, call, &after);
    if (status)
        return status;
    return audit_append(call, context->organization_id,
                        &(struct audit_fact){
                            .action = "sensor.add",
                            .object_kind = "sensor",
                            .object_id = context->serial,
                            .after = after,
                        });
}

static enum status
sensor_add_body(struct call *call, void *with)
{
    struct add_context *context = with;
    int64_t organization_id = context->organization_id;
    enum status status = ledger_begin(call, organization_id, &context->lock);

    if (!status)
        status = add_look_for_removed(call, context);
    if (!status)
        status = add_claim(call, context);
    if (!status)
        status = put_sensor(call, context);
    if (!status && context->takes_license)
        status = license_give(call, &context->lock, context->id, context->request->key, "added",
                              &context->license);
    if (!status)
        status = sensor_refresh_coverage(call, organization_id, context->id, context->lock.version);
    if (!status)
        status = add_record(call, context);
    return status ? status : manager_row(call, organization_id, context->serial, context->out);
}

enum status
sensor_add(struct call *call, int64_t organization_id, const struct sensor_request *request,
           struct manager_row *out)
{
    struct add_context context = { .organization_id = organization_id,
                                   .request = request,
                                   .out = out };
    struct serial serial;
    const char *text = request->serial ? request->serial : "";

    if (!serial_parse(&serial, text, strlen(text)))
        return call_fail(call, STATUS_INVALID, "serial_malformed", "serial",
                         "it must be 12 hexadecimal digits, such as 282C02402FAD");
    serial_format(context.serial, serial);
    enum status status =
        input_text(call, "name", request->name, 0, SENSOR_NAME_MOST_BYTES, &context.name);
    return status ? status : transact(call, sensor_add_body, &context);
}
