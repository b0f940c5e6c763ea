#include "service/code/key_revoke.h"

#include <string.h>

#include "service/audit/audit.h"
#include "service/license/license_queue.h"
#include "statements.h"
#include "store/store.h"

enum {
    IN_LIST = 128,                       /* length of the array in sql/queries/revocation.sql */
    SOME_MOST_BYTES = 256 * 1024 * 1024, /* for IN_LIST sensors: their licenses and entries */
};

typedef struct revocation_licenses_out license_row;

/* Some sensors, and what is written of them. */
struct revocation_chunk {
    struct call call; /* with memory of its own */
    int64_t key_id;
    const struct organization_lock *lock;
    utc_seconds ends_at;
    license_row *rows; /* what ran and what waited, sensor by sensor */
    size_t row_count;

    struct revocation_end_in *ends;
    struct revocation_delete_in *deletes;
    struct revocation_stamp_in *stamps;
    struct audit_fact *facts; /* one a stamp */
    size_t end_count, delete_count, stamp_count;
};

/* One sensor of them. */
struct revoked_sensor {
    const license_row *rows;
    size_t count;
    struct queued_license *queue; /* what goes on waiting */
    size_t queue_count;
    const license_row *runs; /* NULL: nothing does, or no more */
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

/* The one that has begun. Ended at the second of its beginning it has no interval. */
static void
judge_running(struct revocation_chunk *chunk, struct revoked_sensor *sensor, const license_row *row)
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
revoke_key_judge(struct revocation_chunk *chunk, struct revoked_sensor *sensor)
{
    for (size_t i = 0; i < sensor->count; i++) {
        const license_row *row = &sensor->rows[i];
        if (row->starts_at <= chunk->call.now)
            judge_running(chunk, sensor, row);
        else if (row->key_id == chunk->key_id)
            withdraw(chunk, sensor, row);
        else
            sensor->queue[sensor->queue_count++] =
                (struct queued_license){ row->id, row->term, row->starts_at, row->expires_at };
    }
}

static enum status
lay_queue(struct revocation_chunk *chunk, struct revoked_sensor *sensor)
{
    const struct license_queue queue = {
        .sensor_id = sensor->rows[0].sensor_id,
        .items = sensor->queue,
        .count = sensor->queue_count,
    };

    return license_queue_reschedule(&chunk->call, chunk->lock, &queue,
                                    sensor->runs ? sensor->runs_until : chunk->call.now);
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
note_before(struct revocation_chunk *chunk, const struct revoked_sensor *sensor, const char **out)
{
    struct audit_json json;
    struct json_writer *writer = audit_json_open(&json);

    json_key(writer, "licenses");
    json_array_open(writer);
    for (size_t i = 0; i < sensor->count; i++)
        put_license(writer, sensor->rows[i].id, sensor->rows[i].starts_at,
                    sensor->rows[i].expires_at);
    json_array_close(writer);
    return audit_json_close(&json, &chunk->call, out);
}

static enum status
note_after(struct revocation_chunk *chunk, const struct revoked_sensor *sensor, const char **out)
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
    return audit_json_close(&json, &chunk->call, out);
}

static enum status
revoke_key_note(struct revocation_chunk *chunk, const struct revoked_sensor *sensor)
{
    struct audit_fact *fact = &chunk->facts[chunk->stamp_count];
    enum status status = note_before(chunk, sensor, &fact->before);

    if (!status)
        status = note_after(chunk, sensor, &fact->after);
    fact->action = "license.revoke";
    fact->object_kind = "sensor";
    fact->object_id = sensor->rows[0].serial;
    chunk->stamps[chunk->stamp_count++] = (struct revocation_stamp_in){
        chunk->lock->organization_id,
        sensor->rows[0].sensor_id,
        chunk->lock->version,
    };
    return status;
}

/* The sensors' rows, cut apart; the changed ones come to the front. */
static enum status
judge_all(struct revocation_chunk *chunk, struct revoked_sensor *sensors, size_t *changed)
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
        revoke_key_judge(chunk, &sensor);
        if (sensor.changed)
            sensors[(*changed)++] = sensor;
    }
    return STATUS_OK;
}

