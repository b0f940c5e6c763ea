#include "service/alarm/evaluator.h"

#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/memory.h"
#include "service/alarm/alarm_replay.h"
#include "service/alarm/evaluator_load.h"
#include "statements.h"
#include "store/store.h"

enum {
    EXPECTATION_STEP_SECONDS = 60, /* written again when it has moved by so much */
    MOST_EXPECTED_DAYS = 31,
};

struct evaluator {
    struct evaluator_cache *table;
    int64_t node;
    struct alarm_batch batch;
    struct alarm_expectation_put_in *expectations;
    size_t expectation_count;
    bool news;
};

struct evaluator *
evaluator_open(void)
{
    struct evaluator *watch = memory_new(1, sizeof *watch);
    watch->table = evaluator_cache_open();
    watch->node = id_random();
    return watch;
}

void
evaluator_close(struct evaluator *watch)
{
    if (!watch)
        return;
    evaluator_cache_close(watch->table);
    free(watch);
}

void
evaluator_settle(struct evaluator *watch, bool committed)
{
    for (size_t i = 0; i < watch->batch.sensor_count && !committed; i++)
        watched_sensor_forget(watch->batch.sensors[i]);
    watch->news = watch->news || (committed && watch->batch.wrote);
    watch->batch = (struct alarm_batch){ .number = watch->batch.number };
}

bool
evaluator_take_news(struct evaluator *watch)
{
    bool news = watch->news;

    watch->news = false;
    return news;
}

static enum status
take_all_turns(struct evaluator *watch, struct call *call, const struct coverage_table *table,
               const struct serial *serials, size_t count)
{
    int64_t *ids = call_new(call, (count + 1) * sizeof *ids);
    size_t found = 0; /* some of them more than once */
    struct covered_sensor sensor;

    if (!ids)
        return call_too_large(call);
    for (size_t i = 0; i < count; i++)
        if (coverage_table_find(table, serials[i], &sensor) && sensor.organization->has_alarms
            && (found == 0 || ids[found - 1] != sensor.organization->id))
            ids[found++] = sensor.organization->id;
    return alarm_take_turns(call, watch->table, watch->node, ids, found);
}

/* The sensors of the batch that rules look at. */
static enum status
gather_sensors(struct evaluator *watch, struct call *call, const struct coverage_table *table,
               const struct serial *serials, size_t count)
{
    struct alarm_batch *batch = &watch->batch;
    struct covered_sensor covered;
    struct watched_sensor **unread = call_new(call, (count + 1) * sizeof(struct watched_sensor *));
    size_t unread_count = 0;

    if (!unread)
        return call_too_large(call);
    for (size_t i = 0; i < count; i++) {
        if (!coverage_table_find(table, serials[i], &covered) || !covered.organization->has_alarms)
            continue;
        struct watched_organization *organization =
            evaluator_cache_organization(watch->table, covered.organization->id);
        if (organization->rule_count == 0)
            continue;
        struct watched_sensor *sensor = evaluator_cache_sensor(watch->table, covered.sensor_id);
        if (sensor->batch == batch->number)
            continue;
        if (sensor->epoch != organization->epoch) {
            watched_sensor_forget(sensor);
            sensor->organization = organization;
            watched_sensor_find_rules(sensor);
            if (!watched_rule_of(sensor, 0))
                continue;
            unread[unread_count++] = sensor;
        }
        sensor->batch = batch->number;
        sensor->taken = sensor->late = 0;
        batch->sensors[batch->sensor_count++] = sensor;
    }
    return unread_count == 0 ? STATUS_OK
                             : evaluator_load_sensors(call, batch, unread, unread_count);
}

enum status
evaluator_begin(struct evaluator *watch, struct call *call, const struct coverage_table *table,
                const struct serial *serials, size_t count)
{
    struct alarm_batch *batch = &watch->batch;

    *batch = (struct alarm_batch){
        .number = batch->number + 1,
        .taken = call_new(call, (count + 1) * sizeof *batch->taken),
        .sensors = call_new(call, (count + 1) * sizeof(struct watched_sensor *)),
    };
    watch->expectations = call_new(call, (count + 1) * sizeof *watch->expectations);
    watch->expectation_count = 0;
    if (!batch->taken || !batch->sensors || !watch->expectations)
        return call_too_large(call);
    enum status status = take_all_turns(watch, call, table, serials, count);
    return status ? status : gather_sensors(watch, call, table, serials, count);
}

