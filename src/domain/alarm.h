/*
 * alarm.h - an alarm rule, and the alerts that the values of one channel give.
 *
 * The rule reads values in the order in which they were measured, each once. So the alerts of a
 * channel are a function of its set of values, in whatever order they arrive: after a late value
 * the caller evaluates the later values again (service/alarm/alarm_replay.h).
 *
 *   above   an alert begins with the first value above the threshold. It ends with the first
 *           that is not above threshold - hysteresis
 *   below   the same, mirrored
 *   for     the alert counts once all values were beyond the threshold for so long, without a
 *           silence of more than ALARM_MOST_SILENCE, in which the value is not known. It still
 *           begins with the first of them
 *   peak    the greatest of its values (below: the smallest)
 *
 * A binary channel has the values 1 (alarm, water, on) and 0: above 0.5 is the alarm. An error code
 * is no value: the caller leaves it out.
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
    ALARM_LOST_CONNECTION, /* of the sensor: no message by when it said that it would send one */
    ALARM_LOW_BATTERY,     /* of the sensor: its message says so */
    ALARM_CONDITION_COUNT
};

/* Of `for`, and the longest silence that it reaches over. */
#define ALARM_MOST_FOR     UTC_DAY
#define ALARM_MOST_SILENCE UTC_DAY

struct alarm_rule {
    enum alarm_condition condition;
    uint16_t channel_type; /* of a condition on values */
    double threshold;
    double hysteresis;   /* not negative */
    int64_t for_seconds; /* 0 to ALARM_MOST_FOR */
};

enum alarm_phase {
    ALARM_IDLE,
    ALARM_PENDING, /* beyond, not yet for long enough */
    ALARM_OPEN,
};

/* Zeroed it is idle. When a step has made it idle the other fields still describe the alert. */
struct alarm_state {
    enum alarm_phase phase;
    utc_seconds started_at;
    utc_seconds last_at; /* of the last value taken while pending */
    double peak;
};

enum alarm_event {
    ALARM_NOTHING,
    ALARM_OPENED,
    ALARM_PEAKED, /* still open; the peak is another */
    ALARM_CLOSED, /* by the value just taken */
};

/* "above", "below", "lost_connection", "low_battery". */
extern const char *const alarm_condition_words[ALARM_CONDITION_COUNT];
bool alarm_condition_parse(enum alarm_condition *out, const char *text, size_t length);
/* Does it look at values of a channel? */
bool alarm_condition_is_of_values(enum alarm_condition condition);

/* The value of a sample. False: it is an error code. */
bool alarm_value(double *out, const struct sample *sample);

/* Takes the next value. */
enum alarm_event alarm_step(const struct alarm_rule *rule, struct alarm_state *state,
                            utc_seconds at, double value);

/* After such a value there is no alert and none begins, whatever was before it. */
bool alarm_is_back(const struct alarm_rule *rule, double value);

/* How long before a value others may lie that it makes one alert with. */
int64_t alarm_reach(const struct alarm_rule *rule);

/* An alert in [started_at, ended_at). */
struct alarm_span {
    utc_seconds started_at;
    utc_seconds ended_at; /* UTC_NEVER: open */
    double peak;
};

/* Gives each alert in `found` the alert in `old` that it continues: the first that overlaps it and
 * has no match yet, SIZE_MAX for none. Both are sorted. */
void alarm_match(size_t *match, const struct alarm_span *found, size_t found_count,
                 const struct alarm_span *old, size_t old_count);

#endif
