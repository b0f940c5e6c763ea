#include "service/alarm/evaluator.h"

#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/memory.h"
#include "service/alarm/alarm_replay.h"
#include "service/alarm/evaluator_load.h"
#include "service/alarm/sensor_facts.h"
#include "statements.h"
#include "store/store.h"

struct evaluator {
    struct evaluator_cache *cache;
    int64_t node;
    struct alarm_batch batch;
    struct alarm_expectation_put_in *expectations;
    size_t expectation_count;
    bool changed; /* alerts, since evaluator_take_changed() */
};

struct evaluator *
evaluator_open(void)
{
    struct evaluator *evaluator = memory_new(1, sizeof *evaluator);
    evaluator->cache = evaluator_cache_open();
    evaluator->node = id_random();
    return evaluator;
}

void
evaluator_close(struct evaluator *evaluator)
{
    if (!evaluator)
        return;
    evaluator_cache_close(evaluator->cache);
    free(evaluator);
}

void
evaluator_end(struct evaluator *evaluator, bool committed)
{
    for (size_t i = 0; i < evaluator->batch.sensor_count && !committed; i++)
        watched_sensor_forget(evaluator->batch.sensors[i]);
    evaluator->changed = evaluator->changed || (committed && evaluator->batch.wrote);
    evaluator->batch = (struct alarm_batch){ .number = evaluator->batch.number };
}

bool
evaluator_take_changed(struct evaluator *evaluator)
{
    bool changed = evaluator->changed;

    evaluator->changed = false;
    return changed;
}

static enum status
evaluator_claim(struct evaluator *evaluator, struct call *call, const struct coverage_table *table,
                const struct serial *serials, size_t count)
{
    int64_t *ids = call_new(call, (count + 1) * sizeof *ids);
    size_t found = 0; /* with repeats */
    struct covered_sensor sensor;

    if (!ids)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < count; i++)
        if (coverage_table_find(table, serials[i], &sensor) && sensor.organization->has_alarms
            && (found == 0 || ids[found - 1] != sensor.organization->id))
            ids[found++] = sensor.organization->id;
    return evaluator_load_claim(call, evaluator->cache, evaluator->node, ids, found);
}

/* Collects the sensors of the batch that have rules, and loads those not in the cache. */
static enum status
evaluator_gather_sensors(struct evaluator *evaluator, struct call *call,
                         const struct coverage_table *table, const struct serial *serials,
                         size_t count)
{
    struct alarm_batch *batch = &evaluator->batch;
    struct covered_sensor covered;
    struct watched_sensor **unread = call_new(call, (count + 1) * sizeof(struct watched_sensor *));
    size_t unread_count = 0;

    if (!unread)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < count; i++) {
        if (!coverage_table_find(table, serials[i], &covered) || !covered.organization->has_alarms)
            continue;
        struct watched_organization *organization =
            evaluator_cache_organization(evaluator->cache, covered.organization->id);
        if (organization->rule_count == 0)
            continue;
        struct watched_sensor *sensor = evaluator_cache_sensor(evaluator->cache, covered.sensor_id);
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
        sensor->message = sensor->late = 0;
        batch->sensors[batch->sensor_count++] = sensor;
    }
    return unread_count == 0 ? STATUS_OK
                             : evaluator_load_sensors(call, batch, unread, unread_count);
}

enum status
evaluator_begin(struct evaluator *evaluator, struct call *call, const struct coverage_table *table,
                const struct serial *serials, size_t count)
{
    struct alarm_batch *batch = &evaluator->batch;

    *batch = (struct alarm_batch){
        .number = batch->number + 1,
        .messages = call_new(call, (count + 1) * sizeof *batch->messages),
        .sensors = call_new(call, (count + 1) * sizeof(struct watched_sensor *)),
    };
    evaluator->expectations = call_new(call, (count + 1) * sizeof *evaluator->expectations);
    evaluator->expectation_count = 0;
    if (!batch->messages || !batch->sensors || !evaluator->expectations)
        return STATUS_TOO_LARGE;
    enum status status = evaluator_claim(evaluator, call, table, serials, count);
    return status ? status : evaluator_gather_sensors(evaluator, call, table, serials, count);
}