static struct alert_change *
begin_alert(struct alarm_batch *batch, struct call *call, const struct watched_sensor *sensor,
            const struct watched_rule *rule, struct watched_course *course)
{
    struct alert_change *change = alarm_batch_add(batch, call);

    if (!change)
        return NULL;
    course->alert_id = id_random();
    course->batch = batch->number;
    course->change = (uint32_t)(change - batch->changes);
    *change = (struct alert_change){
        .id = course->alert_id,
        .organization_id = sensor->organization->id,
        .sensor_id = sensor->id,
        .rule = rule,
        .channel = course->channel,
        .is_new = true,
    };
    return change;
}

/* The alert of a course as the batch leaves it. */
static struct alert_change *
change_of(struct alarm_batch *batch, struct call *call, const struct watched_sensor *sensor,
          const struct watched_rule *rule, struct watched_course *course)
{
    if (course->batch == batch->number)
        return &batch->changes[course->change];
    int64_t id = course->alert_id;
    struct alert_change *change = begin_alert(batch, call, sensor, rule, course);
    if (change)
        *change = (struct alert_change){ id, change->organization_id, change->sensor_id, rule,
                                         .channel = course->channel };
    course->alert_id = id;
    return change;
}

/* What has become of a course, kept; an idle one is let go. */
static enum status
evaluator_keep(struct alarm_batch *batch, struct call *call, struct watched_sensor *sensor,
               const struct watched_rule *rule, struct watched_course *course,
               enum alarm_event event, utc_seconds ended_at)
{
    struct alert_change *change = NULL;

    if (event == ALARM_OPENED)
        change = begin_alert(batch, call, sensor, rule, course);
    else if (event != ALARM_NOTHING)
        change = change_of(batch, call, sensor, rule, course);
    if (event != ALARM_NOTHING && !change)
        return call->db.fault.status;
    if (change) {
        change->span =
            (struct alarm_span){ course->state.started_at, UTC_NEVER, course->state.peak };
        if (event == ALARM_CLOSED) {
            change->span.ended_at = ended_at > change->span.started_at ? ended_at
                                                                       : change->span.started_at;
            change->over = true;
        }
    }
    if (course->state.phase == ALARM_IDLE)
        watched_course_remove(sensor, course);
    return STATUS_OK;
}

static enum status
evaluator_advance(struct alarm_batch *batch, struct call *call, struct watched_sensor *sensor,
                  const struct watched_rule *rule, const struct sample *sample)
{
    struct watched_course *course = watched_course_find(sensor, rule->id, sample->channel);
    struct alarm_state state = { 0 };
    double value;

    if (!alarm_value(&value, sample) || sample->at < rule->samples_from
        || sample->at < sensor->from)
        return STATUS_OK;
    if (course)
        state = course->state;
    enum alarm_event event = alarm_step(&rule->rule, &state, sample->at, value);
    if (!course && state.phase == ALARM_IDLE)
        return STATUS_OK;
    course = course ? course : watched_course_add(sensor, rule->id, sample->channel);
    course->state = state;
    return evaluator_keep(batch, call, sensor, rule, course, event, sample->at);
}

static enum status
note_late(struct alarm_batch *batch, struct call *call, struct watched_sensor *sensor,
          const struct sample *sample)
{
    if (!batch->late) {
        batch->late = call_new(call, (batch->sensor_count + 1) * sizeof *batch->late);
        if (!batch->late)
            return STATUS_TOO_LARGE;
    }
    if (!sensor->late) {
        struct alarm_late *late = &batch->late[batch->late_count++];
        late->sensor = sensor;
        for (size_t i = 0; i <= SAMPLE_MOST_CHANNELS; i++)
            late->first[i] = UTC_NEVER;
        sensor->late = (uint32_t)batch->late_count;
    }
    struct alarm_late *late = &batch->late[sensor->late - 1];
    if (sample->at < late->first[sample->channel])
        late->first[sample->channel] = sample->at;
    if (sample->at > late->last[sample->channel])
        late->last[sample->channel] = sample->at;
    return STATUS_OK;
}

/* Each rule looks at one sample. One measured when the newest was is the same again. */
static enum status
take_sample(struct alarm_batch *batch, struct call *call, struct watched_sensor *sensor,
            const struct sample *sample)
{
    uint32_t *newest = &sensor->newest[sample->channel];
    const struct watched_rule *rule;
    bool in_order = sample->at > *newest;
    enum status status = STATUS_OK;

    if (sample->at == *newest)
        return STATUS_OK;
    *newest = in_order ? (uint32_t)sample->at : *newest;
    for (size_t i = 0; !status && (rule = watched_rule_of(sensor, i)); i++) {
        if (rule->rule.channel_type != sample->type
            || !alarm_condition_is_of_values(rule->rule.condition))
            continue;
        status = in_order && !sensor->late ? evaluator_advance(batch, call, sensor, rule, sample)
                                           : note_late(batch, call, sensor, sample);
    }
    return status;
}

