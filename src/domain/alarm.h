/*
 * alarm.h - an alarm rule, and the alerts that the samples of one channel give.
 *
 * The rule reads each sample once, in the order of measurement. So the alerts of a channel depend
 * only on its set of samples and not on the order of arrival: after a late sample the caller
 * evaluates the later samples again (service/alarm/alarm_replay.h).
 *
 *   above   an alert begins with the first value above the threshold. It ends with the first
 *           value that is not above threshold - hysteresis
 *   below   the same, mirrored
 *   sensor_error  an alert begins with the first error code. It ends with the first sample that is
 *           none. An error code is the value of its sample; all other samples have the value 0
 *   for     the alert opens when all values have been beyond the threshold for this long, without
 *           a silence longer than ALARM_MOST_SILENCE. It still begins with the first of them
 *   peak    the greatest value of the alert (below: the smallest)
 *
 * A binary channel has the values 1 (alarm, water, on) and 0, so "above 0.5" means alarm. It sends
 * changes only: a value holds until the next one or the end of coverage. So `for` runs by the
 * clock, and a silence of any length ends nothing. For above and below an error code is not a
 * value.
 */
#ifndef DOMAIN_ALARM_H
#define DOMAIN_ALARM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/utc.h"
#include "domain/measurement.h"

enum alarm_condition {
    ALARM_ABOVE,
    ALARM_BELOW,
    ALARM_LOST_CONNECTION, /* no message came by the time that the sensor announced */
    ALARM_LOW_BATTERY,     /* a message of the sensor reports it */
    ALARM_SENSOR_ERROR,    /* a channel reports error codes */
    ALARM_CLOCK_WRONG,     /* samples are refused for their time */
    ALARM_TAMPER,          /* a message of the sensor reports it */
    ALARM_CONDITION_COUNT
};

/* The longest `for`, and the longest silence within it. */
#define ALARM_MOST_FOR     UTC_DAY
#define ALARM_MOST_SILENCE UTC_DAY

struct alarm_rule {
    enum alarm_condition condition;
    int32_t channel_type; /* of a condition on samples; ALARM_SENSOR_ERROR: 0 means any type */
    double threshold;
    double hysteresis;   /* not negative */
    int64_t for_seconds; /* 0 to ALARM_MOST_FOR */
};

enum alarm_phase {
    ALARM_IDLE,
    ALARM_PENDING, /* beyond the threshold, but not long enough yet */
    ALARM_OPEN,
};

/* Zeroed: idle. After a step that makes it idle, the other fields still describe the alert. */
struct alarm_state {
    enum alarm_phase phase;
    utc_seconds started_at;
    utc_seconds last_at; /* of the last value while pending */
    double peak;
    bool holds; /* the last value holds until the next one: the channel is binary */
};

enum alarm_event {
    ALARM_NOTHING,
    ALARM_OPENED,
    ALARM_PEAKED, /* still open, with a new peak */
    ALARM_CLOSED, /* by this value */
};

/* A sample as a rule reads it. */
struct alarm_reading {
    utc_seconds at;
    double value;
    bool holds; /* until the next one: the channel is binary */
};

/* "above", "below", "lost_connection", "low_battery", "sensor_error", "clock_wrong", "tamper". */
extern const char *const alarm_condition_words[ALARM_CONDITION_COUNT];
bool alarm_condition_parse(enum alarm_condition *out, const char *text, size_t length);
/* Does the condition compare values of a channel with a threshold? */
bool alarm_condition_is_of_values(enum alarm_condition condition);
/* Does the condition evaluate the samples of a channel? A condition on values does. */
bool alarm_condition_is_of_samples(enum alarm_condition condition);

/* False: the rule does not read the sample; *out is unset. */
bool alarm_read(struct alarm_reading *out, const struct alarm_rule *rule,
                const struct sample *sample);
/* Can the rule read a binary channel? */
bool alarm_reads_binary(const struct alarm_rule *rule);

/* Evaluates the next value; alarm_hold() comes first. */
enum alarm_event alarm_step(const struct alarm_rule *rule, struct alarm_state *state,
                            const struct alarm_reading *reading);

/* Lets the last value of a binary channel hold until `at`: the time of the next value, or now. A
 * pending alert opens if its values held long enough; a gap of the coverage before `at` ends the
 * wait. covered_until: the end of the unbroken coverage at state->last_at; 0: none. Gives
 * ALARM_OPENED or ALARM_NOTHING; changes no other state. */
enum alarm_event alarm_hold(const struct alarm_rule *rule, struct alarm_state *state,
                            utc_seconds covered_until, utc_seconds at);

/* When a pending alert of a binary channel opens without another value; UTC_NEVER for others. */
utc_seconds alarm_due_at(const struct alarm_rule *rule, const struct alarm_state *state);

/* True if this value begins an alert. */
bool alarm_is_beyond(const struct alarm_rule *rule, double value);
/* True if this value ends any alert and begins none. */
bool alarm_is_back(const struct alarm_rule *rule, double value);

/* How far apart two values of one alert can be, in seconds. */
int64_t alarm_reach(const struct alarm_rule *rule);

/* An alert in [started_at, ended_at). */
struct alarm_span {
    utc_seconds started_at;
    utc_seconds ended_at; /* UTC_NEVER: open */
    double peak;
};

/* Matches each alert in `found` with the alert in `old` that it continues: the first one that
 * overlaps it and has no match yet; SIZE_MAX for none. Both are sorted. */
void alarm_match(size_t *match, const struct alarm_span *found, size_t found_count,
                 const struct alarm_span *old, size_t old_count);

#endif
