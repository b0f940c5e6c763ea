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

struct assign_context {
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
choose_key(struct call *call, struct assign_context *context)
{
    const char *key = context->request->key;
    char text[CODE_TEXT_SIZE];
    struct code code;

    context->key = SIZE_MAX;
    if (!key)
        return STATUS_OK;
    if (code_parse(&code, key, strlen(key)) == CODE_OK) {
        code_format(text, &code);
        context->key = pool_withdrawal_find(&context->stock, text);
    }
    return context->key == SIZE_MAX
               ? call_fail(call, STATUS_NOT_FOUND, "", "key", "this organization has no such key")
               : STATUS_OK;
}

/* The pool has to have them all before the first is taken. */
static enum status
check_pool(struct call *call, const struct assign_context *context)
{
    bool named = context->key != SIZE_MAX;
    int64_t needed = (int64_t)context->sensor_count * context->request->count;
    int64_t left = named ? context->stock.keys[context->key].left : context->stock.left;

    if (needed <= left)
        return STATUS_OK;
    enum status status = call_fail(call, STATUS_CONFLICT,
                                   named ? "key_exhausted" : "no_licenses_left", named ? "key" : "",
                                   "more licenses are needed than are left");
    fault_add_number(&call->db.fault, "needed", needed);
    fault_add_number(&call->db.fault, "left", left);
    return status;
}

static enum status
check_queues(struct call *call, const struct assign_context *context)
{
    for (size_t i = 0; i < context->sensor_count; i++) {
        const struct picked_sensor *sensor = &context->sensors[i];
        if (sensor->standing + (size_t)context->request->count > QUEUE_MOST + 1)
            return call_fail(call, STATUS_CONFLICT, "queue_full", "",
                             "at most %d licenses can wait for the turn of %s", QUEUE_MOST,
                             sensor->serial);
    }
    return STATUS_OK;
}

static enum status
assignments_note_fact(struct call *call, const struct license *license, struct audit_fact *fact)
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
assignments_give(struct call *call, struct assign_context *context, struct picked_sensor *sensor,
                 struct license *out)
{
    struct pool_withdrawal *stock = &context->stock;
    size_t place = context->license_count++, key = context->key;

    if (key == SIZE_MAX)
        key = pool_withdrawal_take_next(stock, call->now);
    else
        pool_withdrawal_take(stock, key);
    utc_seconds end = term_end(stock->keys[key].term, sensor->from, context->lock.zone);
    *out = (struct license){
        .id = id_random(),
        .serial = sensor->serial,
        .key = stock->keys[key].key,
        .term = stock->terms[key],
        .state = license_state(sensor->from, end, 0, call->now),
        .starts_at = sensor->from,
        .expires_at = end,
        .last_day = term_last_day(end, context->lock.zone),
        .assigned_at = call->now,
        .assigned_by = call->actor->name,
    };
    context->licenses[place] = (struct licenses_insert_in){
        context->organization_id, out->id,   sensor->id,        stock->keys[key].id, out->starts_at,
        out->expires_at,          call->now, call->actor->name, "by_hand",
    };
    sensor->from = end;
    return assignments_note_fact(call, out, &context->facts[place]);
}

static enum status
assignments_write_step(struct call *call, struct assign_context *context)
{
    if (context->license_count == 0)
        return STATUS_OK;
    enum status status =
        licenses_insert(&call->db, context->licenses, context->license_count, NULL);

    if (!status)
        status = renewal_set_end(&call->db, context->ends, context->end_count, NULL);
    if (!status)
        status = audit_append_many(call, context->organization_id, call->actor, context->facts,
                                   context->license_count);
    context->license_count = context->end_count = 0;
    return status;
}

static enum status
give_sensor(struct call *call, struct assign_context *context, struct picked_sensor *sensor,
            struct assigned_sensor *out)
{
    size_t count = (size_t)context->request->count;
    enum status status = STATUS_OK;

    *out = (struct assigned_sensor){
        .serial = sensor->serial,
        .count = count,
        .licenses = call_new(call, count * sizeof *out->licenses),
    };
    if (!out->licenses)
        return STATUS_TOO_LARGE;
    if (context->license_count + count > STEP_ROWS)
        status = assignments_write_step(call, context);
    for (size_t i = 0; i < count && !status; i++)
        status = assignments_give(call, context, sensor, &out->licenses[i]);
    context->ends[context->end_count++] = (struct renewal_set_end_in){
        context->organization_id, sensor->id, sensor->from, out->licenses[count - 1].starts_at,
        context->lock.version,
    };
    return status;
}

static enum status
give_all(struct call *call, struct assign_context *context)
{
    struct assignments *out = context->out;
    enum status status = STATUS_OK;

    *out = (struct assignments){
        .count = context->sensor_count,
        .items = call_new(call, (context->sensor_count + 1) * sizeof *out->items),
    };
    if (!out->items)
        return STATUS_TOO_LARGE;
    context->license_count = context->end_count = 0;
    for (size_t i = 0; i < out->count && !status; i++)
        status = give_sensor(call, context, &context->sensors[i], &out->items[i]);
    if (!status)
        status = assignments_write_step(call, context);
    if (!status)
        status = pool_withdrawal_write(call, &context->stock);
    out->licenses_left = context->stock.left;
    return status;
}

static enum status
assignments_assign_body(struct call *call, void *with)
{
    struct assign_context *context = with;
    int64_t organization_id = context->organization_id;
    size_t most = ASSIGNMENT_MOST_LICENSES / (size_t)context->request->count;
    enum status status = ledger_begin(call, organization_id, &context->lock);

    if (!status)
        status = assignments_pick(call, organization_id, context->request, most, &context->sensors,
                                  &context->sensor_count);
    if (!status)
        status = pool_withdrawal_read(call, &context->lock, &context->stock);
    if (!status)
        status = choose_key(call, context);
    if (!status)
        status = check_pool(call, context);
    if (!status)
        status = check_queues(call, context);
    return status ? status : give_all(call, context);
}

enum status
assignments_make(struct call *call, int64_t organization_id,
                 const struct assignment_request *request, struct assignments *out)
{
    struct assign_context *context = call_new(call, sizeof *context);

    if (!context)
        return STATUS_TOO_LARGE;
    if (request->count < 1 || request->count > ASSIGNMENT_MOST_EACH)
        return call_fail(call, STATUS_INVALID, "", "count", "it must be 1 to %d",
                         ASSIGNMENT_MOST_EACH);
    context->organization_id = organization_id;
    context->request = request;
    context->out = out;
    return transact(call, assignments_assign_body, context);
}