/* An alert of the sensor itself begins, or is over. */
static enum status
turn_course(struct alarm_batch *batch, struct call *call, struct watched_sensor *sensor,
            const struct watched_rule *rule, bool is_on, utc_seconds at)
{
    struct watched_course *course = watched_course_find(sensor, rule->id, 0);

    if (is_on == (course != NULL))
        return STATUS_OK;
    if (is_on)
        course = watched_course_add(sensor, rule->id, 0);
    course->state.phase = is_on ? ALARM_OPEN : ALARM_IDLE;
    if (is_on)
        course->state.started_at = at;
    return evaluator_keep(batch, call, sensor, rule, course, is_on ? ALARM_OPENED : ALARM_CLOSED,
                          at);
}

static enum status
expect(struct evaluator *watch, struct call *call, struct watched_sensor *sensor,
       const struct watched_rule *rule, utc_seconds next)
{
    utc_seconds before = sensor->expected_at;

    if (next <= call->now || next > call->now + MOST_EXPECTED_DAYS * UTC_DAY
        || (before > 0 && next < before + EXPECTATION_STEP_SECONDS
            && next > before - EXPECTATION_STEP_SECONDS))
        return STATUS_OK;
    sensor->expected_at = (uint32_t)next;
    size_t at = 0;
    while (at < watch->expectation_count && watch->expectations[at].sensor_id != sensor->id)
        at++;
    watch->expectations[at] = (struct alarm_expectation_put_in){
        sensor->organization->id,
        sensor->id,
        next,
        next + rule->rule.for_seconds,
    };
    watch->expectation_count += at == watch->expectation_count;
    return STATUS_OK;
}

/* Rules on the sensor itself. `newest`: when the newest sample of the message was measured. */
static enum status
take_facts(struct evaluator *watch, struct call *call, struct watched_sensor *sensor,
           const struct delivery *delivery, utc_seconds newest)
{
    const struct watched_rule *rule, *shortest = NULL;
    enum status status = STATUS_OK;

    for (size_t i = 0; !status && (rule = watched_rule_of(sensor, i)); i++) {
        if (rule->rule.condition == ALARM_LOW_BATTERY && newest > sensor->newest[0])
            status = turn_course(&watch->batch, call, sensor, rule, !delivery->battery_ok,
                                 newest < call->now ? newest : call->now);
        if (rule->rule.condition != ALARM_LOST_CONNECTION)
            continue;
        if (watched_course_find(sensor, rule->id, 0))
            sensor->expected_at = 0; /* to be looked at anew */
        status = status ? status : turn_course(&watch->batch, call, sensor, rule, false, call->now);
        if (!shortest || rule->rule.for_seconds < shortest->rule.for_seconds)
            shortest = rule;
    }
    if (newest > sensor->newest[0])
        sensor->newest[0] = (uint32_t)newest;
    return status || !shortest
               ? status
               : expect(watch, call, sensor, shortest, delivery->next_transmission_at);
}

enum status
evaluator_take(struct evaluator *watch, struct call *call, int64_t sensor_id,
               const struct delivery *delivery, const struct sample *samples, size_t count)
{
    struct alarm_batch *batch = &watch->batch;
    struct watched_sensor *sensor =
        batch->sensor_count > 0 ? evaluator_cache_find(watch->table, sensor_id) : NULL;
    utc_seconds newest = count > 0 ? 0 : call->now;
    enum status status = STATUS_OK;

    if (!sensor || sensor->batch != batch->number || sensor->paused)
        return STATUS_OK;
    batch->taken[batch->taken_count++] = (struct alarm_taken){ samples, count, sensor->taken };
    sensor->taken = (uint32_t)batch->taken_count;
    for (size_t i = 0; i < count && !status; i++) {
        if (samples[i].at > newest)
            newest = samples[i].at;
        status = take_sample(batch, call, sensor, &samples[i]);
    }
    return status ? status : take_facts(watch, call, sensor, delivery, newest);
}

enum status
evaluator_write(struct evaluator *watch, struct call *call)
{
    struct alarm_batch *batch = &watch->batch;
    enum status status = alarm_changes_write(call, batch);

    for (size_t i = 0; i < batch->late_count && !status; i++) {
        status = alarm_late_narrow(call, batch, &batch->late[i]);
        if (!status)
            status = alarm_replay(call, batch, &batch->late[i]);
    }
    if (!status)
        status = alarm_changes_write(call, batch);
    if (!status && watch->expectation_count > 0)
        status =
            alarm_expectation_put(&call->db, watch->expectations, watch->expectation_count, NULL);
    return status;
}
