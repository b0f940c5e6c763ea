#include "service/alarm/evaluator_load.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "service/alarm/alarm_replay.h"
#include "service/measurement/journal.h"
#include "service/measurement/journal_index.h"
#include "statements.h"
#include "store/store.h"

enum {
    IN_LIST = 32, /* length of the arrays in sql/queries */
};

static enum status
take_rule(void *with, const struct alarm_rules_all_out *row, struct fault *fault)
{
    struct watched_organization *organization = with;
    size_t count = organization->rule_count;
    struct watched_rule *rule;

    if ((count & (count - 1)) == 0) { /* grows at the powers of two */
        organization->rules = memory_must(
            realloc(organization->rules, (count ? 2 * count : 1) * sizeof *organization->rules));
    }
    rule = &organization->rules[organization->rule_count++];
    *rule = (struct watched_rule){
        .id = row->id,
        .sensor_id = row->sensor_id,
        .rule.channel_type = (uint16_t)row->channel_type,
        .rule.threshold = row->threshold,
        .rule.hysteresis = row->hysteresis,
        .rule.for_seconds = row->for_seconds,
        .samples_from = row->samples_from,
    };
    if (!alarm_condition_parse(&rule->rule.condition, row->condition, strlen(row->condition)))
        return fail(fault, STATUS_BROKEN, "", "", "an alarm rule in the store cannot be read");
    organization->all_count += row->sensor_id == 0;
    return STATUS_OK;
}

static enum status
read_rules(struct call *call, struct watched_organization *organization)
{
    free(organization->rules);
    organization->rules = NULL;
    organization->rule_count = organization->all_count = 0;
    organization->epoch++; /* its sensors are read again, too */
    enum status status = alarm_rules_all(
        &call->db, &(struct alarm_rules_all_in){ organization->id }, take_rule, organization);
    organization->read = !status;
    return status;
}

static enum status
take_some_turns(struct call *call, struct evaluator_cache *table, int64_t node, const int64_t *ids,
                size_t count)
{
    struct alarm_cache_owner_claim_in in = { .node = node };
    struct alarm_cache_owner_claim_out *rows;
    size_t found;

    for (size_t i = 0; i < IN_LIST; i++)
        in.organizations[i] = ids[i < count ? i : count - 1];
    enum status status = alarm_cache_owner_claim(&call->db, &in, &rows, &found);
    for (size_t i = 0; !status && i < found; i++)
        if (rows[i].before != node)
            evaluator_cache_organization(table, rows[i].organization_id)->read = false;
    for (size_t i = 0; !status && i < count; i++) {
        struct watched_organization *organization = evaluator_cache_organization(table, ids[i]);
        if (!organization->read)
            status = read_rules(call, organization);
    }
    return status;
}

static int
by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* By id, so that no two processes wait for each other's. */
enum status
alarm_take_turns(struct call *call, struct evaluator_cache *table, int64_t node, int64_t *ids,
                 size_t count)
{
    size_t turns = 0;
    enum status status = STATUS_OK;

    if (count > 1)
        qsort(ids, count, sizeof *ids, by_number);
    for (size_t i = 0; i < count; i++)
        if (turns == 0 || ids[turns - 1] != ids[i])
            ids[turns++] = ids[i];
    for (size_t done = 0; done < turns && !status; done += IN_LIST) {
        size_t left = turns - done;
        status = take_some_turns(call, table, node, ids + done, left < IN_LIST ? left : IN_LIST);
    }
    return status;
}

/* The sensors of one organization that are read at once. */
struct load_context {
    struct watched_sensor *sensors[IN_LIST];
    bool damaged[IN_LIST]; /* the status of this one cannot be read */
    size_t count;
};

/* Returns the index of the sensor, or `count` when it is not among them. */
static size_t
evaluator_load_place_of(const struct load_context *context, int64_t id)
{
    size_t i = 0;

    while (i < context->count && context->sensors[i]->id != id)
        i++;
    return i;
}

static void
note_newest(struct watched_sensor *sensor, const struct sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t at = (uint32_t)samples[i].at;
        if (at > sensor->newest[samples[i].channel])
            sensor->newest[samples[i].channel] = at;
        if (at > sensor->newest[0])
            sensor->newest[0] = at;
    }
}

