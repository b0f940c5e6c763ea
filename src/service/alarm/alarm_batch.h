/* alarm_batch.h - one batch of messages for the alarm rules, and the alerts that it changes. */
#ifndef SERVICE_ALARM_ALARM_BATCH_H
#define SERVICE_ALARM_ALARM_BATCH_H

#include "domain/coverage.h"
#include "service/alarm/evaluator_cache.h"
#include "service/core/call.h"
#include "service/measurement/samples.h"

/* An alert that the batch begins or changes. */
struct alert_change {
    int64_t id;
    int64_t organization_id, sensor_id;
    const struct watched_rule *rule;
    struct alarm_span span;
    uint8_t channel;
    bool is_new, over, withdrawn;
};

/* The admitted samples of one message. */
struct alarm_message {
    const struct sample *samples;
    size_t count;
    uint32_t previous; /* the sensor's previous message, counted from 1; 0: none */
};

/* watched_sensor.stored_due_at: only the states that hold now are due. */
enum { ALARM_DUE_STATES = 1 };

/* The licenses of a sensor, by now. */
struct alarm_coverage {
    const struct interval *intervals;
    size_t count;
};

/* Times of a sensor's samples that came out of order. */
struct late_samples {
    struct watched_sensor *sensor;
    bool settles; /* the ranges reach from the sensor's due instant to now (alarm_due.h) */
    utc_seconds first[SAMPLE_MOST_CHANNELS + 1]; /* by channel; UTC_NEVER: none */
    utc_seconds last[SAMPLE_MOST_CHANNELS + 1];
};

struct alarm_batch {
    uint32_t number;
    struct alert_change *changes;
    size_t change_count, change_room;
    struct alarm_message *messages;
    size_t message_count;
    struct late_samples *late;
    size_t late_count;
    struct watched_sensor **sensors; /* of the batch, those with rules */
    struct alarm_coverage *coverage; /* of the same */
    size_t sensor_count, room;
    bool wrote;    /* changes were written to the store */
    bool due_soon; /* an instant was written that the ticker may learn of too late (alarm_due.h) */
};

/* Prepares an empty batch with room for `count` sensors and messages; it keeps its number. */
enum status alarm_batch_begin(struct alarm_batch *batch, struct call *call, size_t count);

/* Adds a sensor. Copies its intervals. */
enum status alarm_batch_add_sensor(struct alarm_batch *batch, struct call *call,
                                   struct watched_sensor *sensor, const struct interval *intervals,
                                   size_t count);

/* The end of the sensor's unbroken coverage at `at`; 0: it is not covered. */
utc_seconds alarm_batch_covered_until(const struct alarm_batch *batch,
                                      const struct watched_sensor *sensor, utc_seconds at);

/* In the arena. NULL: the arena is full; the fault says so. */
struct alert_change *alarm_batch_add(struct alarm_batch *batch, struct call *call);

/* Writes the changes and empties the list. */
enum status alarm_changes_write(struct call *call, struct alarm_batch *batch);

/* Appends the batch's samples of a sensor, in the order of arrival. */
void alarm_batch_samples(const struct alarm_batch *batch, const struct watched_sensor *sensor,
                         struct samples *out);

/* The sensor's late samples; none at first. NULL: the arena is full; the fault says so. */
struct late_samples *alarm_batch_late(struct alarm_batch *batch, struct call *call,
                                      struct watched_sensor *sensor);

/* If the sensor is due, marks its samples from the due instant on as late: they are evaluated
 * again. */
enum status alarm_batch_settle(struct alarm_batch *batch, struct call *call,
                               struct watched_sensor *sensor);

/* Removes the samples that are stored already, so that a repeat changes nothing. Does nothing where
 * the samples span several days, or settle what is due. */
enum status late_samples_narrow(struct call *call, const struct alarm_batch *batch,
                                struct late_samples *late);

/* Extends or empties the ranges of channels. */
void late_samples_add(struct late_samples *late, const struct sample *sample);
void late_samples_reset(struct late_samples *late);

#endif
