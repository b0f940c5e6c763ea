#include "service/alarm/evaluation.h"

#include "base/id.h"

/* The change that describes the course's alert after `event`. NULL: the arena is full. */
static struct alert_change *
evaluation_find_change(const struct evaluation *evaluation, enum alarm_event event)
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

enum status
evaluation_keep(const struct evaluation *evaluation, enum alarm_event event, utc_seconds ended_at)
{
    struct watched_course *course = evaluation->course;

    if (event != ALARM_NOTHING) {
        struct alert_change *change = evaluation_find_change(evaluation, event);
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

/* The event of the next value; changes `state`. No alert of a binary channel is due before. */
static enum alarm_event
evaluation_step(const struct evaluation *evaluation, struct alarm_state *state,
                const struct alarm_reading *reading)
{
    const struct alarm_rule *rule = &evaluation->rule->rule;

    if (alarm_due_at(rule, state) != UTC_NEVER)
        (void)alarm_hold(
            rule, state,
            alarm_batch_covered_until(evaluation->batch, evaluation->sensor, state->last_at),
            reading->at);
    return alarm_step(rule, state, reading);
}

static enum status
evaluation_advance(struct evaluation *evaluation, uint8_t channel,
                   const struct alarm_reading *reading)
{
    struct watched_sensor *sensor = evaluation->sensor;
    const struct watched_rule *rule = evaluation->rule;
    struct watched_course *course = evaluation->course;
    struct alarm_state state = { 0 };

    if (course)
        state = course->state;
    enum alarm_event event = evaluation_step(evaluation, &state, reading);
    if (event != ALARM_NOTHING && reading->at > sensor->organization->now) {
        sensor->ahead_at = (uint32_t)reading->at; /* no earlier one waits */
        return STATUS_OK;
    }
    course = course ? course : watched_course_add(sensor, rule->id, channel);
    course->state = state;
    course->due_at = alarm_due_at(&rule->rule, &state);
    evaluation->course = course;
    return evaluation_keep(evaluation, event, reading->at);
}

static enum status
evaluation_add_late(const struct evaluation *evaluation, const struct sample *sample)
{
    struct late_samples *late =
        alarm_batch_late(evaluation->batch, evaluation->call, evaluation->sensor);

    if (!late)
        return STATUS_TOO_LARGE;
    late_samples_add(late, sample);
    return STATUS_OK;
}

/* The clock opens the alert before this sample; or it has opened the alert, and this sample may
 * show that there was none. */
static bool
evaluation_is_due(const struct watched_rule *rule, const struct watched_course *course,
                  utc_seconds at)
{
    if (course->state.phase == ALARM_OPEN)
        return at < utc_after(course->state.started_at, rule->rule.for_seconds);
    return course->due_at <= at;
}

/* Evaluates a sample that is newer than all previous ones. */
static enum status
evaluation_take(struct evaluation *evaluation, const struct sample *sample,
                const struct alarm_reading *reading)
{
    const struct watched_sensor *sensor = evaluation->sensor;
    const struct watched_rule *rule = evaluation->rule;

    if (sample->at < rule->samples_from || sample->at < sensor->from) /* it may hold until then */
        return reading->holds ? evaluation_add_late(evaluation, sample) : STATUS_OK;
    evaluation->course = watched_course_find(sensor, rule->id, sample->channel);
    if (!evaluation->course && !alarm_is_beyond(&rule->rule, reading->value))
        return STATUS_OK; /* nearly always */
    if (evaluation->course && evaluation_is_due(rule, evaluation->course, sample->at))
        return evaluation_add_late(evaluation, sample);
    return evaluation_advance(evaluation, sample->channel, reading);
}

/* A sample with the time of the newest one is a repeat. */
enum status
evaluation_add_sample(struct alarm_batch *batch, struct call *call, struct watched_sensor *sensor,
                      const struct sample *sample)
{
    struct evaluation evaluation = { batch, call, sensor, NULL, NULL };
    uint32_t *newest = &sensor->newest[sample->channel];
    bool in_order = sample->at > *newest && !sensor->late;
    struct alarm_reading reading;
    enum status status = STATUS_OK;

    if (sample->at == *newest)
        return STATUS_OK;
    *newest = sample->at > *newest ? (uint32_t)sample->at : *newest;
    if (in_order && sample->at > sensor->organization->now
        && sample->at >= watched_sensor_due_at(sensor))
        return STATUS_OK; /* it waits with those before it */
    for (size_t i = 0; !status && (evaluation.rule = watched_rule_of(sensor, i)); i++) {
        if (!alarm_read(&reading, &evaluation.rule->rule, sample))
            continue;
        status = in_order ? evaluation_take(&evaluation, sample, &reading)
                          : evaluation_add_late(&evaluation, sample);
    }
    return status;
}
