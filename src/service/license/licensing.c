#include "service/license/licensing.h"

#include <string.h>

#include "domain/term.h"
#include "service/core/transaction.h"
#include "service/ledger/ledger.h"
#include "service/ledger/sensor_find.h"
#include "service/license/license_queue.h"
#include "service/license/licensing_give.h"
#include "statements.h"
#include "store/store.h"

struct assign_context {
    int64_t organization_id;
    const char *serial;
    const char *key;
    struct license_gift gift;
    struct license *out;
};

static enum status
assign_find_recipient(struct call *call, struct assign_context *context)
{
    struct recipient *recipient = context->gift.recipients;
    struct found_sensor sensor;
    enum status status = sensor_find(call, context->organization_id, context->serial, &sensor);

    if (status)
        return status;
    recipient->sensor_id = sensor.id;
    status = call_keep_text(call, sensor.serial, &recipient->serial);
    return status ? status : recipients_read(call, &context->gift);
}

static enum status
assign_body(struct call *call, void *with)
{
    struct assign_context *context = with;
    struct license_gift *gift = &context->gift;
    struct license *given;
    enum status status = ledger_begin(call, context->organization_id, &gift->lock);

    if (status)
        return status;
    status = assign_find_recipient(call, context);
    if (status)
        return status;
    status = recipients_check_queues(call, gift);
    if (status)
        return status;
    status = pool_withdrawal_read_one(call, &gift->lock, context->key, &gift->pool);
    if (status)
        return status;
    status = pool_withdrawal_choose(call, &gift->pool, context->key, 1, &gift->key);
    if (status)
        return status;
    status = licenses_give(call, gift, &given);
    if (!status)
        *context->out = given[0];
    return status;
}

enum status
license_assign(struct call *call, int64_t organization_id, const char *serial, const char *key,
               struct license *out)
{
    struct recipient recipient;
    struct assign_context context = {
        .organization_id = organization_id,
        .serial = serial,
        .key = key,
        .gift = { .recipients = &recipient, .count = 1, .each = 1 },
        .out = out,
    };

    return transact(call, assign_body, &context);
}

struct history_context {
    int64_t organization_id;
    const char *serial;
    struct license_list *out;
};

enum status
licenses_read(struct call *call, const struct organization_lock *lock,
              const struct found_sensor *sensor, utc_seconds after, struct license_list *out)
{
    struct licenses_of_sensor_in in = { lock->organization_id, sensor->id, after };
    struct licenses_of_sensor_out *rows;
    const char *serial = call_text(call, sensor->serial);
    enum status status = licenses_of_sensor(&call->db, &in, &rows, &out->count);

    if (status)
        return status;
    out->items = call_new(call, (out->count + 1) * sizeof *out->items);
    if (!serial || !out->items)
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
            .last_day = term_last_day(rows[i].expires_at, lock->zone),
            .assigned_at = rows[i].assigned_at,
            .assigned_by = rows[i].assigned_by,
        };
    return STATUS_OK;
}

static enum status
history_body(struct call *call, void *with)
{
    const struct history_context *context = with;
    struct organization_lock look;
    struct found_sensor sensor;
    enum status status = organization_load(call, context->organization_id, &look);

    if (status)
        return status;
    status = sensor_find(call, context->organization_id, context->serial, &sensor);
    return status ? status : licenses_read(call, &look, &sensor, INT64_MIN, context->out);
}

enum status
license_history(struct call *call, int64_t organization_id, const char *serial,
                struct license_list *out)
{
    struct history_context context = {
        .organization_id = organization_id,
        .serial = serial,
        .out = out,
    };

    return read_transact(call, history_body, &context);
}
