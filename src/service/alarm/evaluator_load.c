#include "service/alarm/evaluator_load.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "service/alarm/alarm_replay.h"
#include "service/measurement/journal.h"
#include "statements.h"
#include "store/in_list.h"
#include "store/store.h"

enum { SENSORS_A_STEP = 32 }; /* the length of sensor_ids in the statements */

/* A broken number must not overflow later. */
static int64_t
load_duration(int64_t seconds)
{
    if (seconds < 0)
        return 0;
    return seconds < ALARM_MOST_FOR ? seconds : ALARM_MOST_FOR;
}

static enum status
load_take_rule(void *with, const struct alarm_rules_all_out *row, struct fault *fault)
{
    struct watched_organization *organization = with;
    size_t count = organization->rule_count;
    struct watched_rule *rule;

    if ((count & (count - 1)) == 0) /* grows at the powers of two */
        organization->rules = memory_must(
            realloc(organization->rules, (count ? 2 * count : 1) * sizeof *organization->rules));
    rule = &organization->rules[organization->rule_count++];
    *rule = (struct watched_rule){
        .id = row->id,
        .sensor_id = row->sensor_id,
        .rule.channel_type = (int32_t)row->channel_type,
        .rule.threshold = row->threshold,
        .rule.hysteresis = row->hysteresis,
        .rule.for_seconds = load_duration(row->for_seconds),
        .samples_from = row->samples_from,
    };
    if (!alarm_condition_parse(&rule->rule.condition, row->condition, strlen(row->condition)))
        return fail(fault, STATUS_BROKEN, "", "", "an alarm rule in the store cannot be read");
    organization->all_count += row->sensor_id == 0;
    return STATUS_OK;
}

enum status
evaluator_load_rules(struct call *call, struct watched_organization *organization)
{
    free(organization->rules);
    organization->rules = NULL;
    organization->rule_count = organization->all_count = 0;
    organization->epoch++; /* its sensors must be read again, too */
    enum status status = alarm_rules_all(
        &call->db, &(struct alarm_rules_all_in){ organization->id }, load_take_rule, organization);
    organization->read = !status;
    return status;
}

static enum status
load_claim_some(struct call *call, struct evaluator_cache *cache,
                struct alarm_cache_owner_claim_in *in, const int64_t *ids, size_t count)
{
    struct alarm_cache_owner_claim_out *rows;
    size_t found;
    enum status status = alarm_cache_owner_claim(&call->db, in, &rows, &found);

    for (size_t i = 0; !status && i < found; i++) {
        struct watched_organization *organization =
            evaluator_cache_organization(cache, rows[i].organization_id);
        organization->read = organization->read && rows[i].before == in->node;
        organization->evaluated_at = rows[i].evaluated_at;
    }
    for (size_t i = 0; !status && i < count; i++) {
        struct watched_organization *organization = evaluator_cache_organization(cache, ids[i]);
        watched_organization_set_now(organization, call->now);
        if (!organization->read)
            status = evaluator_load_rules(call, organization);
    }
    return status;
}

static int
load_by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* In the order of ids, so that two processes never wait for each other. */
enum status
evaluator_load_claim(struct call *call, struct evaluator_cache *cache, int64_t node, int64_t *ids,
                     size_t count)
{
    struct alarm_cache_owner_claim_in in = { .node = node };
    size_t unique = 0;

    if (count > 1)
        qsort(ids, count, sizeof *ids, load_by_number);
    for (size_t i = 0; i < count; i++)
        if (unique == 0 || ids[unique - 1] != ids[i])
            ids[unique++] = ids[i];
    for (size_t done = 0, some; done < unique; done += some) {
        some = IN_LIST_FILL(in.organizations, ids + done, unique - done);
        enum status status = load_claim_some(call, cache, &in, ids + done, some);
        if (status)
            return status;
    }
    return STATUS_OK;
}

/* Some sensors of one organization. */
struct load_context {
    struct watched_sensor *sensors[SENSORS_A_STEP];
    bool damaged[SENSORS_A_STEP]; /* its status cannot be read */
    size_t count;
};

/* Returns the index of the sensor; the statements give only rows of sensors asked for. */
static size_t
load_index_of(const struct load_context *context, int64_t id)
{
    size_t i = 0;

    while (i < context->count && context->sensors[i]->id != id)
        i++;
    assert(i < context->count);
    return i;
}

static void
load_newest(struct watched_sensor *sensor, const struct sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t at = (uint32_t)samples[i].at;
        if (at > sensor->newest[samples[i].channel])
            sensor->newest[samples[i].channel] = at;
    }
}

static enum status
load_take_sensor(void *with, const struct alarm_sensors_out *row, struct fault *fault)
{
    struct load_context *context = with;
    size_t index = load_index_of(context, row->id);
    struct watched_sensor *sensor = context->sensors[index];
    struct latest latest = { .count = 0 };

    (void)fault;
    context->damaged[index] = row->latest.at
                              && !latest_decode(&latest, row->latest.at, row->latest.size);
    memset(sensor->newest, 0, sizeof sensor->newest);
    load_newest(sensor, latest.at, latest.count);
    sensor->paused = row->alarms_paused;
    sensor->from = (uint32_t)row->alarms_from;
    sensor->contact = contact_read(row->heard_at, row->announced, row->gaps.at, row->gaps.size);
    sensor->clock_wrong_since = (uint32_t)row->clock_wrong_since;
    sensor->enclosure = (uint8_t)row->enclosure;
    sensor->stored_due_at = row->due_at.value > 0 ? (uint32_t)row->due_at.value
                                                  : (row->due_at.is ? ALARM_DUE_STATES : 0);
    return STATUS_OK;
}

