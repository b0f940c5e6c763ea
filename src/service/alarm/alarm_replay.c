#include "service/alarm/alarm_replay.h"

#include <string.h>

#include "base/id.h"
#include "service/measurement/block.h"
#include "service/measurement/journal.h"
#include "statements.h"
#include "store/store.h"

/* One rule on one channel, evaluated again. */
struct course {
    const struct watched_rule *rule;
    uint8_t channel;
    utc_seconds first_late, last_late;
    utc_seconds from; /* earlier samples are not evaluated */
    struct alarm_state state;
    bool done; /* later samples change nothing */
    struct alerts_of_course_out *old;
    size_t old_count;
    struct alarm_span *found;
    size_t found_count, found_room;
};

struct replay {
    struct call *call;
    struct alarm_batch *batch;
    struct watched_sensor *sensor;
    struct course *courses;
    size_t course_count, course_room;
    struct samples fresh; /* uncompacted, and of the batch; sorted */
    struct samples days;  /* of the days just read */
    utc_seconds from;
};

static utc_seconds
later_of(utc_seconds a, utc_seconds b)
{
    return a > b ? a : b;
}

/* Finds where a course must start again, and in which state. */
static enum status
replay_anchor(struct replay *replay, struct course *course)
{
    const struct watched_sensor *sensor = replay->sensor;
    utc_seconds floor = (utc_seconds)sensor->newest[course->channel] - ALARM_REPLAY_DAYS * UTC_DAY;

    floor = later_of(floor, later_of(sensor->from, course->rule->samples_from));
    course->first_late = later_of(course->first_late, floor);
    course->from = later_of(course->first_late - alarm_reach(&course->rule->rule), floor);
    enum status status = alerts_of_course(&replay->call->db,
                                          &(struct alerts_of_course_in){
                                              .organization_id = sensor->organization->id,
                                              .sensor_id = sensor->id,
                                              .rule_id = course->rule->id,
                                              .channel = course->channel,
                                              .after = course->from,
                                          },
                                          &course->old, &course->old_count);
    if (status || course->old_count == 0)
        return status;
    const struct alerts_of_course_out *first = &course->old[0];
    if (first->started_at >= course->from)
        return STATUS_OK;
    if (first->ended_at.is && first->ended_at.value <= course->first_late) {
        course->from = first->ended_at.value; /* the value then ends it: nothing continues after */
        course->old++;
        course->old_count--;
    } else if (first->started_at >= floor) {
        course->from = first->started_at;
    } else { /* older samples are not read again */
        course->state = (struct alarm_state){ ALARM_OPEN, first->started_at, 0, first->peak };
        course->from = floor;
    }
    return STATUS_OK;
}

static enum status
replay_add_span(struct replay *replay, struct course *course)
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
replay_step(struct replay *replay, struct course *course, const struct sample *sample)
{
    double value;

    if (course->done || sample->channel != course->channel || sample->at < course->from
        || !alarm_value(&value, &course->rule->rule, sample))
        return STATUS_OK;
    enum alarm_event event = alarm_step(&course->rule->rule, &course->state, sample->at, value);
    if (event == ALARM_OPENED) {
        enum status status = replay_add_span(replay, course);
        if (status)
            return status;
    }
    if (event == ALARM_PEAKED || event == ALARM_CLOSED)
        course->found[course->found_count - 1].peak = course->state.peak;
    if (event == ALARM_CLOSED)
        course->found[course->found_count - 1].ended_at = sample->at;
    /* After the late samples: from here on the alerts stay as they are. */
    course->done = sample->at > course->last_late && alarm_is_back(&course->rule->rule, value);
    while (course->done && course->old_count > 0
           && course->old[course->old_count - 1].started_at > sample->at)
        course->old_count--;
    return STATUS_OK;
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
    for (size_t i = 0; i < replay->fresh.count; i++) {
        const struct sample *sample = &replay->fresh.at[i];
        if (sample->at < begin || sample->at >= end)
            continue;
        *samples_reserve(&replay->days, 1) = *sample;
        replay->days.count++;
    }
    samples_sort(&replay->days); /* of repeats the one stored first stays */
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
                                .from = replay->from,
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
    enum status status = STATUS_OK;

    replay->from = UTC_NEVER;
    for (size_t i = 0; i < replay->course_count && !status; i++) {
        struct course *course = &replay->courses[i];
        status = replay_anchor(replay, course);
        if (!status && course->state.phase == ALARM_OPEN)
            status = replay_add_span(replay, course);
        if (course->from < replay->from)
            replay->from = course->from;
    }
    if (!status)
        status = replay_read_fresh(replay);
    day_number day = replay->from / UTC_DAY;
    while (!status && day != UTC_NEVER && !replay_is_done(replay))
        status = replay_days(replay, &day);
    samples_clear(&replay->fresh);
    samples_clear(&replay->days);
    return status;
}