/* A rule's course on one channel of a sensor, while a message of the batch is evaluated. */
struct evaluation {
    struct alarm_batch *batch;
    struct call *call;
    struct watched_sensor *sensor;
    const struct watched_rule *rule;
    struct watched_course *course;
};

/* The change that describes the course's alert after `event`. NULL: the arena is full. */
static struct alert_change *
evaluator_find_change(const struct evaluation *evaluation, enum alarm_event event)
{
    struct alarm_batch *batch = evaluation->batch;
    struct watched_course *course = evaluation->course;

    if (event == ALARM_OPENED)
        course->alert_id = id_random();
    else if (course->batch == batch->number)
        return &batch->changes[course->change];
    struct alert_change *change = alarm_batch_add(batch, evaluation->call);
    if (!change)
        return NULL;
    course->batch = batch->number;
    course->change = (uint32_t)(change - batch->changes);
    *change = (struct alert_change){
        .id = course->alert_id,
        .organization_id = evaluation->sensor->organization->id,
        .sensor_id = evaluation->sensor->id,
        .rule = evaluation->rule,
        .channel = course->channel,
        .is_new = event == ALARM_OPENED,
    };
    return change;
}

/* Records what `event` does to the alert, and removes a course that is idle. */
static enum status
evaluator_keep(const struct evaluation *evaluation, enum alarm_event event, utc_seconds ended_at)
{
    struct watched_course *course = evaluation->course;

    if (event != ALARM_NOTHING) {
        struct alert_change *change = evaluator_find_change(evaluation, event);
        utc_seconds started_at = course->state.started_at;
        if (!change)
            return STATUS_TOO_LARGE;
        change->span = (struct alarm_span){ started_at, UTC_NEVER, course->state.peak };
        if (event == ALARM_CLOSED) {
            change->span.ended_at = ended_at > started_at ? ended_at : started_at;
            change->over = true;
        }
    }
    if (course->state.phase == ALARM_IDLE)
        watched_course_remove(evaluation->sensor, course);
    return STATUS_OK;
}

static enum status
evaluator_advance(struct alarm_batch *batch, struct call *call, struct watched_sensor *sensor,
                  const struct watched_rule *rule, const struct sample *sample)
{
    struct watched_course *course = watched_course_find(sensor, rule->id, sample->channel);
    struct alarm_state state = { 0 };
    double value;

    if (!alarm_value(&value, &rule->rule, sample) || sample->at < rule->samples_from
        || sample->at < sensor->from)
        return STATUS_OK;
    if (course)
        state = course->state;
    enum alarm_event event = alarm_step(&rule->rule, &state, sample->at, value);
    if (!course && state.phase == ALARM_IDLE)
        return STATUS_OK;
    course = course ? course : watched_course_add(sensor, rule->id, sample->channel);
    course->state = state;
    return evaluator_keep(&(struct evaluation){ batch, call, sensor, rule, course }, event,
                          sample->at);
}

static enum status
evaluator_add_late(struct alarm_batch *batch, struct call *call, struct watched_sensor *sensor,
                   const struct sample *sample)
{
    if (!batch->late) {
        batch->late = call_new(call, (batch->sensor_count + 1) * sizeof *batch->late);
        if (!batch->late)
            return STATUS_TOO_LARGE;
    }
    if (!sensor->late) {
        sensor->late = (uint32_t)++batch->late_count;
        batch->late[sensor->late - 1].sensor = sensor;
        late_samples_reset(&batch->late[sensor->late - 1]);
    }
    late_samples_add(&batch->late[sensor->late - 1], sample);
    return STATUS_OK;
}

/* A sample with the time of the newest one is a repeat. */
static enum status
evaluator_add_sample(struct alarm_batch *batch, struct call *call, struct watched_sensor *sensor,
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
        if (!alarm_reads(&rule->rule, sample))
            continue;
        status = in_order && !sensor->late ? evaluator_advance(batch, call, sensor, rule, sample)
                                           : evaluator_add_late(batch, call, sensor, sample);
    }
    return status;
}

