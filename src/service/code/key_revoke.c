#include "service/code/key_revoke.h"

#include "service/audit/audit.h"
#include "service/ledger/sensor_find.h"
#include "service/license/license_queue.h"
#include "statements.h"
#include "store/in_list.h"
#include "store/store.h"

enum {
    CHUNK = 128,                          /* sensors; length of the array in sql/queries/code.sql */
    CHUNK_MOST_BYTES = 256 * 1024 * 1024, /* for the licenses and audit entries of a chunk */
};

typedef struct revocation_licenses_out license_row;

/* A chunk of the sensors, and the rows to write for them. */
struct revocation_chunk {
    struct call call; /* with its own arena */
    int64_t key_id;
    const struct organization_lock *lock;
    utc_seconds ends_at;
    license_row *rows; /* running and waiting licenses, sensor by sensor */
    size_t row_count;

    struct revocation_end_in *ends;
    struct revocation_delete_in *deletes;
    int64_t *changed_ids;
    struct audit_fact *facts; /* one for each changed sensor */
    size_t end_count, delete_count, changed_count;
};

struct revoked_sensor {
    const license_row *rows;
    size_t count;
    struct license_queue before, after; /* running and waiting licenses */
    size_t running;                     /* of them in `after`: 0 or 1 */
    bool changed;
};

/* A license that would end in the second of its start has no interval: it is withdrawn, like a
 * waiting one. */
static void
revoke_license(struct revocation_chunk *chunk, struct revoked_sensor *sensor,
               const license_row *row)
{
    int64_t organization_id = chunk->lock->organization_id;
    struct queued_license left = { row->id, row->term, row->starts_at, row->expires_at };
    bool runs = row->starts_at <= chunk->call.now;
    bool revoked = row->key_id == chunk->key_id && (!runs || row->expires_at > chunk->ends_at);

    sensor->before.items[sensor->before.count++] = left;
    sensor->changed |= revoked;
    if (revoked && (!runs || row->starts_at == chunk->ends_at)) {
        chunk->deletes[chunk->delete_count++] =
            (struct revocation_delete_in){ organization_id, row->id };
        return;
    }
    if (revoked) {
        left.expires_at = chunk->ends_at;
        chunk->ends[chunk->end_count++] =
            (struct revocation_end_in){ organization_id, row->id, chunk->ends_at };
    }
    sensor->running += runs;
    sensor->after.items[sensor->after.count++] = left;
}

/* Moves the queue of a sensor forward, and prepares its audit entry. */
static enum status
finish_sensor(struct revocation_chunk *chunk, const struct revoked_sensor *sensor)
{
    struct call *call = &chunk->call;
    const license_row *first = sensor->rows;
    struct audit_fact fact = { "license.revoke", "sensor", first->serial, NULL, NULL };
    struct license_queue queue = { .sensor_id = first->sensor_id,
                                   .items = sensor->after.items + sensor->running,
                                   .count = sensor->after.count - sensor->running };
    utc_seconds from = sensor->running ? sensor->after.items[0].expires_at : call->now;
    enum status status = license_queue_reschedule(call, chunk->lock, &queue, from);

    if (status)
        return status;
    status = license_queue_json(call, "licenses", &sensor->before, &fact.before);
    if (status)
        return status;
    status = license_queue_json(call, "licenses", &sensor->after, &fact.after);
    chunk->facts[chunk->changed_count] = fact;
    chunk->changed_ids[chunk->changed_count++] = first->sensor_id;
    return status;
}

/* Splits the rows by sensor and gives the sensors that change. */
static enum status
revoke_sensors(struct revocation_chunk *chunk, struct revoked_sensor *sensors, size_t *changed)
{
    size_t at = 0;

    *changed = 0;
    while (at < chunk->row_count) {
        struct revoked_sensor sensor = { .rows = chunk->rows + at };
        while (at + sensor.count < chunk->row_count
               && sensor.rows[sensor.count].sensor_id == sensor.rows[0].sensor_id)
            sensor.count++;
        sensor.before.items = call_new(&chunk->call, sensor.count * sizeof *sensor.before.items);
        sensor.after.items = call_new(&chunk->call, sensor.count * sizeof *sensor.after.items);
        if (!sensor.before.items || !sensor.after.items)
            return STATUS_TOO_LARGE;
        for (size_t i = 0; i < sensor.count; i++)
            revoke_license(chunk, &sensor, &sensor.rows[i]);
        if (sensor.changed)
            sensors[(*changed)++] = sensor;
        at += sensor.count;
    }
    return STATUS_OK;
}