/* span: the alert as found now, NULL: none. old: the alert as known, NULL: it is new. */
static enum status
replay_put_change(struct replay *replay, const struct course *course, int64_t id,
                  const struct alarm_span *span, const struct alarm_span *old)
{
    if (old && span && !memcmp(span, old, sizeof *span))
        return STATUS_OK;
    struct alert_change *change = alarm_batch_add(replay->batch, replay->call);
    if (!change)
        return STATUS_TOO_LARGE;
    *change = (struct alert_change){
        .id = id,
        .organization_id = replay->sensor->organization->id,
        .sensor_id = replay->sensor->id,
        .rule = course->rule,
        .channel = course->channel,
        .span = span ? *span : *old,
        .is_new = !old,
        .withdrawn = !span,
        .over = span && old && old->ended_at == UTC_NEVER && span->ended_at != UTC_NEVER,
    };
    return STATUS_OK;
}

/* Compares the alerts found with the known ones. *open_id: the alert that is still open. */
static enum status
replay_compare(struct replay *replay, const struct course *course, int64_t *open_id)
{
    struct call *call = replay->call;
    size_t *match = call_new(call, (course->found_count + 1) * sizeof *match);
    struct alarm_span *old = call_new(call, (course->old_count + 1) * sizeof *old);
    bool *kept = call_new(call, (course->old_count + 1) * sizeof *kept);
    enum status status = STATUS_OK;

    if (!match || !old || !kept)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < course->old_count; i++) {
        const struct alerts_of_course_out *row = &course->old[i];
        old[i] = (struct alarm_span){ row->started_at,
                                      row->ended_at.is ? row->ended_at.value : UTC_NEVER,
                                      row->peak };
    }
    alarm_match(match, course->found, course->found_count, old, course->old_count);
    for (size_t i = 0; i < course->found_count && !status; i++) {
        bool is_known = match[i] != SIZE_MAX;
        int64_t id = is_known ? course->old[match[i]].id : id_random();
        if (is_known)
            kept[match[i]] = true;
        if (course->found[i].ended_at == UTC_NEVER)
            *open_id = id;
        status = replay_put_change(replay, course, id, &course->found[i],
                                   is_known ? &old[match[i]] : NULL);
    }
    for (size_t i = 0; i < course->old_count && !status; i++)
        if (!kept[i])
            status = replay_put_change(replay, course, course->old[i].id, NULL, &old[i]);
    return status;
}

/* The sensor's course continues in the state that the replay reached. */
static void
replay_set_course(struct watched_sensor *sensor, const struct course *course, int64_t open_id)
{
    struct watched_course *kept = watched_course_find(sensor, course->rule->id, course->channel);

    if (kept)
        watched_course_remove(sensor, kept);
    if (course->state.phase == ALARM_IDLE)
        return;
    kept = watched_course_add(sensor, course->rule->id, course->channel);
    kept->state = course->state;
    kept->alert_id = open_id;
}

static enum status
replay_add_course(struct replay *replay, const struct watched_rule *rule, uint8_t channel,
                  utc_seconds first_late, utc_seconds last_late)
{
    struct course *courses = arena_grow(replay->call->db.arena, replay->courses, sizeof *courses,
                                        replay->course_count, &replay->course_room);

    if (!courses)
        return call_too_large(replay->call);
    replay->courses = courses;
    courses[replay->course_count++] = (struct course){
        .rule = rule, .channel = channel, .first_late = first_late, .last_late = last_late
    };
    return STATUS_OK;
}

enum status
alarm_replay(struct call *call, struct alarm_batch *batch, const struct late_samples *late)
{
    struct replay replay = { call, batch, .sensor = late->sensor };
    const struct watched_rule *rule;
    enum status status = STATUS_OK;

    for (size_t i = 0; (rule = watched_rule_of(late->sensor, i)); i++)
        for (uint8_t channel = 1; channel <= SAMPLE_MOST_CHANNELS && !status; channel++)
            if (alarm_condition_is_of_samples(rule->rule.condition)
                && late->first[channel] <= late->last[channel])
                status = replay_add_course(&replay, rule, channel, late->first[channel],
                                           late->last[channel]);
    if (status || replay.course_count == 0)
        return status;
    status = replay_run(&replay);
    for (size_t i = 0; i < replay.course_count && !status; i++) {
        const struct course *course = &replay.courses[i];
        int64_t open_id = 0;
        status = replay_compare(&replay, course, &open_id);
        if (!status && !course->done)
            replay_set_course(late->sensor, course, open_id);
    }
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
        struct course *course = &replay.courses[i];
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
