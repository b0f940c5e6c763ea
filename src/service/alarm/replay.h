/* replay.h - the state of alarm_replay.c: the rules and channels of one sensor, evaluated again. */
#ifndef SERVICE_ALARM_REPLAY_H
#define SERVICE_ALARM_REPLAY_H

#include "service/alarm/alarm_batch.h"
#include "statements.h"

/* One rule on one channel. */
struct replay_course {
    const struct watched_rule *rule;
    uint8_t channel;
    utc_seconds first_late, last_late;
    utc_seconds oldest; /* ALARM_REPLAY_DAYS before the newest sample */
    utc_seconds floor;  /* samples count from here on; 0: all */
    utc_seconds from;   /* earlier samples are not evaluated */
    struct alarm_state state;
    struct alarm_reading
        initial; /* the value that holds at `floor`, unless a sample has this time */
    bool has_initial;
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
    struct replay_course *courses;
    size_t course_count, course_room;
    struct samples fresh; /* uncompacted, and of the batch; sorted */
    struct samples days;  /* of the days just read */
    utc_seconds from;
    utc_seconds ahead_at; /* of the first sample that waits for its time; UTC_NEVER: none */
};

/* Finds where a course must start again, and in which state. Reads the alerts that last beyond. */
enum status replay_anchor(struct replay *replay, struct replay_course *course);

/* Adds the fresh samples in [from, to) to `days`, and sorts these. */
void replay_add_fresh(struct replay *replay, utc_seconds from, utc_seconds to);

/* Compares the alerts found with the known ones, and adds the changes to the batch. *open_id: the
 * alert that is still open. */
enum status replay_compare(struct replay *replay, const struct replay_course *course,
                           int64_t *open_id);

#endif
