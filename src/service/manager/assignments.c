#include "service/manager/assignments.h"

#include <string.h>

#include "base/id.h"
#include "domain/code.h"
#include "domain/term.h"
#include "service/audit/audit.h"
#include "service/core/transaction.h"
#include "service/ledger/ledger.h"
#include "service/ledger/pool_withdrawal.h"
#include "service/license/licensing_give.h"
#include "service/manager/assignments_pick.h"
#include "statements.h"
#include "store/store.h"

enum { STEP_ROWS = 1000 }; /* written at once */

struct assigning {
    int64_t organization_id;
    const struct assignment_request *request;
    struct assignments *out;
    struct organization_lock lock;
    struct pool_withdrawal stock;
    size_t key; /* in the stock; SIZE_MAX: by the pool's order */
    struct picked_sensor *sensors;
    size_t sensor_count;

    /* What one step writes. */
    struct licenses_insert_in licenses[STEP_ROWS];
    struct audit_fact facts[STEP_ROWS];
    size_t license_count;
    struct renewal_set_end_in ends[STEP_ROWS];
    size_t end_count;
};

static enum status
no_room(struct call *call)
{
    return fail(&call->fault, STATUS_TOO_LARGE, "", "", "there are too many licenses at once");
}

static enum status
choose_key(struct call *call, struct assigning *assigning)
{
    const char *key = assigning->request->key;
    char text[CODE_TEXT_SIZE];
    struct code code;

    assigning->key = SIZE_MAX;
    if (!key)
        return STATUS_OK;
    if (code_parse(&code, key, strlen(key)) == CODE_OK) {
        code_format(text, &code);
        assigning->key = pool_withdrawal_find(&assigning->stock, text);
    }
    return assigning->key == SIZE_MAX ? fail(&call->fault, STATUS_NOT_FOUND, "", "key",
                                             "this organization has no such key")
                                      : STATUS_OK;
}

/* The pool has to have them all before the first is taken. */
static enum status
check_pool(struct call *call, const struct assigning *assigning)
{
    bool named = assigning->key != SIZE_MAX;
    int64_t needed = (int64_t)assigning->sensor_count * assigning->request->count;
    int64_t left = named ? assigning->stock.keys[assigning->key].left : assigning->stock.left;

    if (needed <= left)
        return STATUS_OK;
    enum status status = fail(&call->fault, STATUS_CONFLICT,
                              named ? "key_exhausted" : "no_licenses_left", named ? "key" : "",
                              "more licenses are needed than are left");
    fault_add_number(&call->fault, "needed", needed);
    fault_add_number(&call->fault, "left", left);
    return status;
}

static enum status
check_queues(struct call *call, const struct assigning *assigning)
{
    for (size_t i = 0; i < assigning->sensor_count; i++) {
        const struct picked_sensor *sensor = &assigning->sensors[i];
        if (sensor->standing + (size_t)assigning->request->count > QUEUE_MOST + 1)
            return fail(&call->fault, STATUS_CONFLICT, "queue_full", "",
                        "at most %d licenses can wait for the turn of %s", QUEUE_MOST,
                        sensor->serial);
    }
    return STATUS_OK;
}

static enum status
note_fact(struct call *call, const struct license *license, struct audit_fact *fact)
{
    struct audit_json json;
    struct json_writer *writer = audit_json_open(&json);

    json_put_id(writer, "license", license->id);
    json_put_text(writer, "key", license->key);
    json_put_time(writer, "starts_at", license->starts_at);
    json_put_time(writer, "expires_at", license->expires_at);
    *fact = (struct audit_fact){
        .action = "license.assign",
        .object_kind = "sensor",
        .object_id = license->serial,
    };
    return audit_json_close(&json, call, &fact->after);
}

/* The sensor's next license, behind what it has. */
static enum status
give(struct call *call, struct assigning *assigning, struct picked_sensor *sensor,
     struct license *out)
{
    struct pool_withdrawal *stock = &assigning->stock;
    size_t place = assigning->license_count++, key = assigning->key;

