#include "service/alarm/alarm_replay.h"

#include <string.h>

#include "base/id.h"
#include "service/measurement/block.h"
#include "service/measurement/journal.h"
#include "service/measurement/journal_index.h"
#include "service/measurement/samples.h"
#include "statements.h"
#include "store/store.h"

/* One rule on one channel, taken again. */
struct course {
    const struct watched_rule *rule;
    uint8_t channel;
    utc_seconds first_late, last_late;
    utc_seconds from; /* samples from here on */
    struct alarm_state state;
    bool done; /* nothing that follows can differ */
    struct alerts_of_course_out *old;
    size_t old_count;
    struct alarm_span *found;
    size_t found_count, found_room;
};

struct replay {
    const struct call *call;
    struct watched_sensor *sensor;
    struct course *courses;
    size_t course_count;
    struct samples fresh; /* of the batch and the journal_index, sorted: not compacted yet */
    struct samples day;
    utc_seconds from;
    day_number block_day; /* of the block just read; -1: none is left */
};

/* Where a course has to be begun anew, and in which state. */
static enum status
anchor(struct call *call, const struct watched_sensor *sensor, struct course *course)
{
    utc_seconds floor = (utc_seconds)sensor->newest[course->channel] - ALARM_REPLAY_DAYS * UTC_DAY;
    utc_seconds oldest = sensor->from > course->rule->samples_from ? sensor->from
                                                                   : course->rule->samples_from;

    if (oldest > floor)
        floor = oldest;
    if (course->first_late < floor)
        course->first_late = floor;
    course->from = course->first_late - alarm_reach(&course->rule->rule);
    if (course->from < floor)
        course->from = floor;
    enum status status = alerts_of_course(&call->db,
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
        course->from = first->ended_at.value; /* that value ends it: nothing goes on behind it */
        course->old++;
        course->old_count--;
    } else if (first->started_at >= floor) {
        course->from = first->started_at;
    } else { /* what lies before is not read again */
        course->state = (struct alarm_state){ ALARM_OPEN, first->started_at, 0, first->peak };
        course->from = floor;
    }
    return STATUS_OK;
}

static struct alarm_span *
add_span(struct call *call, struct course *course)
{
    struct alarm_span *found = arena_grow(call->db.arena, course->found, sizeof *found,
                                          course->found_count, &course->found_room);

    if (!found)
        return NULL;
    course->found = found;
    found[course->found_count] =
        (struct alarm_span){ course->state.started_at, UTC_NEVER, course->state.peak };
    return &found[course->found_count++];
}

static enum status
alarm_replay_step(struct call *call, struct course *course, const struct sample *sample)
{
    double value;

    if (course->done || sample->channel != course->channel
        || sample->type != course->rule->rule.channel_type || sample->at < course->from
        || !alarm_value(&value, sample))
        return STATUS_OK;
    enum alarm_event event = alarm_step(&course->rule->rule, &course->state, sample->at, value);
    if (event == ALARM_OPENED && !add_span(call, course))
        return call_too_large(call);
    if (event == ALARM_PEAKED || event == ALARM_CLOSED)
        course->found[course->found_count - 1].peak = course->state.peak;
    if (event == ALARM_CLOSED)
        course->found[course->found_count - 1].ended_at = sample->at;
    /* Behind the late ones: as before from here on, whatever is stored. */
    course->done = sample->at > course->last_late && alarm_is_back(&course->rule->rule, value);
    if (!course->done)
        return STATUS_OK;
    /* Alerts that begin later stay as they are. */
    while (course->old_count > 0 && course->old[course->old_count - 1].started_at > sample->at)
        course->old_count--;
    return STATUS_OK;
}

static enum status
alarm_replay_take_block(void *with, const struct blocks_from_out *row, struct fault *fault)
{
    struct replay *replay = with;
    struct block_place place = { replay->sensor->organization->id, replay->sensor->id, row->day };

    (void)fault;
    replay->block_day = row->day;
    block_add(replay->call, &place, &replay->day, row->samples);
    return STATUS_OK;
}

