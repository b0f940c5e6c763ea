#include "service/code/key_revoke.h"

#include "service/audit/audit.h"
#include "service/core/in_list.h"
#include "service/license/license_queue.h"
#include "statements.h"
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
    struct revocation_stamp_in *stamps;
    struct audit_fact *facts; /* one for each stamp */
    size_t end_count, delete_count, stamp_count;
};

struct revoked_sensor {
    const license_row *rows;
    size_t count;
    struct queued_license *queue; /* licenses that still wait */
    size_t queue_count;
    const license_row *runs; /* the license that still runs, or NULL */
    utc_seconds runs_until;
    bool changed;
};

static bool
is_revoked(const struct revocation_chunk *chunk, const license_row *row)
{
    return row->key_id == chunk->key_id && row->expires_at > chunk->ends_at;
}

static void
withdraw(struct revocation_chunk *chunk, struct revoked_sensor *sensor, const license_row *row)
{
    chunk->deletes[chunk->delete_count++] =
        (struct revocation_delete_in){ chunk->lock->organization_id, row->id };
    sensor->changed = true;
}

/* A license that would end in the second of its start has no interval: it is withdrawn. */
static void
revoke_running(struct revocation_chunk *chunk, struct revoked_sensor *sensor,
               const license_row *row)
{
    if (is_revoked(chunk, row) && row->starts_at == chunk->ends_at) {
        withdraw(chunk, sensor, row);
        return;
    }
    sensor->runs = row;
    sensor->runs_until = row->expires_at;
    if (!is_revoked(chunk, row))
        return;
    sensor->runs_until = chunk->ends_at;
    sensor->changed = true;
    chunk->ends[chunk->end_count++] =
        (struct revocation_end_in){ chunk->lock->organization_id, row->id, chunk->ends_at };
}

static void
revoke_sensor(struct revocation_chunk *chunk, struct revoked_sensor *sensor)
{
    for (size_t i = 0; i < sensor->count; i++) {
        const license_row *row = &sensor->rows[i];
        if (row->starts_at <= chunk->call.now)
            revoke_running(chunk, sensor, row);
        else if (row->key_id == chunk->key_id)
            withdraw(chunk, sensor, row);
        else
            sensor->queue[sensor->queue_count++] =
                (struct queued_license){ row->id, row->term, row->starts_at, row->expires_at };
    }
}

static void
put_license(struct json_writer *json, int64_t id, utc_seconds starts_at, utc_seconds expires_at)
{
    json_object_open(json);
    json_put_id(json, "license", id);
    json_put_time(json, "starts_at", starts_at);
    json_put_time(json, "expires_at", expires_at);
    json_object_close(json);
}

static enum status
describe_before(struct call *call, const struct revoked_sensor *sensor, const char **out)
{
    struct audit_json json;
    struct json_writer *writer = audit_json_open(&json);

    json_key(writer, "licenses");
    json_array_open(writer);
    for (size_t i = 0; i < sensor->count; i++)
        put_license(writer, sensor->rows[i].id, sensor->rows[i].starts_at,
                    sensor->rows[i].expires_at);
    json_array_close(writer);
    return audit_json_close(&json, call, out);
}

static enum status
describe_after(struct call *call, const struct revoked_sensor *sensor, const char **out)
{
    struct audit_json json;
    struct json_writer *writer = audit_json_open(&json);

    json_key(writer, "licenses");
    json_array_open(writer);
    if (sensor->runs)
        put_license(writer, sensor->runs->id, sensor->runs->starts_at, sensor->runs_until);
    for (size_t i = 0; i < sensor->queue_count; i++)
        put_license(writer, sensor->queue[i].id, sensor->queue[i].starts_at,
                    sensor->queue[i].expires_at);
    json_array_close(writer);
    return audit_json_close(&json, call, out);
}

/* Moves the queue of a sensor forward, and prepares its stamp and its audit entry. */
static enum status
finish_sensor(struct revocation_chunk *chunk, const struct revoked_sensor *sensor)
{
    struct call *call = &chunk->call;
    const license_row *first = sensor->rows;
    struct audit_fact fact = { "license.revoke", "sensor", first->serial, NULL, NULL };
    utc_seconds from = sensor->runs ? sensor->runs_until : call->now;
    enum status status = license_queue_lay(call, chunk->lock, first->sensor_id, sensor->queue,
                                           sensor->queue_count, from);

    if (status)
        return status;
    status = describe_before(call, sensor, &fact.before);
    if (status)
        return status;
    status = describe_after(call, sensor, &fact.after);
    chunk->facts[chunk->stamp_count] = fact;
    chunk->stamps[chunk->stamp_count++] =
        (struct revocation_stamp_in){ chunk->lock->organization_id, first->sensor_id,
                                      chunk->lock->version };
    return status;
}

/* Splits the rows by sensor and gives the sensors that change. */
static enum status
revoke_sensors(struct revocation_chunk *chunk, struct revoked_sensor *sensors, size_t *changed)
{
    *changed = 0;
    for (size_t from = 0, to; from < chunk->row_count; from = to) {
        struct revoked_sensor sensor = { .rows = chunk->rows + from };
        for (to = from;
             to < chunk->row_count && chunk->rows[to].sensor_id == sensor.rows[0].sensor_id; to++)
            sensor.count++;
        sensor.queue = call_new(&chunk->call, sensor.count * sizeof *sensor.queue);
        if (!sensor.queue)
            return STATUS_TOO_LARGE;
        revoke_sensor(chunk, &sensor);
        if (sensor.changed)
            sensors[(*changed)++] = sensor;
    }
    return STATUS_OK;
}

static enum status
read_chunk(struct revocation_chunk *chunk, const int64_t *sensor_ids, size_t count)
{
    struct call *call = &chunk->call;
    struct revocation_licenses_in in = { .organization_id = chunk->lock->organization_id,
                                         .now = call->now };

    in_list_fill(in.sensor_ids, CHUNK, sensor_ids, count);
    enum status status = revocation_licenses(&call->db, &in, &chunk->rows, &chunk->row_count);
    if (status)
        return status;
    chunk->ends = call_new(call, count * sizeof *chunk->ends);
    chunk->deletes = call_new(call, (chunk->row_count + 1) * sizeof *chunk->deletes);
    chunk->stamps = call_new(call, count * sizeof *chunk->stamps);
    chunk->facts = call_new(call, count * sizeof *chunk->facts);
    bool whole = chunk->ends && chunk->deletes && chunk->stamps && chunk->facts;
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
    if (status || chunk->stamp_count == 0)
        return status;
    status = revocation_stamp(&call->db, chunk->stamps, chunk->stamp_count, NULL);
    if (status)
        return status;
    return audit_append_many(call, chunk->lock->organization_id, call->actor, chunk->facts,
                             chunk->stamp_count);
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
        chunk->end_count = chunk->delete_count = chunk->stamp_count = 0;
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
