#include "service/license/licensing.h"

#include <string.h>

#include "domain/term.h"
#include "service/audit/audit.h"
#include "service/core/transaction.h"
#include "service/ledger/ledger.h"
#include "service/ledger/organization_lock.h"
#include "service/ledger/sensor_find.h"
#include "service/license/licensing_give.h"
#include "statements.h"
#include "store/store.h"

static enum status
keep_serial(struct call *call, const struct found_sensor *sensor, const char **out)
{
    *out = call_text(call, sensor->serial);
    return *out ? STATUS_OK : call_too_large(call);
}

static enum status
record_assignment(struct call *call, int64_t organization_id, const struct license *license)
{
    const char *after;
    struct audit_json json;
    struct json_writer *writer = audit_json_open(&json);

    json_put_id(writer, "license", license->id);
    json_put_text(writer, "key", license->key);
    json_put_time(writer, "starts_at", license->starts_at);
    json_put_time(writer, "expires_at", license->expires_at);
    enum status status = audit_json_close(&json, call, &after);
    if (status)
        return status;
    return audit_append(call, organization_id,
                        &(struct audit_fact){
                            .action = "license.assign",
                            .object_kind = "sensor",
                            .object_id = license->serial,
                            .after = after,
                        });
}

struct assign_context {
    int64_t organization_id;
    const char *serial;
    const char *key;
    struct license *out;
};

static enum status
licensing_assign_body(struct call *call, void *with)
{
    const struct assign_context *context = with;
    int64_t organization_id = context->organization_id;
    struct organization_lock lock;
    struct found_sensor sensor;
    struct given_license given;
    enum status status = ledger_begin(call, organization_id, &lock);

    if (!status)
        status = sensor_find(call, organization_id, context->serial, &sensor);
    if (!status)
        status = license_give(call, &lock, sensor.id, context->key, "by_hand", &given);
    if (!status)
        status = sensor_refresh_coverage(call, organization_id, sensor.id, lock.version);
    if (status)
        return status;
    *context->out = (struct license){
        .id = given.id,
        .key = given.key,
        .term = given.term,
        .state = license_state(given.starts_at, given.expires_at, 0, call->now),
        .starts_at = given.starts_at,
        .expires_at = given.expires_at,
        .last_day = term_last_day(given.expires_at, lock.zone),
        .assigned_at = call->now,
        .assigned_by = call->actor->name,
    };
    status = keep_serial(call, &sensor, &context->out->serial);
    return status ? status : record_assignment(call, organization_id, context->out);
}

enum status
license_assign(struct call *call, int64_t organization_id, const char *serial, const char *key,
               struct license *out)
{
    struct assign_context context = {
        .organization_id = organization_id,
        .serial = serial,
        .key = key,
        .out = out,
    };

    return transact(call, licensing_assign_body, &context);
}

struct looking_back {
    int64_t organization_id;
    const char *serial;
    struct license_list *out;
};

static enum status
fill_history(struct call *call, const struct found_sensor *sensor, const struct zone *zone,
             const struct licenses_of_sensor_out *rows, struct license_list *out)
{
    const char *serial;
    enum status status = keep_serial(call, sensor, &serial);

    if (status)
        return status;
    out->items = call_new(call, (out->count + 1) * sizeof *out->items);
    if (!out->items)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < out->count; i++)
        out->items[i] = (struct license){
            .id = rows[i].id,
            .serial = serial,
            .key = rows[i].key,
            .term = rows[i].term,
            .state =
                license_state(rows[i].starts_at, rows[i].expires_at, rows[i].revoked_at, call->now),
            .starts_at = rows[i].starts_at,
            .expires_at = rows[i].expires_at,
            .last_day = term_last_day(rows[i].expires_at, zone),
            .assigned_at = rows[i].assigned_at,
            .assigned_by = rows[i].assigned_by,
        };
    return STATUS_OK;
}

static enum status
history_body(struct call *call, void *with)
{
    const struct looking_back *looking_back = with;
    int64_t organization_id = looking_back->organization_id;
    const struct zone *zone;
    struct found_sensor sensor;
    struct licenses_of_sensor_out *rows;
    enum status status = organization_zone(call, organization_id, &zone);

    if (!status)
        status = sensor_find(call, organization_id, looking_back->serial, &sensor);
    if (!status)
        status = licenses_of_sensor(&call->db,
                                    &(struct licenses_of_sensor_in){
                                        .organization_id = organization_id,
                                        .sensor_id = sensor.id,
                                    },
                                    &rows, &looking_back->out->count);
    return status ? status : fill_history(call, &sensor, zone, rows, looking_back->out);
}

enum status
license_history(struct call *call, int64_t organization_id, const char *serial,
                struct license_list *out)
{
    struct looking_back looking_back = {
        .organization_id = organization_id,
        .serial = serial,
        .out = out,
    };

    return read_transact(call, history_body, &looking_back);
}