/* Takes the samples of `day` and the days after it, up to and with the next that has a block. */
static enum status
take_days(struct call *call, struct replay *replay, day_number *day)
{
    utc_seconds begin = *day * UTC_DAY, end = UTC_NEVER;

    replay->day.count = 0;
    replay->block_day = -1;
    enum status status = blocks_from(&call->db,
                                     &(struct blocks_from_in){
                                         .organization_id = replay->sensor->organization->id,
                                         .sensor_id = replay->sensor->id,
                                         .from_day = *day,
                                         .to_day = UTC_NEVER / UTC_DAY,
                                         .most = 1,
                                     },
                                     alarm_replay_take_block, replay);
    *day = UTC_NEVER;
    if (!status && replay->block_day >= 0) {
        *day = replay->block_day + 1;
        end = *day * UTC_DAY;
    }
    for (size_t i = 0; i < replay->fresh.count && !status; i++) {
        const struct sample *sample = &replay->fresh.at[i];
        if (sample->at < begin || sample->at >= end)
            continue;
        *samples_reserve(&replay->day, 1) = *sample;
        replay->day.count++;
    }
    samples_sort(&replay->day); /* what was stored first stays */
    for (size_t i = 0; i < replay->day.count && !status; i++)
        for (size_t j = 0; j < replay->course_count && !status; j++)
            status = alarm_replay_step(call, &replay->courses[j], &replay->day.at[i]);
    return status;
}

static bool
all_done(const struct replay *replay)
{
    for (size_t i = 0; i < replay->course_count; i++)
        if (!replay->courses[i].done)
            return false;
    return true;
}

/* The journal_index first: what is in it came before the batch. */
static enum status
read_fresh(struct call *call, const struct alarm_batch *batch, struct replay *replay)
{
    struct uncompacted uncompacted = { 0 };
    int64_t *ids;
    size_t count;
    enum status status = journal_index_find(call, replay->sensor->id, &ids, &count);

    if (!status && count > 0)
        status = journal_read(
            call,
            &(struct journal_query){ .organization_id = replay->sensor->organization->id,
                                     .sensor_id = replay->sensor->id,
                                     .ids = ids,
                                     .count = count,
                                     .from = replay->from,
                                     .to = UTC_NEVER },
            &uncompacted);
    replay->fresh = uncompacted.samples;
    alarm_taken_add(batch, replay->sensor, &replay->fresh);
    samples_sort(&replay->fresh);
    return status;
}

static enum status
alarm_replay_run(struct call *call, const struct alarm_batch *batch, struct replay *replay)
{
    enum status status = STATUS_OK;

    replay->from = UTC_NEVER;
    for (size_t i = 0; i < replay->course_count && !status; i++) {
        struct course *course = &replay->courses[i];
        status = anchor(call, replay->sensor, course);
        if (!status && course->state.phase == ALARM_OPEN && !add_span(call, course))
            status = call_too_large(call);
        if (course->from < replay->from)
            replay->from = course->from;
    }
    if (!status)
        status = read_fresh(call, batch, replay);
    day_number day = replay->from / UTC_DAY;
    while (!status && day != UTC_NEVER && !all_done(replay))
        status = take_days(call, replay, &day);
    samples_clear(&replay->fresh);
    samples_clear(&replay->day);
    return status;
}

static enum status
put_change(struct call *call, struct alarm_batch *batch, const struct watched_sensor *sensor,
           const struct course *course, int64_t id, const struct alarm_span *span,
           const struct alarm_span *old)
{
    if (old && span && !memcmp(span, old, sizeof *span))
        return STATUS_OK;
    struct alert_change *change = alarm_batch_add(batch, call);
    if (!change)
        return call->db.fault.status;
    *change = (struct alert_change){
        .id = id,
        .organization_id = sensor->organization->id,
        .sensor_id = sensor->id,
        .rule = course->rule,
        .channel = course->channel,
        .span = span ? *span : *old,
        .is_new = !old,
        .withdrawn = !span,
        .over = span && old && old->ended_at == UTC_NEVER && span->ended_at != UTC_NEVER,
    };
    return STATUS_OK;
}

