#include "service/alarm/evaluator.h"

#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/memory.h"
#include "service/alarm/alarm_due.h"
#include "service/alarm/alarm_replay.h"
#include "service/alarm/evaluation.h"
#include "service/alarm/evaluator_load.h"
#include "service/alarm/sensor_facts.h"
#include "service/coverage/renewal_lookahead.h"
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
    evaluator->changed = evaluator->changed
                         || (committed && (evaluator->batch.wrote || evaluator->batch.due_soon));
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

/* Adds the sensor to the batch, if it has rules. */
static enum status
evaluator_gather_sensor(struct evaluator *evaluator, struct call *call,
                        const struct coverage_table *table, struct serial serial)
{
    struct alarm_batch *batch = &evaluator->batch;
    struct covered_sensor covered;

    if (!coverage_table_find(table, serial, &covered) || !covered.organization->has_alarms)
        return STATUS_OK;
    struct watched_organization *organization =
        evaluator_cache_organization(evaluator->cache, covered.organization->id);
    if (organization->rule_count == 0)
        return STATUS_OK;
    struct watched_sensor *sensor = evaluator_cache_sensor(evaluator->cache, covered.sensor_id);
    if (sensor->batch == batch->number)
        return STATUS_OK;
    if (sensor->epoch != organization->epoch) {
        watched_sensor_forget(sensor);
        sensor->organization = organization;
        watched_sensor_find_rules(sensor);
        if (!watched_rule_of(sensor, 0))
            return STATUS_OK;
    }
    enum status status = renewal_lookahead_count_in(call, &covered, serial);
    return status ? status
                  : alarm_batch_add_sensor(batch, call, sensor, covered.intervals,
                                           covered.interval_count);
}

/* Collects the sensors of the batch that have rules, and loads those not in the cache. */
static enum status
evaluator_gather_sensors(struct evaluator *evaluator, struct call *call,
                         const struct coverage_table *table, const struct serial *serials,
                         size_t count)
{
    struct alarm_batch *batch = &evaluator->batch;
    enum status status = STATUS_OK;

    for (size_t i = 0; i < count && !status; i++)
        status = evaluator_gather_sensor(evaluator, call, table, serials[i]);
    if (!status)
        status = evaluator_load_sensors(call, batch);
    for (size_t i = 0; i < batch->sensor_count && !status; i++)
        status = alarm_batch_settle(batch, call, batch->sensors[i]);
    return status;
}

enum status
evaluator_begin(struct evaluator *evaluator, struct call *call, const struct coverage_table *table,
                const struct serial *serials, size_t count)
{
    struct alarm_batch *batch = &evaluator->batch;

    enum status status = alarm_batch_begin(batch, call, count);
    evaluator->expectations = call_new(call, (count + 1) * sizeof *evaluator->expectations);
    evaluator->expectation_count = 0;
    if (status || !evaluator->expectations)
        return STATUS_TOO_LARGE;
    status = evaluator_claim(evaluator, call, table, serials, count);
    return status ? status : evaluator_gather_sensors(evaluator, call, table, serials, count);
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
    return evaluation_keep(&evaluation, is_on ? ALARM_OPENED : ALARM_CLOSED, at);
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
        enum status status = evaluation_add_sample(batch, call, sensor, sample);
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
    if (!status)
        status = alarm_due_write(call, batch);
    if (status || evaluator->expectation_count == 0)
        return status;
    return alarm_expectation_put(&call->db, evaluator->expectations, evaluator->expectation_count,
                                 NULL);
}
