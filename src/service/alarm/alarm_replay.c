#include "service/alarm/alarm_replay.h"

#include "service/alarm/replay.h"
#include "service/measurement/block.h"
#include "service/measurement/journal.h"
#include "store/store.h"

static enum status
replay_add_span(struct replay *replay, struct replay_course *course)
{
    struct alarm_span *found = arena_grow(replay->call->db.arena, course->found, sizeof *found,
                                          course->found_count, &course->found_room);

    if (!found)
        return call_too_large(replay->call);
    course->found = found;
    found[course->found_count++] =
        (struct alarm_span){ course->state.started_at, UTC_NEVER, course->state.peak };
    return STATUS_OK;
}

static enum status
replay_take_event(struct replay *replay, struct replay_course *course, enum alarm_event event,
                  utc_seconds at)
{
    if (event == ALARM_OPENED)
        return replay_add_span(replay, course);
    if (event == ALARM_PEAKED || event == ALARM_CLOSED)
        course->found[course->found_count - 1].peak = course->state.peak;
    if (event == ALARM_CLOSED)
        course->found[course->found_count - 1].ended_at = at;
    return STATUS_OK;
}

static enum status
replay_hold(struct replay *replay, struct replay_course *course, utc_seconds at)
{
    const struct alarm_rule *rule = &course->rule->rule;

    if (alarm_due_at(rule, &course->state) == UTC_NEVER)
        return STATUS_OK;
    utc_seconds until =
        alarm_batch_covered_until(replay->batch, replay->sensor, course->state.last_at);
    return replay_take_event(replay, course, alarm_hold(rule, &course->state, until, at), at);
}

static enum status
replay_evaluate(struct replay *replay, struct replay_course *course,
                const struct alarm_reading *reading)
{
    enum status status = replay_hold(replay, course, reading->at);

    if (status)
        return status;
    enum alarm_event event = alarm_step(&course->rule->rule, &course->state, reading);
    return replay_take_event(replay, course, event, reading->at);
}

/* Evaluates the value that held before the first sample at `at`. */
static enum status
replay_begin(struct replay *replay, struct replay_course *course, utc_seconds at)
{
    bool counts = course->has_initial && course->initial.at < at;

    course->has_initial = false;
    return counts ? replay_evaluate(replay, course, &course->initial) : STATUS_OK;
}

static enum status
replay_step(struct replay *replay, struct replay_course *course, const struct sample *sample)
{
    struct alarm_reading reading;

    if (course->done || sample->channel != course->channel || sample->at < course->from
        || !alarm_read(&reading, &course->rule->rule, sample))
        return STATUS_OK;
    if (sample->at > replay->sensor->organization->now) {
        replay->ahead_at = sample->at < replay->ahead_at ? sample->at : replay->ahead_at;
        return STATUS_OK;
    }
    enum status status = replay_begin(replay, course, sample->at);
    if (!status)
        status = replay_evaluate(replay, course, &reading);
    /* After the late samples: from here on the alerts stay as they are. */
    course->done = sample->at > course->last_late
                   && alarm_is_back(&course->rule->rule, reading.value);
    while (course->done && course->old_count > 0
           && course->old[course->old_count - 1].started_at > sample->at)
        course->old_count--;
    return status;
}

/* After the last sample: a value of a binary channel holds until now. */
static enum status
replay_end(struct replay *replay, struct replay_course *course)
{
    utc_seconds now = replay->sensor->organization->now;
    enum status status = course->done ? STATUS_OK : replay_begin(replay, course, now + 1);

    return status || course->done ? status : replay_hold(replay, course, now);
}

void
replay_add_fresh(struct replay *replay, utc_seconds from, utc_seconds to)
{
    for (size_t i = 0; i < replay->fresh.count; i++) {
        const struct sample *sample = &replay->fresh.at[i];
        if (sample->at < from || sample->at >= to)
            continue;
        *samples_reserve(&replay->days, 1) = *sample;
        replay->days.count++;
    }
    samples_sort(&replay->days); /* of repeats the one stored first stays */
}

/* Evaluates the samples from `day` on, up to and including the next day with a block. *day: where
 * to continue; UTC_NEVER at the end. */
static enum status
replay_days(struct replay *replay, day_number *day)
{
    struct block_range range = {
        .organization_id = replay->sensor->organization->id,
        .sensor_id = replay->sensor->id,
        .from_day = *day,
        .to_day = UTC_NEVER / UTC_DAY,
        .most = 1,
    };
    struct block_run run;
    utc_seconds begin = *day * UTC_DAY, end = UTC_NEVER;

    replay->days.count = 0;
    enum status status = block_read_range(replay->call, &range, &replay->days, &run);
    if (status)
        return status;
    *day = UTC_NEVER;
    if (run.count > 0) {
        *day = run.last_day + 1;
        end = *day * UTC_DAY;
    }
    replay_add_fresh(replay, begin, end);
    for (size_t i = 0; i < replay->days.count && !status; i++)
        for (size_t j = 0; j < replay->course_count && !status; j++)
            status = replay_step(replay, &replay->courses[j], &replay->days.at[i]);
    return status;
}

static bool
replay_is_done(const struct replay *replay)
{
    for (size_t i = 0; i < replay->course_count; i++)
        if (!replay->courses[i].done)
            return false;
    return true;
}