static enum status
take_sensor(void *with, const struct alarm_sensors_out *row, struct fault *fault)
{
    struct load_context *context = with;
    size_t place = evaluator_load_place_of(context, row->id);
    struct latest latest = { .count = 0 };

    (void)fault;
    if (place == context->count)
        return STATUS_OK;
    struct watched_sensor *sensor = context->sensors[place];
    context->damaged[place] = row->latest.at
                              && !latest_decode(&latest, row->latest.at, row->latest.size);
    memset(sensor->newest, 0, sizeof sensor->newest);
    note_newest(sensor, latest.at, latest.count);
    sensor->paused = row->alarms_paused;
    sensor->from = (uint32_t)row->alarms_from;
    sensor->expected_at = row->look_at.is ? (uint32_t)row->expected_at : 0;
    return STATUS_OK;
}

static enum status
take_alert(void *with, const struct alerts_open_out *row, struct fault *fault)
{
    struct load_context *context = with;
    size_t place = evaluator_load_place_of(context, row->sensor_id);

    (void)fault;
    if (place == context->count)
        return STATUS_OK;
    struct watched_sensor *sensor = context->sensors[place];
    struct watched_course *course = watched_course_add(sensor, row->rule_id, (uint8_t)row->channel);
    course->alert_id = row->id;
    course->state =
        (struct alarm_state){ ALARM_OPEN, .started_at = row->started_at, .peak = row->peak };
    return STATUS_OK;
}

/* What is not compacted yet says which samples are the newest. */
static enum status
read_journal_index(struct call *call, struct watched_sensor *sensor)
{
    struct uncompacted uncompacted = { 0 };
    int64_t *ids;
    size_t count;
    enum status status = journal_index_find(call, sensor->id, &ids, &count);

    if (!status && count > 0)
        status = journal_read(call,
                              &(struct journal_query){ .organization_id = sensor->organization->id,
                                                       .sensor_id = sensor->id,
                                                       .ids = ids,
                                                       .count = count,
                                                       .to = UTC_NEVER },
                              &uncompacted);
    note_newest(sensor, uncompacted.samples.at, uncompacted.samples.count);
    samples_clear(&uncompacted.samples);
    return status;
}

/* Takes the newest samples from compacted blocks, since the status is damaged. */
static enum status
read_damaged(struct call *call, struct watched_sensor *sensor)
{
    struct compacted_status compacted;
    enum status status =
        journal_compacted_status(call, sensor->organization->id, sensor->id, &compacted);

    if (!status)
        note_newest(sensor, compacted.latest.at, compacted.latest.count);
    return status;
}

static enum status
evaluator_load_read_some(struct call *call, struct alarm_batch *batch, struct load_context *context)
{
    int64_t organization_id = context->sensors[0]->organization->id;
    struct alarm_sensors_in sensors = { .organization_id = organization_id };
    struct alerts_open_in alerts = { .organization_id = organization_id };

    for (size_t i = 0; i < IN_LIST; i++)
        sensors.sensor_ids[i] = alerts.sensor_ids[i] =
            context->sensors[i < context->count ? i : context->count - 1]->id;
    enum status status = alarm_sensors(&call->db, &sensors, take_sensor, context);
    if (!status)
        status = alerts_open(&call->db, &alerts, take_alert, context);
    for (size_t i = 0; i < context->count && !status; i++) {
        struct watched_sensor *sensor = context->sensors[i];
        status = context->damaged[i] ? read_damaged(call, sensor) : STATUS_OK;
        if (!status)
            status = read_journal_index(call, sensor);
        if (!status)
            status = alarm_replay_pending(call, batch, sensor);
        if (!status)
            sensor->epoch = sensor->organization->epoch;
    }
    return status;
}

enum status
evaluator_load_sensors(struct call *call, struct alarm_batch *batch,
                       struct watched_sensor **sensors, size_t count)
{
    enum status status = STATUS_OK;

    /* Those of one organization together; a batch has few of them. */
    for (size_t i = 0; i < count && !status; i++) {
        struct load_context context = { .count = 0 };
        if (!sensors[i])
            continue;
        for (size_t j = i; j < count && context.count < IN_LIST; j++) {
            if (!sensors[j]
                || (context.count > 0
                    && sensors[j]->organization != context.sensors[0]->organization))
                continue;
            context.sensors[context.count++] = sensors[j];
            sensors[j] = NULL;
        }
        status = evaluator_load_read_some(call, batch, &context);
    }
    return status;
}
