#include "service/alarm/alarm_due.h"

#include "base/memory.h"
#include "service/alarm/alarm_replay.h"
#include "service/alarm/evaluator_load.h"
#include "service/core/job.h"
#include "service/ledger/ledger.h"
#include "statements.h"
#include "store/in_list.h"
#include "store/store.h"

enum {
    SENSORS_A_STEP = 32,    /* the length of sensor_ids in the statements */
    TICKER_MOST_SLEEP = 60, /* seconds: the ticker learns of later instants by itself */
};

enum status
alarm_due_write(struct call *call, struct alarm_batch *batch)
{
    struct alarm_due_put_in *puts = NULL;
    struct alarm_due_delete_in *deletes = NULL;
    size_t put = 0, deleted = 0;
    enum status status = STATUS_OK;

    for (size_t i = 0; i < batch->sensor_count; i++) {
        struct watched_sensor *sensor = batch->sensors[i];
        utc_seconds at = watched_sensor_due_at(sensor);
        if ((at == UTC_NEVER ? 0 : at) == sensor->stored_due_at)
            continue;
        if (!puts) {
            puts = call_new(call, batch->sensor_count * sizeof *puts);
            deletes = call_new(call, batch->sensor_count * sizeof *deletes);
        }
        if (!puts || !deletes)
            return STATUS_TOO_LARGE;
        sensor->stored_due_at = at == UTC_NEVER ? 0 : (uint32_t)at;
        if (at == UTC_NEVER)
            deletes[deleted++] =
                (struct alarm_due_delete_in){ sensor->organization->id, sensor->id };
        else
            puts[put++] = (struct alarm_due_put_in){ sensor->organization->id, sensor->id, at };
        batch->due_soon = batch->due_soon || at < call->now + TICKER_MOST_SLEEP;
    }
    if (put > 0)
        status = alarm_due_put(&call->db, puts, put, NULL);
    return status || deleted == 0 ? status : alarm_due_delete(&call->db, deletes, deleted, NULL);
}

enum status
alarm_due_rule_changed(struct call *call, int64_t organization_id, int64_t sensor_id,
                       const struct alarm_rule *rule)
{
    if (!alarm_reads_binary(rule))
        return STATUS_OK;
    if (sensor_id)
        return alarm_due_sensors_changed(call, organization_id, &sensor_id, 1);
    return alarm_due_seed_all(&call->db,
                              &(struct alarm_due_seed_all_in){ organization_id, call->now }, NULL);
}

enum status
alarm_due_sensors_changed(struct call *call, int64_t organization_id, const int64_t *sensor_ids,
                          size_t count)
{
    struct alarm_due_seed_in *seeds = call_new(call, (count + 1) * sizeof *seeds);

    if (!seeds)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < count; i++)
        seeds[i] = (struct alarm_due_seed_in){ organization_id, sensor_ids[i], call->now };
    return count == 0 ? STATUS_OK : alarm_due_seed(&call->db, seeds, count, NULL);
}

/* Some sensors of one organization, evaluated by a step of the job. Its cache ends with the step.
 */
struct due_step {
    struct call *call;
    struct evaluator_cache *cache;
    struct watched_organization *organization;
    struct alarm_batch batch;
    struct watched_sensor *sensors[SENSORS_A_STEP]; /* with rules, and not paused or removed */
    size_t count;
    struct interval *intervals; /* of the licenses of all these sensors, sorted by sensor */
    int64_t *holders;           /* the sensor of each */
    size_t interval_count, interval_room, holder_room;
};

static enum status
due_take_interval(void *with, const struct alarm_coverage_out *row, struct fault *fault)
{
    struct due_step *step = with;
    struct arena *arena = step->call->db.arena;
    struct interval *intervals = arena_grow(arena, step->intervals, sizeof *intervals,
                                            step->interval_count, &step->interval_room);
    int64_t *holders =
        arena_grow(arena, step->holders, sizeof *holders, step->interval_count, &step->holder_room);

    (void)fault; /* call_too_large() fills it */
    if (!intervals || !holders)
        return call_too_large(step->call);
    step->intervals = intervals;
    step->holders = holders;
    intervals[step->interval_count] = (struct interval){ row->starts_at, row->expires_at };
    holders[step->interval_count++] = row->sensor_id;
    return STATUS_OK;
}