    if (key == SIZE_MAX)
        key = pool_withdrawal_take_next(stock, call->now);
    else
        pool_withdrawal_take(stock, key);
    utc_seconds end = term_end(stock->keys[key].term, sensor->from, assigning->lock.zone);
    *out = (struct license){
        .id = id_random(),
        .serial = sensor->serial,
        .key = stock->keys[key].key,
        .term = stock->terms[key],
        .state = license_state(sensor->from, end, 0, call->now),
        .starts_at = sensor->from,
        .expires_at = end,
        .last_day = term_last_day(end, assigning->lock.zone),
        .assigned_at = call->now,
        .assigned_by = call->actor->name,
    };
    assigning->licenses[place] = (struct licenses_insert_in){
        assigning->organization_id,
        out->id,
        sensor->id,
        stock->keys[key].id,
        out->starts_at,
        out->expires_at,
        call->now,
        call->actor->name,
        "by_hand",
    };
    sensor->from = end;
    return note_fact(call, out, &assigning->facts[place]);
}

static enum status
write_step(struct call *call, struct assigning *assigning)
{
    if (assigning->license_count == 0)
        return STATUS_OK;
    enum status status = licenses_insert(call->store, call->arena, assigning->licenses,
                                         assigning->license_count, NULL, &call->fault);

    if (!status)
        status = renewal_set_end(call->store, call->arena, assigning->ends, assigning->end_count,
                                 NULL, &call->fault);
    if (!status)
        status = audit_append_many(call, assigning->organization_id, call->actor, assigning->facts,
                                   assigning->license_count);
    assigning->license_count = assigning->end_count = 0;
    return status;
}

static enum status
give_sensor(struct call *call, struct assigning *assigning, struct picked_sensor *sensor,
            struct assigned_sensor *out)
{
    size_t count = (size_t)assigning->request->count;
    enum status status = STATUS_OK;

    *out = (struct assigned_sensor){
        .serial = sensor->serial,
        .count = count,
        .licenses = arena_new(call->arena, count * sizeof *out->licenses),
    };
    if (!out->licenses)
        return no_room(call);
    if (assigning->license_count + count > STEP_ROWS)
        status = write_step(call, assigning);
    for (size_t i = 0; i < count && !status; i++)
        status = give(call, assigning, sensor, &out->licenses[i]);
    assigning->ends[assigning->end_count++] = (struct renewal_set_end_in){
        assigning->organization_id, sensor->id, sensor->from, out->licenses[count - 1].starts_at,
        assigning->lock.version,
    };
    return status;
}

static enum status
give_all(struct call *call, struct assigning *assigning)
{
    struct assignments *out = assigning->out;
    enum status status = STATUS_OK;

    *out = (struct assignments){
        .count = assigning->sensor_count,
        .items = arena_new(call->arena, (assigning->sensor_count + 1) * sizeof *out->items),
    };
    if (!out->items)
        return no_room(call);
    assigning->license_count = assigning->end_count = 0;
    for (size_t i = 0; i < out->count && !status; i++)
        status = give_sensor(call, assigning, &assigning->sensors[i], &out->items[i]);
    if (!status)
        status = write_step(call, assigning);
    if (!status)
        status = pool_withdrawal_write(call, &assigning->stock);
    out->licenses_left = assigning->stock.left;
    return status;
}

static enum status
assign_body(struct call *call, void *with)
{
    struct assigning *assigning = with;
    int64_t organization_id = assigning->organization_id;
    size_t most = ASSIGNMENT_MOST_LICENSES / (size_t)assigning->request->count;
    enum status status = ledger_begin(call, organization_id, &assigning->lock);

    if (!status)
        status = assignments_pick(call, organization_id, assigning->request, most,
                                  &assigning->sensors, &assigning->sensor_count);
    if (!status)
        status = pool_withdrawal_read(call, &assigning->lock, &assigning->stock);
    if (!status)
        status = choose_key(call, assigning);
    if (!status)
        status = check_pool(call, assigning);
    if (!status)
        status = check_queues(call, assigning);
    return status ? status : give_all(call, assigning);
}

enum status
assignments_make(struct call *call, int64_t organization_id,
                 const struct assignment_request *request, struct assignments *out)
{
    struct assigning *assigning = arena_new(call->arena, sizeof *assigning);

    if (!assigning)
        return no_room(call);
    if (request->count < 1 || request->count > ASSIGNMENT_MOST_EACH)
        return fail(&call->fault, STATUS_INVALID, "", "count", "it must be 1 to %d",
                    ASSIGNMENT_MOST_EACH);
    assigning->organization_id = organization_id;
    assigning->request = request;
    assigning->out = out;
    return transact(call, assign_body, assigning);
}