static enum status
load_take_alert(void *with, const struct alerts_open_out *row, struct fault *fault)
{
    struct load_context *context = with;
    struct watched_sensor *sensor = context->sensors[load_index_of(context, row->sensor_id)];
    struct watched_course *course = watched_course_add(sensor, row->rule_id, (uint8_t)row->channel);

    (void)fault;
    course->alert_id = row->id;
    course->state =
        (struct alarm_state){ ALARM_OPEN, .started_at = row->started_at, .peak = row->peak };
    return STATUS_OK;
}

/* Uncompacted messages have newer samples than the status. */
static enum status
load_uncompacted(struct call *call, struct watched_sensor *sensor)
{
    struct uncompacted uncompacted;
    enum status status = journal_read_sensor(
        call,
        &(struct journal_query){
            .organization_id = sensor->organization->id, .sensor_id = sensor->id, .to = UTC_NEVER },
        &uncompacted);

    load_newest(sensor, uncompacted.samples.at, uncompacted.samples.count);
    samples_clear(&uncompacted.samples);
    return status;
}

/* Takes the newest samples from blocks, because the status is damaged. */
static enum status
load_damaged(struct call *call, struct watched_sensor *sensor)
{
    struct compacted_status compacted;
    enum status status =
        journal_compacted_status(call, sensor->organization->id, sensor->id, &compacted);

    if (!status)
        load_newest(sensor, compacted.latest.at, compacted.latest.count);
    return status;
}

/* The newest samples do not tell the first one that is ahead: the next message looks for it. */
static void
load_ahead(struct watched_sensor *sensor)
{
    utc_seconds now = sensor->organization->now;

    sensor->ahead_at = 0;
    for (size_t channel = 1; channel <= SAMPLE_MOST_CHANNELS; channel++)
        if (sensor->newest[channel] > now)
            sensor->ahead_at = (uint32_t)(now + 1);
}

static enum status
load_sensor(struct call *call, struct alarm_batch *batch, struct watched_sensor *sensor,
            bool is_damaged)
{
    enum status status = is_damaged ? load_damaged(call, sensor) : STATUS_OK;

    if (status)
        return status;
    status = load_uncompacted(call, sensor);
    if (status)
        return status;
    load_ahead(sensor);
    if (sensor->stored_due_at == 0 || sensor->stored_due_at > sensor->organization->now)
        status =
            alarm_replay_pending(call, batch, sensor); /* else alarm_batch_settle() does more */
    if (!status)
        sensor->epoch = sensor->organization->epoch;
    return status;
}

static enum status
load_some_sensors(struct call *call, struct alarm_batch *batch, struct load_context *context)
{
    int64_t ids[SENSORS_A_STEP], organization_id = context->sensors[0]->organization->id;
    struct alarm_sensors_in sensors = { .organization_id = organization_id };
    struct alerts_open_in alerts = { .organization_id = organization_id };

    for (size_t i = 0; i < context->count; i++)
        ids[i] = context->sensors[i]->id;
    IN_LIST_FILL(sensors.sensor_ids, ids, context->count);
    IN_LIST_FILL(alerts.sensor_ids, ids, context->count);
    enum status status = alarm_sensors(&call->db, &sensors, load_take_sensor, context);
    if (!status)
        status = alerts_open(&call->db, &alerts, load_take_alert, context);
    for (size_t i = 0; i < context->count && !status; i++)
        status = load_sensor(call, batch, context->sensors[i], context->damaged[i]);
    return status;
}

enum status
evaluator_load_sensors(struct call *call, struct alarm_batch *batch)
{
    struct watched_sensor **sensors = NULL;
    size_t count = 0;
    enum status status = STATUS_OK;

    for (size_t i = 0; i < batch->sensor_count; i++) {
        if (batch->sensors[i]->epoch != 0)
            continue;
        if (!sensors)
            sensors = call_new(call, batch->sensor_count * sizeof(struct watched_sensor *));
        if (!sensors)
            return STATUS_TOO_LARGE;
        sensors[count++] = batch->sensors[i];
    }
    /* Groups the sensors by organization; a batch has few organizations. */
    for (size_t i = 0; i < count && !status; i++) {
        struct load_context context = { .count = 0 };
        if (!sensors[i])
            continue;
        for (size_t j = i; j < count && context.count < SENSORS_A_STEP; j++) {
            if (!sensors[j]
                || (context.count > 0
                    && sensors[j]->organization != context.sensors[0]->organization))
                continue;
            context.sensors[context.count++] = sensors[j];
            sensors[j] = NULL;
        }
        status = load_some_sensors(call, batch, &context);
    }
    return status;
}