/* Adds the sensors with their licenses to the batch. */
static enum status
due_add_sensors(struct due_step *step)
{
    struct alarm_coverage_in in = { .organization_id = step->organization->id };
    int64_t ids[SENSORS_A_STEP];

    for (size_t i = 0; i < step->count; i++)
        ids[i] = step->sensors[i]->id;
    IN_LIST_FILL(in.sensor_ids, ids, step->count);
    enum status status = alarm_coverage(&step->call->db, &in, due_take_interval, step);
    for (size_t i = 0; i < step->count && !status; i++) {
        size_t first = 0, end;
        while (first < step->interval_count && step->holders[first] != ids[i])
            first++;
        for (end = first; end < step->interval_count && step->holders[end] == ids[i];)
            end++;
        status = alarm_batch_add_sensor(&step->batch, step->call, step->sensors[i],
                                        step->intervals + first, end - first);
    }
    return status;
}

static enum status
due_evaluate(struct due_step *step)
{
    struct alarm_batch *batch = &step->batch;
    struct call *call = step->call;
    enum status status = due_add_sensors(step);

    if (!status)
        status = evaluator_load_sensors(call, batch);
    for (size_t i = 0; i < batch->sensor_count && !status; i++)
        status = alarm_batch_settle(batch, call, batch->sensors[i]);
    for (size_t i = 0; i < batch->late_count && !status; i++)
        status = alarm_replay(call, batch, &batch->late[i]);
    if (!status)
        status = alarm_changes_write(call, batch);
    if (!status)
        status = alarm_due_write(call, batch);
    return status;
}

/* Finds the sensors with rules. Deletes the rows of the other sensors: a change of the sensor or a
 * new rule writes them again. */
static enum status
due_find_sensors(struct due_step *step, const struct alarm_due_sensors_out *rows, size_t count)
{
    struct alarm_due_delete_in idle[SENSORS_A_STEP];
    size_t idle_count = 0;

    for (size_t i = 0; i < count; i++) {
        struct watched_sensor *sensor = evaluator_cache_sensor(step->cache, rows[i].sensor_id);
        sensor->organization = step->organization;
        watched_sensor_find_rules(sensor);
        if (rows[i].is_watched && watched_rule_of(sensor, 0))
            step->sensors[step->count++] = sensor;
        else
            idle[idle_count++] =
                (struct alarm_due_delete_in){ step->organization->id, rows[i].sensor_id };
    }
    return idle_count == 0 ? STATUS_OK : alarm_due_delete(&step->call->db, idle, idle_count, NULL);
}

static enum status
due_run_step(struct due_step *step, const struct alarm_due_owner_lock_out *owner)
{
    struct watched_organization *organization = step->organization;
    struct call *call = step->call;
    struct alarm_due_sensors_out *rows;
    size_t count;

    organization->evaluated_at = owner->evaluated_at;
    watched_organization_set_now(organization, call->now);
    enum status status = alarm_due_sensors(
        &call->db,
        &(struct alarm_due_sensors_in){ organization->id, organization->now, SENSORS_A_STEP },
        &rows, &count);
    if (!status)
        status = evaluator_load_rules(call, organization);
    if (!status)
        status = due_find_sensors(step, rows, count);
    if (!status)
        status = alarm_batch_begin(&step->batch, call, step->count);
    if (!status && step->count > 0)
        status = due_evaluate(step);
    if (status)
        return status;
    return alarm_due_evaluated(
        &call->db, &(struct alarm_due_evaluated_in){ organization->id, organization->now }, NULL);
}

/* Locks the organization's row of alarm_cache_owner, as everything that changes alerts does. */
static enum status
due_run_organization(struct call *call, int64_t organization_id)
{
    struct alarm_due_owner_lock_out owner = { 0 };
    bool found;
    enum status status = ledger_apply_due(call, organization_id);

    if (!status)
        status = alarm_due_owner_lock(
            &call->db, &(struct alarm_due_owner_lock_in){ organization_id }, &owner, &found);
    if (status)
        return status;
    struct evaluator_cache *cache = evaluator_cache_open();
    struct due_step step = {
        .call = call,
        .cache = cache,
        .organization = evaluator_cache_organization(cache, organization_id),
    };
    status = due_run_step(&step, &owner);
    evaluator_cache_close(cache);
    return status;
}

enum status
alarm_due_job_run(struct call *call, bool *more)
{
    struct alarm_due_organization_in in = {
        .job = job_name(call),
        .now = call->now,
        .after = job_last_organization(call),
    };
    struct alarm_due_organization_out row;
    enum status status = alarm_due_organization(&call->db, &in, &row, more);

    if (!status && !*more && in.after > 0) { /* after the last one, the first */
        in.after = 0;
        status = alarm_due_organization(&call->db, &in, &row, more);
    }
    if (status || !*more)
        return status;
    status = job_begin_organization(call, row.organization_id);
    return status ? status : due_run_organization(call, row.organization_id);
}

enum status
alarm_due_job_next_at(struct call *call, utc_seconds *at)
{
    return job_next_at(call, alarm_due_next, at);
}