/* The uncompacted samples first: they came before the batch. */
static enum status
replay_read_fresh(struct replay *replay)
{
    struct uncompacted uncompacted;
    enum status status =
        journal_read_sensor(replay->call,
                            &(struct journal_query){
                                .organization_id = replay->sensor->organization->id,
                                .sensor_id = replay->sensor->id,
                                .to = UTC_NEVER,
                            },
                            &uncompacted);

    replay->fresh = uncompacted.samples;
    alarm_batch_samples(replay->batch, replay->sensor, &replay->fresh);
    samples_sort(&replay->fresh);
    return status;
}

static enum status
replay_run(struct replay *replay)
{
    enum status status = replay_read_fresh(replay);

    replay->from = UTC_NEVER;
    for (size_t i = 0; i < replay->course_count && !status; i++) {
        struct replay_course *course = &replay->courses[i];
        status = replay_anchor(replay, course);
        if (!status && course->state.phase == ALARM_OPEN)
            status = replay_add_span(replay, course);
        if (course->from < replay->from)
            replay->from = course->from;
    }
    day_number day = replay->from / UTC_DAY;
    while (!status && day != UTC_NEVER && !replay_is_done(replay))
        status = replay_days(replay, &day);
    for (size_t i = 0; i < replay->course_count && !status; i++)
        status = replay_end(replay, &replay->courses[i]);
    samples_clear(&replay->fresh);
    samples_clear(&replay->days);
    return status;
}

/* The sensor's course continues in the state that the replay reached. */
static void
replay_set_course(struct watched_sensor *sensor, const struct replay_course *course,
                  int64_t open_id)
{
    struct watched_course *kept = watched_course_find(sensor, course->rule->id, course->channel);

    if (kept)
        watched_course_remove(sensor, kept);
    if (course->state.phase == ALARM_IDLE)
        return;
    kept = watched_course_add(sensor, course->rule->id, course->channel);
    kept->state = course->state;
    kept->due_at = alarm_due_at(&course->rule->rule, &course->state);
    kept->alert_id = open_id;
}

/* A replay that settles has seen all samples that wait. */
static void
replay_set_ahead(const struct replay *replay, bool settles)
{
    struct watched_sensor *sensor = replay->sensor;
    uint32_t found = replay->ahead_at == UTC_NEVER ? 0 : (uint32_t)replay->ahead_at;

    if (settles || sensor->ahead_at == 0 || (found > 0 && found < sensor->ahead_at))
        sensor->ahead_at = found;
}

static enum status
replay_add_course(struct replay *replay, const struct watched_rule *rule, uint8_t channel,
                  utc_seconds first_late, utc_seconds last_late)
{
    struct replay_course *courses = arena_grow(replay->call->db.arena, replay->courses,
                                               sizeof *courses, replay->course_count,
                                               &replay->course_room);

    if (!courses)
        return call_too_large(replay->call);
    replay->courses = courses;
    courses[replay->course_count++] = (struct replay_course){
        .rule = rule, .channel = channel, .first_late = first_late, .last_late = last_late
    };
    return STATUS_OK;
}

enum status
alarm_replay(struct call *call, struct alarm_batch *batch, const struct late_samples *late)
{
    struct replay replay = { call, batch, .sensor = late->sensor, .ahead_at = UTC_NEVER };
    const struct watched_rule *rule;
    enum status status = STATUS_OK;

    for (size_t i = 0; (rule = watched_rule_of(late->sensor, i)); i++)
        for (uint8_t channel = 1; channel <= SAMPLE_MOST_CHANNELS && !status; channel++)
            if (alarm_condition_is_of_samples(rule->rule.condition)
                && late->first[channel] <= late->last[channel])
                status = replay_add_course(&replay, rule, channel, late->first[channel],
                                           late->last[channel]);
    if (!status && replay.course_count > 0)
        status = replay_run(&replay);
    for (size_t i = 0; i < replay.course_count && !status; i++) {
        const struct replay_course *course = &replay.courses[i];
        int64_t open_id = 0;
        status = replay_compare(&replay, course, &open_id);
        if (!status && !course->done)
            replay_set_course(late->sensor, course, open_id);
    }
    replay_set_ahead(&replay, late->settles);
    return status;
}

/* Adds the idle courses of the sensor's rules with a duration. */
static enum status
replay_add_pending(struct replay *replay)
{
    struct watched_sensor *sensor = replay->sensor;
    const struct watched_rule *rule;
    enum status status = STATUS_OK;

    for (size_t i = 0; !status && (rule = watched_rule_of(sensor, i)); i++) {
        if (rule->rule.for_seconds == 0 || !alarm_condition_is_of_samples(rule->rule.condition))
            continue;
        for (uint8_t channel = 1; channel <= SAMPLE_MOST_CHANNELS && !status; channel++)
            if (sensor->newest[channel] > 0 && !watched_course_find(sensor, rule->id, channel))
                status = replay_add_course(replay, rule, channel, sensor->newest[channel],
                                           sensor->newest[channel]);
    }
    return status;
}

enum status
alarm_replay_pending(struct call *call, struct alarm_batch *batch, struct watched_sensor *sensor)
{
    struct replay replay = { call, batch, .sensor = sensor };
    enum status status = replay_add_pending(&replay);

    if (!status && replay.course_count > 0)
        status = replay_run(&replay);
    for (size_t i = 0; i < replay.course_count && !status; i++) {
        struct replay_course *course = &replay.courses[i];
        /* The value crossed the threshold before the rule was made: the alert begins with the next
         * one. */
        if (course->state.phase == ALARM_OPEN) {
            course->state.phase = ALARM_PENDING;
            course->state.last_at = sensor->newest[course->channel];
        }
        replay_set_course(sensor, course, 0);
    }
    return status;
}
