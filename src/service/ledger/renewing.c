#include "service/ledger/renewing.h"

#include <stdlib.h>

#include "base/id.h"
#include "service/audit/audit.h"
#include "service/core/clock.h"
#include "service/ledger/renewal_queue.h"
#include "service/outbox/events.h"
#include "statements.h"
#include "store/in_list.h"
#include "store/store.h"

enum {
    MOST_KEYS = 1024, /* of one term, read in one step; the next step reads the rest */
    NO_END = 0,       /* of the coverage of a sensor that never had a license */
    SOME_END = 1,     /* or later */
};

/* The coverage of a renewed sensor. */
struct new_end {
    int64_t sensor_id;
    utc_seconds starts_at, ends_at; /* of its newest license; 0: not renewed */
};

/* One step: the plan, and what it writes. */
struct step {
    struct call *call;
    const struct organization_lock *lock;
    struct renewal_queue queue;
    size_t read;                /* sensors in the queue at first */
    bool keys_end;              /* more keys may follow one that is used up */
    bool full;                  /* there may be more due than were read, */
    struct renewal_sensor last; /* all behind this one */

    struct new_end *ends; /* by index of the sensors */
    struct licenses_insert_in *licenses;
    struct audit_fact *facts;
    size_t count, license_room, fact_room;
    utc_seconds newest_start; /* of a renewal: the newest end that is passed */
};

/* The sensors whose coverage ends in [from, until], the first RENEWING_STEP of them. */
static enum status
renewing_begin(struct step *step, utc_seconds from, utc_seconds until)
{
    struct call *call = step->call;
    struct renewal_plan *plan = &step->queue.plan;
    const struct renewal_queue_part part = { from, until, RENEWING_STEP };
    enum status status = renewal_queue_keys(call, step->lock, MOST_KEYS, &step->queue);

    if (status || plan->key_count == 0)
        return status;
    status = renewal_queue_read(call, step->lock->organization_id, &part, &step->queue);
    if (status)
        return status;
    step->read = plan->count;
    step->full = step->read == RENEWING_STEP;
    for (size_t i = 0; i < plan->count; i++)
        if (i == 0 || renewal_goes_before(&step->last, &plan->line[i]))
            step->last = plan->line[i];
    step->ends = call_new(call, (step->read + 1) * sizeof *step->ends);
    return step->ends ? STATUS_OK : STATUS_TOO_LARGE;
}

/* A step grows past RENEWING_STEP only where short terms followed each other during an outage. */
static enum status
renewing_make_room(struct step *step)
{
    struct licenses_insert_in *licenses = arena_grow(
        step->call->db.arena, step->licenses, sizeof *licenses, step->count, &step->license_room);
    struct audit_fact *facts =
        arena_grow(step->call->db.arena, step->facts, sizeof *facts, step->count, &step->fact_room);

    if (!licenses || !facts)
        return call_too_large(step->call);
    step->licenses = licenses;
    step->facts = facts;
    return STATUS_OK;
}

static enum status
renewing_note_fact(struct step *step, const struct renewal *renewal, int64_t license_id)
{
    struct audit_json json;
    struct json_writer *writer = audit_json_open(&json);
    struct audit_fact *fact = &step->facts[step->count];
    char *serial = call_new(step->call, SERIAL_TEXT_SIZE);

    if (!serial)
        return STATUS_TOO_LARGE;
    serial_format(serial, serial_from_number(renewal->sensor.serial));
    json_put_id(writer, "license", license_id);
    json_put_text(writer, "key", step->queue.plan.keys[renewal->key].key);
    json_put_time(writer, "starts_at", renewal->starts_at);
    json_put_time(writer, "expires_at", renewal->expires_at);
    *fact = (struct audit_fact){
        .action = "license.renew",
        .object_kind = "sensor",
        .object_id = serial,
    };
    return audit_json_close(&json, step->call, &fact->after);
}

static enum status
renewing_note(struct step *step, const struct renewal *renewal)
{
    int64_t sensor_id = step->queue.ids[renewal->sensor.index];
    int64_t id = id_random();
    enum status status = renewing_make_room(step);

    if (status)
        return status;
    status = renewing_note_fact(step, renewal, id);
    if (status)
        return status;
    step->licenses[step->count++] = (struct licenses_insert_in){
        .organization_id = step->lock->organization_id,
        .id = id,
        .sensor_id = sensor_id,
        .key_id = step->queue.plan.keys[renewal->key].id,
        .starts_at = renewal->starts_at,
        .expires_at = renewal->expires_at,
        .assigned_at = step->call->now,
        .assigned_by = actor_system.name,
        .cause = "auto_renewal",
    };
    step->ends[renewal->sensor.index] = (struct new_end){
        sensor_id,
        renewal->starts_at,
        renewal->expires_at,
    };
    if (renewal->starts_at > step->newest_start && renewal->starts_at < step->call->now)
        step->newest_start = renewal->starts_at;
    step->keys_end = step->queue.last_read[renewal->key]
                     && step->queue.plan.keys[renewal->key].left == 0;
    return STATUS_OK;
}

/* Takes the plan's licenses from each key. */
static enum status
write_keys(struct step *step)
{
    const struct renewal_plan *plan = &step->queue.plan;
    enum status status = STATUS_OK;

    for (size_t i = 0; i < plan->key_count && !status; i++) {
        int64_t taken = 0;
        for (size_t k = 0; k < step->count; k++)
            taken += step->licenses[k].key_id == plan->keys[i].id;
        status = pool_key_take(step->call, step->lock->organization_id, plan->keys[i].id, taken);
    }
    return status;
}

