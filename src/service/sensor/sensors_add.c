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

struct adding {
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
    return fail(&call->fault, STATUS_CONFLICT, "sensor_not_available", "serial",
                "this sensor belongs to another organization");
}

/* The serial becomes this organization's, if nobody has the sensor in use. From here
 * to the commit nobody else can claim it. */
static enum status
claim(struct call *call, struct adding *adding)
{
    int64_t organization_id = adding->organization_id;
    struct serial_claim_out owner;
    struct sensor_is_removed_out state = { 0 };
    bool known;
    enum status status = serial_claim(call->store, call->arena,
                                      &(struct serial_claim_in){
                                          .serial = adding->serial,
                                          .organization_id = organization_id,
                                          .sensor_id = adding->id,
                                      },
                                      &owner, &call->fault);

    if (status
        || (owner.organization_id == organization_id && owner.sensor_id == adding->id
            && !adding->comes_back))
        return status;
    status = sensor_is_removed(call->store, call->arena,
                               &(struct sensor_is_removed_in){
                                   .organization_id = owner.organization_id,
                                   .id = owner.sensor_id,
                               },
                               &state, &known, &call->fault);
    if (status)
        return status;
    if (known && !state.removed && owner.organization_id != organization_id)
        return not_available(call);
    if (known && !state.removed)
        return fail(&call->fault, STATUS_CONFLICT, "sensor_exists", "serial",
                    "this organization has the sensor already");
    return serial_set_owner(call->store, call->arena,
                            &(struct serial_set_owner_in){
                                .serial = adding->serial,
                                .organization_id = organization_id,
                                .sensor_id = adding->id,
                            },
                            NULL, &call->fault);
}

/* A sensor that was here before keeps its history, name and switch, unless asked. */
static enum status
look_for_removed(struct call *call, struct adding *adding)
{
    const struct sensor_request *request = adding->request;
    struct sensor_removed_out before;
    bool covered = false;
    enum status status = sensor_removed(call->store, call->arena,
                                        &(struct sensor_removed_in){
                                            .organization_id = adding->organization_id,
                                            .serial = adding->serial,
                                        },
                                        &before, &adding->comes_back, &call->fault);

    if (status)
        return status;
    adding->id = adding->comes_back ? before.id : id_random();
    adding->final_name = adding->comes_back && !request->name ? before.name : adding->name;
    adding->auto_renewal = request->has_auto_renewal ? request->auto_renewal
                           : adding->comes_back      ? before.auto_renewal
                                                     : true;
    status = input_fold(call, adding->final_name, &adding->name_folded);
    if (!status && adding->comes_back)
        status = license_covered(call, adding->organization_id, adding->id, &covered);
    adding->takes_license = !covered;
    return status;
}

static enum status
put_sensor(struct call *call, const struct adding *adding)
{
    if (adding->comes_back)
        return sensor_resume(call->store, call->arena,
                             &(struct sensor_resume_in){
                                 .organization_id = adding->organization_id,
                                 .id = adding->id,
                                 .name = adding->final_name,
                                 .name_folded = adding->name_folded,
                                 .auto_renewal = adding->auto_renewal,
                                 .added_at = call->now,
                                 .added_by = call->actor->name,
                                 .version = adding->lock.version,
                             },
                             NULL, &call->fault);
    return sensor_insert(call->store, call->arena,
                         &(struct sensor_insert_in){
                             .organization_id = adding->organization_id,
                             .id = adding->id,
                             .serial = adding->serial,
                             .name = adding->final_name,
                             .name_folded = adding->name_folded,
                             .auto_renewal = adding->auto_renewal,
                             .added_at = call->now,
                             .added_by = call->actor->name,
                             .version = adding->lock.version,
                         },
                         NULL, &call->fault);
}

static enum status
record(struct call *call, const struct adding *adding)
{
    const char *after;
    struct audit_json json;
    struct json_writer *writer = audit_json_open(&json);

    json_put_text(writer, "name", adding->final_name);
    json_put_bool(writer, "auto_renewal", adding->auto_renewal);
    if (adding->takes_license) {
        json_put_id(writer, "license", adding->license.id);
        json_put_text(writer, "key", adding->license.key);
        json_put_time(writer, "expires_at", adding->license.expires_at);
    }
    enum status status = audit_json_close(&json, call, &after);
    if (status)
        return status;
    return audit_append(call, adding->organization_id,
                        &(struct audit_fact){
                            .action = "sensor.add",
                            .object_kind = "sensor",
                            .object_id = adding->serial,
                            .after = after,
                        });
}

static enum status
add_body(struct call *call, void *with)
{
    struct adding *adding = with;
    int64_t organization_id = adding->organization_id;
    enum status status = ledger_begin(call, organization_id, &adding->lock);

    if (!status)
        status = look_for_removed(call, adding);
    if (!status)
        status = claim(call, adding);
    if (!status)
        status = put_sensor(call, adding);
    if (!status && adding->takes_license)
        status = license_give(call, &adding->lock, adding->id, adding->request->key, "added",
                              &adding->license);
    if (!status)
        status = sensor_refresh_coverage(call, organization_id, adding->id, adding->lock.version);
    if (!status)
        status = record(call, adding);
    return status ? status : manager_row(call, organization_id, adding->serial, adding->out);
}

enum status
sensor_add(struct call *call, int64_t organization_id, const struct sensor_request *request,
           struct manager_row *out)
{
    struct adding adding = { .organization_id = organization_id, .request = request, .out = out };
    struct serial serial;
    const char *text = request->serial ? request->serial : "";

    if (!serial_parse(&serial, text, strlen(text)))
        return fail(&call->fault, STATUS_INVALID, "serial_malformed", "serial",
                    "it must be 12 hexadecimal digits, such as 282C02402FAD");
    serial_format(adding.serial, serial);
    enum status status =
        input_text(call, "name", request->name, 0, SENSOR_NAME_MOST_BYTES, &adding.name);
    return status ? status : transact(call, add_body, &adding);
}