/* Opens or closes the alert of a rule about the sensor itself; evaluation->course is not set. */
static enum status
evaluator_switch(struct evaluation evaluation, bool is_on, utc_seconds at, double peak)
{
    struct watched_sensor *sensor = evaluation.sensor;
    struct watched_course *course = watched_course_find(sensor, evaluation.rule->id, 0);

    if (is_on == (course != NULL))
        return STATUS_OK;
    if (is_on) {
        course = watched_course_add(sensor, evaluation.rule->id, 0);
        course->state.started_at = at;
        course->state.peak = peak;
    }
    course->state.phase = is_on ? ALARM_OPEN : ALARM_IDLE;
    evaluation.course = course;
    return evaluator_keep(&evaluation, is_on ? ALARM_OPENED : ALARM_CLOSED, at);
}

/* Puts the sensor's row of alarm_expectation into the list, once. */
static enum status
evaluator_expect(struct evaluator *evaluator, struct call *call,
                 const struct watched_sensor *sensor)
{
    uint8_t *gaps = call_new(call, CONTACT_GAPS_BYTES);
    size_t at = 0;

    if (!gaps)
        return STATUS_TOO_LARGE;
    while (at < evaluator->expectation_count && evaluator->expectations[at].sensor_id != sensor->id)
        at++;
    evaluator->expectations[at] = sensor_facts_row(sensor, gaps);
    evaluator->expectation_count += at == evaluator->expectation_count;
    return STATUS_OK;
}

/* Evaluates the rules about the sensor itself. */
static enum status
evaluator_add_facts(struct evaluator *evaluator, struct call *call, struct watched_sensor *sensor,
                    const struct sensor_facts *facts)
{
    struct evaluation evaluation = { &evaluator->batch, call, sensor, NULL, NULL };
    enum status status = STATUS_OK;

    for (size_t i = 0; !status && (evaluation.rule = watched_rule_of(sensor, i)); i++) {
        utc_seconds since;
        enum fact_step step = sensor_facts_judge(facts, sensor, evaluation.rule, &since);
        double peak = evaluation.rule->rule.condition == ALARM_TAMPER ? facts->tamper : 0;
        if (step != FACT_NOTHING && !sensor->paused)
            status = evaluator_switch(evaluation, step == FACT_BEGINS, since, peak);
    }
    return status || !facts->is_changed ? status : evaluator_expect(evaluator, call, sensor);
}

enum status
evaluator_add(struct evaluator *evaluator, struct call *call, const struct saved_message *message)
{
    struct alarm_batch *batch = &evaluator->batch;
    struct watched_sensor *sensor =
        batch->sensor_count > 0 ? evaluator_cache_find(evaluator->cache, message->sensor_id) : NULL;
    struct sensor_facts facts;

    if (!sensor || sensor->batch != batch->number)
        return STATUS_OK;
    sensor_facts_take(&facts, sensor, message->delivery, message->refused_for_time, call->now);
    if (sensor->paused)
        return evaluator_add_facts(evaluator, call, sensor, &facts);
    batch->messages[batch->message_count++] =
        (struct alarm_message){ message->samples, message->count, sensor->message };
    sensor->message = (uint32_t)batch->message_count;
    for (size_t i = 0; i < message->count; i++) {
        const struct sample *sample = &message->samples[i];
        enum status status = evaluator_add_sample(batch, call, sensor, sample);
        if (status)
            return status;
    }
    return evaluator_add_facts(evaluator, call, sensor, &facts);
}

enum status
evaluator_write(struct evaluator *evaluator, struct call *call)
{
    struct alarm_batch *batch = &evaluator->batch;
    enum status status = alarm_changes_write(call, batch);

    for (size_t i = 0; i < batch->late_count && !status; i++) {
        status = late_samples_narrow(call, batch, &batch->late[i]);
        if (!status)
            status = alarm_replay(call, batch, &batch->late[i]);
    }
    if (!status)
        status = alarm_changes_write(call, batch);
    if (status || evaluator->expectation_count == 0)
        return status;
    return alarm_expectation_put(&call->db, evaluator->expectations, evaluator->expectation_count,
                                 NULL);
}
