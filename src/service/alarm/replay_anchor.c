/* replay_anchor.c - finds where a replay begins. */
#include "service/alarm/alarm_replay.h"
#include "service/alarm/replay.h"
#include "service/measurement/block.h"

static utc_seconds
later_of(utc_seconds a, utc_seconds b)
{
    return a > b ? a : b;
}

/* Reads the samples before *day, back to and including the newest day with a block. *day becomes
 * that day; 0 at the end. */
static enum status
anchor_read_before(struct replay *replay, day_number *day)
{
    const struct watched_sensor *sensor = replay->sensor;
    struct block_place place = { sensor->organization->id, sensor->id, *day };
    utc_seconds end = *day * UTC_DAY;
    bool found;

    replay->days.count = 0;
    enum status status = block_read_before(replay->call, &place, &replay->days, &found);
    if (status)
        return status;
    *day = found ? place.day : 0;
    replay_add_fresh(replay, *day * UTC_DAY, end);
    return STATUS_OK;
}

/* Lets the course begin with this sample, which is before course->from, if its value is beyond the
 * threshold and holds until then. True: an earlier sample may also do so. */
static bool
anchor_extend(const struct replay *replay, struct replay_course *course,
              const struct sample *sample)
{
    const struct alarm_rule *rule = &course->rule->rule;
    struct alarm_reading reading;

    if (!alarm_read(&reading, rule, sample)) /* an error code, or the channel had another type */
        return sample->type == rule->channel_type;
    if (!reading.holds
        || alarm_batch_covered_until(replay->batch, replay->sensor, sample->at) < course->from)
        return false;
    if (sample->at < course->floor) {
        reading.at = course->from = course->floor;
        course->initial = reading;
        course->has_initial = true;
        return false;
    }
    if (!alarm_is_beyond(rule, reading.value))
        return false;
    course->from = sample->at;
    return true;
}

/* The samples of a binary channel before course->from decide about its state there. */
static enum status
anchor_look_back(struct replay *replay, struct replay_course *course)
{
    day_number day = course->from / UTC_DAY + 1;
    bool more = alarm_reads_binary(&course->rule->rule);

    while (more) {
        enum status status = anchor_read_before(replay, &day);
        if (status)
            return status;
        for (size_t i = replay->days.count; i-- > 0 && more;) {
            const struct sample *sample = &replay->days.at[i];
            if (sample->channel == course->channel && sample->at < course->from)
                more = sample->at >= course->oldest && anchor_extend(replay, course, sample);
        }
        more = more && day > course->oldest / UTC_DAY;
    }
    return STATUS_OK;
}

enum status
replay_anchor(struct replay *replay, struct replay_course *course)
{
    const struct watched_sensor *sensor = replay->sensor;

    course->oldest = (utc_seconds)sensor->newest[course->channel] - ALARM_REPLAY_DAYS * UTC_DAY;
    course->floor = later_of(sensor->from, course->rule->samples_from);
    utc_seconds floor = later_of(course->oldest, course->floor);
    course->first_late = later_of(course->first_late, floor);
    course->from = later_of(course->first_late - alarm_reach(&course->rule->rule), floor);
    enum status status = alerts_of_course(&replay->call->db,
                                          &(struct alerts_of_course_in){
                                              .organization_id = sensor->organization->id,
                                              .sensor_id = sensor->id,
                                              .rule_id = course->rule->id,
                                              .channel = course->channel,
                                              .after = course->from - 1,
                                          },
                                          &course->old, &course->old_count);
    if (status)
        return status;
    const struct alerts_of_course_out *first = course->old;
    if (course->old_count == 0 || first->started_at >= course->from)
        return anchor_look_back(replay, course);
    if (first->ended_at.is && first->ended_at.value <= course->first_late) {
        course->from = first->ended_at.value; /* the value then ends it: nothing continues after */
        course->old++;
        course->old_count--;
    } else if (first->started_at >= floor) {
        course->from = first->started_at;
    } else { /* older samples are not read again */
        course->state =
            (struct alarm_state){ ALARM_OPEN, first->started_at, 0, first->peak, false };
        course->from = floor;
    }
    /* At its floor a value from before counts: it began the alert, or began after it. */
    return course->from > course->floor ? STATUS_OK : anchor_look_back(replay, course);
}
