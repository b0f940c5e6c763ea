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
no_room(struct call *call)
{
    return fail(&call->fault, STATUS_TOO_LARGE, "", "", "the answer is too large");
}

static enum status
keep_serial(struct call *call, const struct found_sensor *sensor, const char **out)
{
    *out = arena_text(call->arena, sensor->serial, strlen(sensor->serial));
    return *out ? STATUS_OK : no_room(call);
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

struct assigning {
    int64_t organization_id;
    const char *serial;
    const char *key;
    struct license *out;
};

static enum status
assign_body(struct call *call, void *with)
{
    const struct assigning *assigning = with;
    int64_t organization_id = assigning->organization_id;
    struct organization_lock lock;
    struct found_sensor sensor;
    struct given_license given;
    enum status status = ledger_begin(call, organization_id, &lock);

    if (!status)
        status = sensor_find(call, organization_id, assigning->serial, &sensor);
    if (!status)
        status = license_give(call, &lock, sensor.id, assigning->key, "by_hand", &given);
    if (!status)
        status = sensor_refresh_coverage(call, organization_id, sensor.id, lock.version);
    if (status)
        return status;
    *assigning->out = (struct license){
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
    status = keep_serial(call, &sensor, &assigning->out->serial);
    return status ? status : record_assignment(call, organization_id, assigning->out);
}

enum status
license_assign(struct call *call, int64_t organization_id, const char *serial, const char *key,
               struct license *out)
{
    struct assigning assigning = {
        .organization_id = organization_id,
        .serial = serial,
        .key = key,
        .out = out,
    };

    return transact(call, assign_body, &assigning);
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
    out->items = arena_new(call->arena, (out->count + 1) * sizeof *out->items);
    if (!out->items)
        return no_room(call);
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
        status = licenses_of_sensor(call->store, call->arena,
                                    &(struct licenses_of_sensor_in){
                                        .organization_id = organization_id,
                                        .sensor_id = sensor.id,
                                    },
                                    &rows, &looking_back->out->count, &call->fault);
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
