#include "service/ledger/renewal_queue.h"

#include <string.h>

#include "service/ledger/sensor_find.h"
#include "statements.h"
#include "store/store.h"

enum status
pool_keys_of(struct call *call, const struct renewal_keys_out *rows, size_t count,
             struct pool_key **out)
{
    struct pool_key *keys = call_new(call, (count + 1) * sizeof *keys);

    if (!keys)
        return STATUS_TOO_LARGE;
    *out = keys;
    for (size_t i = 0; i < count; i++) {
        keys[i] = (struct pool_key){
            .id = rows[i].id,
            .key = rows[i].key,
            .term_text = rows[i].term,
            .redemption = rows[i].redemption,
            .left = rows[i].licenses_left,
        };
        if (!term_parse(&keys[i].term, rows[i].term, strlen(rows[i].term)))
            return call_fail(call, STATUS_BROKEN, "", "", "the term of a key cannot be read");
    }
    return STATUS_OK;
}

enum status
pool_key_take(struct call *call, int64_t organization_id, int64_t key_id, int64_t taken)
{
    struct renewal_take_in in = { organization_id, key_id, taken };
    int64_t changed;
    enum status status = taken > 0 ? renewal_take(&call->db, &in, &changed) : STATUS_OK;

    if (!status && taken > 0 && changed != 1)
        return call_fail(call, STATUS_BUSY, "", "", "the pool has changed");
    return status;
}

enum status
renewal_queue_keys(struct call *call, const struct organization_lock *lock, int64_t most,
                   struct renewal_queue *out)
{
    struct renewal_keys_out *rows;
    size_t count;
    enum status status = renewal_keys(
        &call->db, &(struct renewal_keys_in){ .organization_id = lock->organization_id, most },
        &rows, &count);

    if (status)
        return status;
    *out = (struct renewal_queue){
        .plan = { .order = lock->pool_order, .zone = lock->zone, .key_count = count },
        .last_read = call_new(call, (count + 1) * sizeof *out->last_read),
    };
    if (!out->last_read)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < count; i++)
        out->last_read[i] = rows[i].place == most;
    return pool_keys_of(call, rows, count, &out->plan.keys);
}

enum status
renewal_queue_count(struct call *call, int64_t organization_id, struct renewal_queue_part *part)
{
    struct renewal_queue_size_out size;
    enum status status = renewal_queue_size(
        &call->db, &(struct renewal_queue_size_in){ organization_id, part->from, part->until },
        &size);

    if (!status)
        part->most = size.count;
    return status;
}

static enum status
renewal_queue_add(void *with, const struct renewal_queue_sensors_out *row, struct fault *fault)
{
    struct renewal_queue *queue = with;
    size_t index = queue->plan.count++;
    struct serial serial;
    enum status status = sensor_serial(fault, row->serial, &serial);

    queue->plan.line[index] =
        (struct renewal_sensor){ row->coverage_ends_at, serial_number(serial), index };
    queue->ids[index] = row->id;
    return status;
}

enum status
renewal_queue_read(struct call *call, int64_t organization_id,
                   const struct renewal_queue_part *part, struct renewal_queue *out)
{
    out->plan.count = 0;
    out->plan.line = call_new(call, ((size_t)part->most + 1) * sizeof *out->plan.line);
    out->ids = call_new(call, ((size_t)part->most + 1) * sizeof *out->ids);
    if (!out->plan.line || !out->ids)
        return call_fail(call, STATUS_TOO_LARGE, "", "",
                         "the organization has too many sensors for a plan");
    enum status status = renewal_queue_sensors(&call->db,
                                               &(struct renewal_queue_sensors_in){
                                                   .organization_id = organization_id,
                                                   .from = part->from,
                                                   .until = part->until,
                                                   .most = part->most,
                                               },
                                               renewal_queue_add, out);
    if (!status)
        renewal_begin(&out->plan);
    return status;
}
