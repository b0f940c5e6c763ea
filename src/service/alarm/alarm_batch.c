#include "service/alarm/alarm_batch.h"

#include <string.h>

#include "statements.h"
#include "store/store.h"

enum status
alarm_batch_begin(struct alarm_batch *batch, struct call *call, size_t count)
{
    *batch = (struct alarm_batch){
        .number = batch->number + 1,
        .room = count,
        .messages = call_new(call, (count + 1) * sizeof *batch->messages),
        .sensors = call_new(call, (count + 1) * sizeof(struct watched_sensor *)),
        .coverage = call_new(call, (count + 1) * sizeof *batch->coverage),
    };
    return batch->messages && batch->sensors && batch->coverage ? STATUS_OK : STATUS_TOO_LARGE;
}

enum status
alarm_batch_add_sensor(struct alarm_batch *batch, struct call *call, struct watched_sensor *sensor,
                       const struct interval *intervals, size_t count)
{
    struct interval *copy = call_new(call, (count + 1) * sizeof *copy);

    if (!copy)
        return STATUS_TOO_LARGE;
    if (count > 0)
        memcpy(copy, intervals, count * sizeof *copy);
    sensor->batch = batch->number;
    sensor->message = sensor->late = 0;
    sensor->place = (uint32_t)batch->sensor_count;
    batch->coverage[batch->sensor_count] = (struct alarm_coverage){ copy, count };
    batch->sensors[batch->sensor_count++] = sensor;
    return STATUS_OK;
}

utc_seconds
alarm_batch_covered_until(const struct alarm_batch *batch, const struct watched_sensor *sensor,
                          utc_seconds at)
{
    const struct alarm_coverage *coverage = &batch->coverage[sensor->place];

    return coverage_until(coverage->intervals, coverage->count, at);
}

struct late_samples *
alarm_batch_late(struct alarm_batch *batch, struct call *call, struct watched_sensor *sensor)
{
    if (!batch->late)
        batch->late = call_new(call, (batch->room + 1) * sizeof *batch->late);
    if (!batch->late)
        return NULL;
    if (!sensor->late) {
        sensor->late = (uint32_t)++batch->late_count;
        batch->late[sensor->late - 1].sensor = sensor;
        late_samples_reset(&batch->late[sensor->late - 1]);
    }
    return &batch->late[sensor->late - 1];
}

enum status
alarm_batch_settle(struct alarm_batch *batch, struct call *call, struct watched_sensor *sensor)
{
    utc_seconds now = sensor->organization->now, due_at = watched_sensor_due_at(sensor);
    struct late_samples *late;

    if (sensor->stored_due_at && sensor->stored_due_at < due_at)
        due_at = sensor->stored_due_at;
    if (due_at > now || sensor->paused)
        return STATUS_OK;
    late = alarm_batch_late(batch, call, sensor);
    if (!late)
        return STATUS_TOO_LARGE;
    late->settles = true;
    for (size_t channel = 1; channel <= SAMPLE_MOST_CHANNELS; channel++) {
        if (sensor->newest[channel] == 0)
            continue;
        late->first[channel] = due_at <= ALARM_DUE_STATES ? now : due_at;
        late->last[channel] = now;
    }
    return STATUS_OK;
}

struct alert_change *
alarm_batch_add(struct alarm_batch *batch, struct call *call)
{
    struct alert_change *changes = arena_grow(call->db.arena, batch->changes, sizeof *changes,
                                              batch->change_count, &batch->change_room);

    if (!changes) {
        (void)!call_too_large(call);
        return NULL;
    }
    batch->changes = changes;
    changes[batch->change_count] = (struct alert_change){ 0 };
    return &changes[batch->change_count++];
}

static struct optional_int64
alert_change_end(const struct alert_change *change)
{
    bool ended = change->span.ended_at != UTC_NEVER;

    return (struct optional_int64){ ended, ended ? change->span.ended_at : 0 };
}

static struct alert_insert_in
alert_change_insert(const struct call *call, const struct alert_change *change)
{
    const struct alarm_rule *rule = &change->rule->rule;

    return (struct alert_insert_in){
        .organization_id = change->organization_id,
        .id = change->id,
        .rule_id = change->rule->id,
        .sensor_id = change->sensor_id,
        .channel = change->channel,
        .condition = alarm_condition_words[rule->condition],
        .channel_type = rule->channel_type,
        .threshold = rule->threshold,
        .hysteresis = rule->hysteresis,
        .for_seconds = rule->for_seconds,
        .started_at = change->span.started_at,
        .ended_at = alert_change_end(change),
        .peak = change->span.peak,
        .noticed_at = call->now,
    };
}

enum status
alarm_changes_write(struct call *call, struct alarm_batch *batch)
{
    size_t count = batch->change_count, inserted = 0, updated = 0;
    struct alert_insert_in *inserts;
    struct alert_update_in *updates;
    enum status status = STATUS_OK;

    if (count == 0)
        return STATUS_OK;
    inserts = call_new(call, count * sizeof *inserts);
    updates = call_new(call, count * sizeof *updates);
    if (!inserts || !updates)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < count; i++) {
        const struct alert_change *change = &batch->changes[i];
        if (change->is_new)
            inserts[inserted++] = alert_change_insert(call, change);
        else
            updates[updated++] = (struct alert_update_in){
                .organization_id = change->organization_id,
                .id = change->id,
                .started_at = change->span.started_at,
                .ended_at = alert_change_end(change),
                .peak = change->span.peak,
                .withdrawn_at = { change->withdrawn, change->withdrawn ? call->now : 0 },
                .over = change->over,
            };
    }
    batch->change_count = 0;
    batch->wrote = true;
    if (inserted > 0)
        status = alert_insert(&call->db, inserts, inserted, NULL);
    return status || updated == 0 ? status : alert_update(&call->db, updates, updated, NULL);
}