static int
by_end(const void *a, const void *b)
{
    const struct new_end *x = a, *y = b;
    int order = (x->ends_at > y->ends_at) - (x->ends_at < y->ends_at);

    return order ? order : (x->starts_at > y->starts_at) - (x->starts_at < y->starts_at);
}

/* Sensors that begin and end together share a statement. */
static enum status
write_ends(struct step *step)
{
    const struct new_end *ends = step->ends;
    int64_t *ids = call_new(step->call, (step->read + 1) * sizeof *ids);
    size_t count = 0;
    enum status status = STATUS_OK;

    if (!ids)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < step->read; i++)
        if (ends[i].ends_at)
            step->ends[count++] = ends[i];
    qsort(step->ends, count, sizeof *ends, by_end);
    for (size_t i = 0; i < count; i++)
        ids[i] = ends[i].sensor_id;
    for (size_t at = 0, same; at < count && !status;) {
        struct renewal_set_end_together_in in = {
            .organization_id = step->lock->organization_id,
            .coverage_ends_at = ends[at].ends_at,
            .last_starts_at = ends[at].starts_at,
            .version = step->lock->version,
        };
        for (same = 1; at + same < count && by_end(&ends[at], &ends[at + same]) == 0;)
            same++;
        at += IN_LIST_FILL(in.ids, ids + at, same);
        status = renewal_set_end_together(&step->call->db, &in, NULL);
    }
    return status;
}

static const struct pool_key *
renewing_key_of(const struct step *step, const struct licenses_insert_in *license)
{
    const struct pool_key *key = step->queue.plan.keys;

    while (key->id != license->key_id)
        key++;
    return key;
}

static void
renewing_write_renewed(struct json_writer *json, const void *with, size_t index)
{
    const struct step *step = with;
    const struct licenses_insert_in *license = &step->licenses[index];

    json_put_text(json, "serial", step->facts[index].object_id);
    json_put_id(json, "license_id", license->id);
    json_put_text(json, "key", renewing_key_of(step, license)->key);
    json_put_time(json, "starts_at", license->starts_at);
    json_put_time(json, "expires_at", license->expires_at);
}

static enum status
renewing_write(struct step *step)
{
    struct call *call = step->call;

    if (step->count == 0)
        return STATUS_OK;
    enum status status = clock_pass(call, step->newest_start);
    if (status)
        return status;
    status = licenses_insert(&call->db, step->licenses, step->count, NULL);
    if (status)
        return status;
    status = write_ends(step);
    if (status)
        return status;
    status = write_keys(step);
    if (status)
        return status;
    status = audit_append_many(call, step->lock->organization_id, &actor_system, step->facts,
                               step->count);
    struct event_batch renewed = { step->lock->organization_id, EVENT_LICENSE_RENEWED, step->count,
                                   renewing_write_renewed, step };
    return status ? status : event_emit(call, &renewed);
}

/* Sensors are served in the order of the queue, and unread ones stand behind the last that was
 * read: the plan must not pass it. */
static bool
may_go_on(const struct step *step)
{
    return step->queue.plan.count > 0 && !step->keys_end
           && (!step->full || !renewal_goes_before(&step->last, &step->queue.plan.line[0]));
}

/* *more: others may be due behind the step. */
static enum status
plan_step(struct step *step, bool *more)
{
    struct renewal renewal;
    enum status status = renewing_begin(step, SOME_END, step->call->now);

    while (!status && may_go_on(step)
           && renewal_next(&step->queue.plan, step->call->now, &renewal)) {
        if (renewal.key == SIZE_MAX)
            break; /* the pool is empty */
        status = renewing_note(step, &renewal);
    }
    *more = !status && (step->full || step->keys_end) && step->count > 0;
    return status;
}

enum status
renewing_step(struct call *call, const struct organization_lock *lock, bool *more)
{
    struct step step = { .call = call, .lock = lock };
    enum status status = plan_step(&step, more);

    return status ? status : renewing_write(&step);
}

enum status
renewing_few(struct call *call, const struct organization_lock *lock, bool *more)
{
    struct step step = { .call = call, .lock = lock };
    enum status status = plan_step(&step, more);

    return status || *more ? status : renewing_write(&step);
}

static enum status
revive_step(struct step *step, utc_seconds from, utc_seconds until)
{
    struct renewal renewal;
    enum status status = renewing_begin(step, from, until);

    while (!status && !step->keys_end
           && renewal_revive(&step->queue.plan, step->call->now, &renewal))
        status = renewing_note(step, &renewal);
    return status ? status : renewing_write(step);
}

enum status
renewing_revive(struct call *call, const struct organization_lock *lock,
                struct renewed_sensor **out, size_t *count)
{
    struct step step;
    size_t room = 0;
    bool licensed = true; /* then those that never had a license */

    *out = NULL;
    *count = 0;
    for (bool done = false; !done;) {
        step = (struct step){ .call = call, .lock = lock };
        enum status status = licensed ? revive_step(&step, SOME_END, call->now)
                                      : revive_step(&step, NO_END, NO_END);
        if (status)
            return status;
        for (size_t i = 0; i < step.count; i++) {
            *out = arena_grow(call->db.arena, *out, sizeof **out, *count, &room);
            if (!*out)
                return call_too_large(call);
            const struct pool_key *key = renewing_key_of(&step, &step.licenses[i]);
            (*out)[(*count)++] = (struct renewed_sensor){
                .serial = step.facts[i].object_id,
                .expires_at = step.licenses[i].expires_at,
                .license_id = step.licenses[i].id,
                .key = key->key,
                .term = key->term_text,
                .last_day = term_last_day(step.licenses[i].expires_at, lock->zone),
            };
        }
        if (step.count == 0 || (!step.full && !step.keys_end)) {
            done = !licensed;
            licensed = false;
        }
    }
    return STATUS_OK;
}
