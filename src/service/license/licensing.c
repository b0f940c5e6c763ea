#include "service/license/licensing.h"

#include <string.h>

#include "domain/term.h"
#include "service/core/transaction.h"
#include "service/ledger/ledger.h"
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
    enum status status =
        sensor_find(call, context->gift.lock.organization_id, context->serial, &sensor);

    if (status)
        return status;
    recipient->sensor_id = sensor.id;
    status = keep_serial(call, &sensor, &recipient->serial);
    return status ? status : recipients_read(call, &context->gift);
}

static enum status
assign_body(struct call *call, void *with)
{
    struct assign_context *context = with;
    struct license_gift *gift = &context->gift;
    struct license *given;
    enum status status = ledger_begin(call, context->organization_id, &gift->lock);

    if (!status)
        status = assign_find_recipient(call, context);
    if (!status)
        status = recipients_check_queues(call, gift);
    if (!status)
        status = pool_withdrawal_read_one(call, &gift->lock, context->key, &gift->pool);
    if (!status)
        status = pool_withdrawal_choose(call, &gift->pool, context->key, 1, &gift->key);
    if (!status)
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
    const struct history_context *context = with;
    int64_t organization_id = context->organization_id;
    const struct zone *zone;
    struct found_sensor sensor;
    struct licenses_of_sensor_out *rows;
    enum status status = organization_zone(call, organization_id, &zone);

    if (!status)
        status = sensor_find(call, organization_id, context->serial, &sensor);
    if (!status)
        status = licenses_of_sensor(&call->db,
                                    &(struct licenses_of_sensor_in){
                                        .organization_id = organization_id,
                                        .sensor_id = sensor.id,
                                    },
                                    &rows, &context->out->count);
    return status ? status : fill_history(call, &sensor, zone, rows, context->out);
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
