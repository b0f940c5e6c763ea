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
struct some {
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
struct one {
    const license_row *rows;
    size_t count;
    struct queued_license *queue; /* what goes on waiting */
    size_t queue_count;
    const license_row *runs; /* NULL: nothing does, or no more */
    utc_seconds runs_until;
    bool changed;
};

static enum status
no_room(struct call *call)
{
    return fail(&call->fault, STATUS_TOO_LARGE, "", "", "too many licenses at once");
}

static bool
is_revoked(const struct some *some, const license_row *row)
{
    return row->key_id == some->key_id && row->expires_at > some->ends_at;
}

static void
withdraw(struct some *some, struct one *one, const license_row *row)
{
    some->deletes[some->delete_count++] =
        (struct revocation_delete_in){ some->lock->organization_id, row->id };
    one->changed = true;
}

/* The one that has begun. Ended at the second of its beginning it has no interval. */
static void
judge_running(struct some *some, struct one *one, const license_row *row)
{
    if (is_revoked(some, row) && row->starts_at == some->ends_at) {
        withdraw(some, one, row);
        return;
    }
    one->runs = row;
    one->runs_until = row->expires_at;
    if (!is_revoked(some, row))
        return;
    one->runs_until = some->ends_at;
    one->changed = true;
    some->ends[some->end_count++] =
        (struct revocation_end_in){ some->lock->organization_id, row->id, some->ends_at };
}

static void
judge(struct some *some, struct one *one)
{
    for (size_t i = 0; i < one->count; i++) {
        const license_row *row = &one->rows[i];
        if (row->starts_at <= some->call.now)
            judge_running(some, one, row);
        else if (row->key_id == some->key_id)
            withdraw(some, one, row);
        else
            one->queue[one->queue_count++] =
                (struct queued_license){ row->id, row->term, row->starts_at, row->expires_at };
    }
}

static enum status
lay_queue(struct some *some, struct one *one)
{
    return license_queue_lay(&some->call, some->lock, one->rows[0].sensor_id, one->queue,
                             one->queue_count, one->runs ? one->runs_until : some->call.now);
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
note_before(struct some *some, const struct one *one, const char **out)
{
    struct audit_json json;
    struct json_writer *writer = audit_json_open(&json);

    json_key(writer, "licenses");
    json_array_open(writer);
    for (size_t i = 0; i < one->count; i++)
        put_license(writer, one->rows[i].id, one->rows[i].starts_at, one->rows[i].expires_at);
    json_array_close(writer);
    return audit_json_close(&json, &some->call, out);
}

static enum status
note_after(struct some *some, const struct one *one, const char **out)
{
    struct audit_json json;
    struct json_writer *writer = audit_json_open(&json);

    json_key(writer, "licenses");
    json_array_open(writer);
    if (one->runs)
        put_license(writer, one->runs->id, one->runs->starts_at, one->runs_until);
    for (size_t i = 0; i < one->queue_count; i++)
        put_license(writer, one->queue[i].id, one->queue[i].starts_at, one->queue[i].expires_at);
    json_array_close(writer);
    return audit_json_close(&json, &some->call, out);
}

static enum status
note(struct some *some, const struct one *one)
{
    struct audit_fact *fact = &some->facts[some->stamp_count];
    enum status status = note_before(some, one, &fact->before);

    if (!status)
        status = note_after(some, one, &fact->after);
    fact->action = "license.revoke";
    fact->object_kind = "sensor";
    fact->object_id = one->rows[0].serial;
    some->stamps[some->stamp_count++] = (struct revocation_stamp_in){
        some->lock->organization_id,
        one->rows[0].sensor_id,
        some->lock->version,
    };
    return status;
}

/* The sensors' rows, cut apart; the changed ones come to the front. */
static enum status
judge_all(struct some *some, struct one *ones, size_t *changed)
{
    *changed = 0;
    for (size_t from = 0, to; from < some->row_count; from = to) {
        struct one one = { .rows = some->rows + from };
        for (to = from; to < some->row_count && some->rows[to].sensor_id == one.rows[0].sensor_id;
             to++)
            one.count++;
        one.queue = arena_new(some->call.arena, one.count * sizeof *one.queue);
        if (!one.queue)
            return no_room(&some->call);
        judge(some, &one);
        if (one.changed)
            ones[(*changed)++] = one;
    }
    return STATUS_OK;
}

static enum status
read_some(struct some *some, const int64_t *sensor_ids, size_t count)
{
    struct call *call = &some->call;
    struct revocation_licenses_in in = { .organization_id = some->lock->organization_id,
                                         .now = call->now };

    for (size_t i = 0; i < IN_LIST; i++)
        in.sensor_ids[i] = sensor_ids[i < count ? i : count - 1];
    enum status status = revocation_licenses(call->store, call->arena, &in, &some->rows,
                                             &some->row_count, &call->fault);
    if (status)
        return status;
    some->ends = arena_new(call->arena, (count + 1) * sizeof *some->ends);
    some->deletes = arena_new(call->arena, (some->row_count + 1) * sizeof *some->deletes);
    some->stamps = arena_new(call->arena, (count + 1) * sizeof *some->stamps);
    some->facts = arena_new(call->arena, (count + 1) * sizeof *some->facts);
    return some->ends && some->deletes && some->stamps && some->facts ? STATUS_OK : no_room(call);
}

/* First what goes, then what moves into its place. */
static enum status
write_some(struct some *some, struct one *ones, size_t count)
{
    struct call *call = &some->call;
    enum status status = revocation_delete(call->store, call->arena, some->deletes,
                                           some->delete_count, NULL, &call->fault);

    if (!status)
        status = revocation_end(call->store, call->arena, some->ends, some->end_count, NULL,
                                &call->fault);
    for (size_t i = 0; i < count && !status; i++) {
        status = lay_queue(some, &ones[i]);
        if (!status)
            status = note(some, &ones[i]);
    }
    if (!status)
        status = revocation_stamp(call->store, call->arena, some->stamps, some->stamp_count, NULL,
                                  &call->fault);
    if (status || some->stamp_count == 0)
        return status;
    return audit_append_many(call, some->lock->organization_id, call->actor, some->facts,
                             some->stamp_count);
}

static enum status
revoke_some(struct some *some, const int64_t *sensor_ids, size_t count)
{
    size_t changed;
    enum status status = read_some(some, sensor_ids, count);
    struct one *ones = arena_new(some->call.arena, (count + 1) * sizeof *ones);

    if (!status && !ones)
        status = no_room(&some->call);
    if (!status)
        status = judge_all(some, ones, &changed);
    return status ? status : write_some(some, ones, changed);
}

static enum status
revoke_held(struct call *call, struct some *some, struct revoked_key *out)
{
    struct revocation_sensors_out *sensors;
    struct arena arena;
    size_t count;
    enum status status = revocation_sensors(
        call->store, call->arena,
        &(struct revocation_sensors_in){ some->lock->organization_id, some->key_id, call->now },
        &sensors, &count, &call->fault);

    arena_init(&arena, SOME_MOST_BYTES);
    some->call = *call;
    some->call.arena = &arena;
    for (size_t done = 0; done < count && !status; done += IN_LIST) {
        int64_t ids[IN_LIST];
        size_t these = count - done < IN_LIST ? count - done : IN_LIST;
        for (size_t i = 0; i < these; i++)
            ids[i] = sensors[done + i].sensor_id;
        some->end_count = some->delete_count = some->stamp_count = 0;
        status = revoke_some(some, ids, these);
        out->ended += (int64_t)some->end_count;
        out->withdrawn_waiting += (int64_t)some->delete_count;
        arena_clear(&arena);
        if (status)
            call->fault = some->call.fault;
    }
    return status;
}

enum status
key_revoke(struct call *call, const struct organization_lock *lock, int64_t key_id,
           utc_seconds ends_at, struct revoked_key *out)
{
    struct some some = {
        .key_id = key_id,
        .lock = lock,
        .ends_at = ends_at,
    };
    struct revocation_key_out key;
    int64_t changed;
    bool found;
    enum status status = revocation_key(
        call->store, call->arena, &(struct revocation_key_in){ lock->organization_id, key_id },
        &key, &found, &call->fault);

    if (!status && !found)
        status = fail(&call->fault, STATUS_BROKEN, "", "", "a redeemed code has no key");
    if (status)
        return status;
    *out = (struct revoked_key){ .key = key.key, .withdrawn_from_pool = key.licenses_left };
    status = revoke_held(call, &some, out);
    if (!status)
        status = revocation_withdraw(call->store, call->arena,
                                     &(struct revocation_withdraw_in){
                                         lock->organization_id, key_id, out->withdrawn_waiting },
                                     &changed, &call->fault);
    if (!status && changed != 1)
        status = fail(&call->fault, STATUS_BROKEN, "", "", "the key has given out fewer licenses");
    return status;
}
