#include "service/forecast/renewal_queue.h"

#include <string.h>

#include "domain/serial.h"
#include "statements.h"
#include "store/store.h"

static enum status
renewal_queue_too_large(struct fault *fault)
{
    return fail(fault, STATUS_TOO_LARGE, "", "",
                "the organization has too many sensors for a plan");
}

enum status
renewal_queue_keys(struct call *call, const struct organization_lock *lock,
                   struct renewal_plan *out)
{
    struct renewal_keys_out *rows;
    size_t count;
    enum status status = renewal_keys(
        &call->db,
        &(struct renewal_keys_in){ .organization_id = lock->organization_id, .most = INT64_MAX },
        &rows, &count);

    *out = (struct renewal_plan){ .order = lock->pool_order, .zone = lock->zone };
    if (status)
        return status;
    out->keys = call_new(call, (count + 1) * sizeof *out->keys);
    if (!out->keys)
        return renewal_queue_too_large(&call->db.fault);
    for (; out->key_count < count; out->key_count++) {
        const struct renewal_keys_out *row = &rows[out->key_count];
        struct pool_key *key = &out->keys[out->key_count];
        *key = (struct pool_key){
            .id = row->id,
            .key = row->key,
            .redemption = row->redemption,
            .left = row->licenses_left,
        };
        if (!term_parse(&key->term, row->term, strlen(row->term)))
            return call_fail(call, STATUS_BROKEN, "", "", "the term of a key cannot be read");
    }
    return STATUS_OK;
}

struct queue_context {
    struct renewal_queue *line;
    size_t room;
};

static enum status
renewal_queue_take_row(void *with, const struct forecast_renewing_out *row, struct fault *fault)
{
    struct queue_context *context = with;
    struct renewal_queue *line = context->line;
    size_t index = line->plan.count;
    struct serial serial;

    if (index == context->room)
        return renewal_queue_too_large(fault);
    if (!serial_parse(&serial, row->serial, strlen(row->serial)))
        return fail(fault, STATUS_BROKEN, "", "", "a serial in the store cannot be read");
    line->plan.line[index] =
        (struct renewal_sensor){ row->coverage_ends_at, serial_number(serial), index };
    line->ids[index] = row->id;
    line->plan.count++;
    return STATUS_OK;
}

enum status
renewal_queue_read(struct call *call, int64_t organization_id, utc_seconds from, utc_seconds until,
                   size_t most, struct renewal_queue *out)
{
    struct queue_context context = { .line = out, .room = most };

    out->plan.count = 0;
    out->plan.line = call_new(call, (most + 1) * sizeof *out->plan.line);
    out->ids = call_new(call, (most + 1) * sizeof *out->ids);
    if (!out->plan.line || !out->ids)
        return renewal_queue_too_large(&call->db.fault);
    enum status status = forecast_renewing(&call->db,
                                           &(struct forecast_renewing_in){
                                               .organization_id = organization_id,
                                               .from = from,
                                               .until = until,
                                           },
                                           renewal_queue_take_row, &context);
    if (!status)
        renewal_begin(&out->plan);
    return status;
}