/* What was found against what is known. *open_id: the one that is still open. */
static enum status
alarm_replay_settle(struct call *call, struct alarm_batch *batch,
                    const struct watched_sensor *sensor, const struct course *course,
                    int64_t *open_id)
{
    size_t *match = call_new(call, (course->found_count + 1) * sizeof *match);
    struct alarm_span *old = call_new(call, (course->old_count + 1) * sizeof *old);
    bool *kept = call_new(call, (course->old_count + 1) * sizeof *kept);
    enum status status = STATUS_OK;

    if (!match || !old || !kept)
        return call_too_large(call);
    for (size_t i = 0; i < course->old_count; i++)
        old[i] = (struct alarm_span){ course->old[i].started_at,
                                      course->old[i].ended_at.is ? course->old[i].ended_at.value
                                                                 : UTC_NEVER,
                                      course->old[i].peak };
    alarm_match(match, course->found, course->found_count, old, course->old_count);
    for (size_t i = 0; i < course->found_count && !status; i++) {
        bool is_known = match[i] != SIZE_MAX;
        int64_t id = is_known ? course->old[match[i]].id : id_random();
        if (is_known)
            kept[match[i]] = true;
        if (course->found[i].ended_at == UTC_NEVER)
            *open_id = id;
        status = put_change(call, batch, sensor, course, id, &course->found[i],
                            is_known ? &old[match[i]] : NULL);
    }
    for (size_t i = 0; i < course->old_count && !status; i++)
        if (!kept[i])
            status = put_change(call, batch, sensor, course, course->old[i].id, NULL, &old[i]);
    return status;
}

/* The course goes on from where the replay has left it, if that is its end. */
static void
go_on(struct watched_sensor *sensor, const struct course *course, int64_t open_id)
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

static struct course *
new_courses(struct call *call, const struct watched_sensor *sensor)
{
    size_t rules = 0;

    while (watched_rule_of(sensor, rules))
        rules++;
    return call_new(call, (rules * SAMPLE_MOST_CHANNELS + 1) * sizeof(struct course));
}

enum status
alarm_replay(struct call *call, struct alarm_batch *batch, const struct alarm_late *late)
{
    struct replay replay = { call, .sensor = late->sensor };
    const struct watched_rule *rule;

    replay.courses = new_courses(call, late->sensor);
    if (!replay.courses)
        return call_too_large(call);
    for (size_t i = 0; (rule = watched_rule_of(late->sensor, i)); i++)
        for (uint8_t channel = 1; channel <= SAMPLE_MOST_CHANNELS; channel++) {
            struct course course = { .rule = rule,
                                     .channel = channel,
                                     .first_late = late->first[channel],
                                     .last_late = late->last[channel] };
            if (alarm_condition_is_of_values(rule->rule.condition)
                && course.first_late <= course.last_late)
                replay.courses[replay.course_count++] = course;
        }
    if (replay.course_count == 0)
        return STATUS_OK;
    enum status status = alarm_replay_run(call, batch, &replay);
    for (size_t i = 0; i < replay.course_count && !status; i++) {
        const struct course *course = &replay.courses[i];
        int64_t open_id = 0;
        status = alarm_replay_settle(call, batch, late->sensor, course, &open_id);
        if (!status && !course->done)
            go_on(late->sensor, course, open_id);
    }
    return status;
}

enum status
alarm_replay_pending(struct call *call, struct alarm_batch *batch, struct watched_sensor *sensor)
{
    struct replay replay = { call, .sensor = sensor };
    const struct watched_rule *rule;

    for (size_t i = 0; (rule = watched_rule_of(sensor, i)); i++) {
        if (rule->rule.for_seconds == 0 || !alarm_condition_is_of_values(rule->rule.condition))
            continue;
        if (!replay.courses && !(replay.courses = new_courses(call, sensor)))
            return call_too_large(call);
        for (uint8_t channel = 1; channel <= SAMPLE_MOST_CHANNELS; channel++)
            if (sensor->newest[channel] > 0 && !watched_course_find(sensor, rule->id, channel))
                replay.courses[replay.course_count++] = (struct course){
                    .rule = rule,
                    .channel = channel,
                    .first_late = sensor->newest[channel],
                    .last_late = sensor->newest[channel],
                };
    }
    if (replay.course_count == 0)
        return STATUS_OK;
    enum status status = alarm_replay_run(call, batch, &replay);
    for (size_t i = 0; i < replay.course_count && !status; i++) {
        struct course *course = &replay.courses[i];
        /* It was beyond before the rule was made: it begins with the next value. */
        if (course->state.phase == ALARM_OPEN) {
            course->state.phase = ALARM_PENDING;
            course->state.last_at = sensor->newest[course->channel];
        }
        go_on(sensor, course, 0);
    }
    return status;
}