static enum status
read_chunk(struct revocation_chunk *chunk, const int64_t *sensor_ids, size_t count)
{
    struct call *call = &chunk->call;
    struct revocation_licenses_in in = { .organization_id = chunk->lock->organization_id,
                                         .now = call->now };

    IN_LIST_FILL(in.sensor_ids, sensor_ids, count);
    enum status status = revocation_licenses(&call->db, &in, &chunk->rows, &chunk->row_count);
    if (status)
        return status;
    chunk->ends = call_new(call, count * sizeof *chunk->ends);
    chunk->deletes = call_new(call, (chunk->row_count + 1) * sizeof *chunk->deletes);
    chunk->changed_ids = call_new(call, count * sizeof *chunk->changed_ids);
    chunk->facts = call_new(call, count * sizeof *chunk->facts);
    bool whole = chunk->ends && chunk->deletes && chunk->changed_ids && chunk->facts;
    return whole ? STATUS_OK : STATUS_TOO_LARGE;
}

/* Deletes and ends licenses first: the queue moves into their place. */
static enum status
write_chunk(struct revocation_chunk *chunk, const struct revoked_sensor *sensors, size_t count)
{
    struct call *call = &chunk->call;
    enum status status = revocation_delete(&call->db, chunk->deletes, chunk->delete_count, NULL);

    if (status)
        return status;
    status = revocation_end(&call->db, chunk->ends, chunk->end_count, NULL);
    for (size_t i = 0; i < count && !status; i++)
        status = finish_sensor(chunk, &sensors[i]);
    if (status || chunk->changed_count == 0)
        return status;
    status = sensors_refresh_coverage(call, chunk->lock, chunk->changed_ids, chunk->changed_count);
    if (status)
        return status;
    return audit_append_many(call, chunk->lock->organization_id, call->actor, chunk->facts,
                             chunk->changed_count);
}

static enum status
revoke_chunk(struct revocation_chunk *chunk, const int64_t *sensor_ids, size_t count)
{
    struct revoked_sensor *sensors = call_new(&chunk->call, count * sizeof *sensors);
    size_t changed;

    if (!sensors)
        return STATUS_TOO_LARGE;
    enum status status = read_chunk(chunk, sensor_ids, count);
    if (status)
        return status;
    status = revoke_sensors(chunk, sensors, &changed);
    return status ? status : write_chunk(chunk, sensors, changed);
}

static enum status
revoke_assigned(struct call *call, struct revocation_chunk *chunk, struct revoked_key *out)
{
    struct revocation_sensors_in in = { chunk->lock->organization_id, chunk->key_id, call->now };
    struct revocation_sensors_out *sensors;
    struct arena arena;
    size_t count;
    enum status status = revocation_sensors(&call->db, &in, &sensors, &count);

    if (status)
        return status;
    arena_init(&arena, CHUNK_MOST_BYTES);
    chunk->call = *call;
    chunk->call.db.arena = &arena;
    for (size_t done = 0; done < count && !status; done += CHUNK) {
        int64_t ids[CHUNK];
        size_t size = count - done < CHUNK ? count - done : CHUNK;
        for (size_t i = 0; i < size; i++)
            ids[i] = sensors[done + i].sensor_id;
        chunk->end_count = chunk->delete_count = chunk->changed_count = 0;
        status = revoke_chunk(chunk, ids, size);
        out->ended += (int64_t)chunk->end_count;
        out->withdrawn_waiting += (int64_t)chunk->delete_count;
        arena_clear(&arena);
    }
    if (status)
        call->db.fault = chunk->call.db.fault;
    return status;
}

enum status
key_revoke(struct call *call, const struct organization_lock *lock, int64_t key_id,
           utc_seconds ends_at, struct revoked_key *out)
{
    struct revocation_chunk chunk = { .key_id = key_id, .lock = lock, .ends_at = ends_at };
    struct revocation_key_in key_in = { lock->organization_id, key_id };
    struct revocation_key_out key;
    int64_t changed;
    bool found;
    enum status status = revocation_key(&call->db, &key_in, &key, &found);

    if (status)
        return status;
    if (!found)
        return call_fail(call, STATUS_BROKEN, "", "", "a redeemed code has no key");
    *out = (struct revoked_key){ .key = key.key, .withdrawn_from_pool = key.licenses_left };
    status = revoke_assigned(call, &chunk, out);
    if (status)
        return status;
    struct revocation_withdraw_in in = { lock->organization_id, key_id, out->withdrawn_waiting };
    status = revocation_withdraw(&call->db, &in, &changed);
    if (!status && changed != 1)
        return call_fail(call, STATUS_BROKEN, "", "", "the key has given out fewer licenses");
    return status;
}