static enum status
revoke_key_read_some(struct revocation_chunk *chunk, const int64_t *sensor_ids, size_t count)
{
    struct call *call = &chunk->call;
    struct revocation_licenses_in in = { .organization_id = chunk->lock->organization_id,
                                         .now = call->now };

    for (size_t i = 0; i < IN_LIST; i++)
        in.sensor_ids[i] = sensor_ids[i < count ? i : count - 1];
    enum status status = revocation_licenses(&call->db, &in, &chunk->rows, &chunk->row_count);
    if (status)
        return status;
    chunk->ends = call_new(call, (count + 1) * sizeof *chunk->ends);
    chunk->deletes = call_new(call, (chunk->row_count + 1) * sizeof *chunk->deletes);
    chunk->stamps = call_new(call, (count + 1) * sizeof *chunk->stamps);
    chunk->facts = call_new(call, (count + 1) * sizeof *chunk->facts);
    return chunk->ends && chunk->deletes && chunk->stamps && chunk->facts ? STATUS_OK
                                                                          : call_too_large(call);
}

/* First what goes, then what moves into its place. */
static enum status
write_chunk(struct revocation_chunk *chunk, struct revoked_sensor *sensors, size_t count)
{
    struct call *call = &chunk->call;
    enum status status = revocation_delete(&call->db, chunk->deletes, chunk->delete_count, NULL);

    if (!status)
        status = revocation_end(&call->db, chunk->ends, chunk->end_count, NULL);
    for (size_t i = 0; i < count && !status; i++) {
        status = lay_queue(chunk, &sensors[i]);
        if (!status)
            status = revoke_key_note(chunk, &sensors[i]);
    }
    if (!status)
        status = revocation_stamp(&call->db, chunk->stamps, chunk->stamp_count, NULL);
    if (status || chunk->stamp_count == 0)
        return status;
    return audit_append_many(call, chunk->lock->organization_id, call->actor, chunk->facts,
                             chunk->stamp_count);
}

static enum status
revoke_chunk(struct revocation_chunk *chunk, const int64_t *sensor_ids, size_t count)
{
    size_t changed;
    enum status status = revoke_key_read_some(chunk, sensor_ids, count);
    struct revoked_sensor *sensors = call_new(&chunk->call, (count + 1) * sizeof *sensors);

    if (!status && !sensors)
        status = call_too_large(&chunk->call);
    if (!status)
        status = judge_all(chunk, sensors, &changed);
    return status ? status : write_chunk(chunk, sensors, changed);
}

static enum status
revoke_held(struct call *call, struct revocation_chunk *chunk, struct revoked_key *out)
{
    struct revocation_sensors_out *sensors;
    struct arena arena;
    size_t count;
    enum status status = revocation_sensors(
        &call->db,
        &(struct revocation_sensors_in){ chunk->lock->organization_id, chunk->key_id, call->now },
        &sensors, &count);

    arena_init(&arena, SOME_MOST_BYTES);
    chunk->call = *call;
    chunk->call.db.arena = &arena;
    for (size_t done = 0; done < count && !status; done += IN_LIST) {
        int64_t ids[IN_LIST];
        size_t these = count - done < IN_LIST ? count - done : IN_LIST;
        for (size_t i = 0; i < these; i++)
            ids[i] = sensors[done + i].sensor_id;
        chunk->end_count = chunk->delete_count = chunk->stamp_count = 0;
        status = revoke_chunk(chunk, ids, these);
        out->ended += (int64_t)chunk->end_count;
        out->withdrawn_waiting += (int64_t)chunk->delete_count;
        arena_clear(&arena);
        if (status)
            call->db.fault = chunk->call.db.fault;
    }
    return status;
}

enum status
key_revoke(struct call *call, const struct organization_lock *lock, int64_t key_id,
           utc_seconds ends_at, struct revoked_key *out)
{
    struct revocation_chunk chunk = {
        .key_id = key_id,
        .lock = lock,
        .ends_at = ends_at,
    };
    struct revocation_key_out key;
    int64_t changed;
    bool found;
    enum status status = revocation_key(
        &call->db, &(struct revocation_key_in){ lock->organization_id, key_id }, &key, &found);

    if (!status && !found)
        status = call_fail(call, STATUS_BROKEN, "", "", "a redeemed code has no key");
    if (status)
        return status;
    *out = (struct revoked_key){ .key = key.key, .withdrawn_from_pool = key.licenses_left };
    status = revoke_held(call, &chunk, out);
    if (!status)
        status = revocation_withdraw(&call->db,
                                     &(struct revocation_withdraw_in){
                                         lock->organization_id, key_id, out->withdrawn_waiting },
                                     &changed);
    if (!status && changed != 1)
        status = call_fail(call, STATUS_BROKEN, "", "", "the key has given out fewer licenses");
    return status;
}
