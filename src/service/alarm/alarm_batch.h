/*
 * alarm_batch.h - what one batch of messages brings to the alarm rules, and what they make of it.
 */
#ifndef SERVICE_ALARM_ALARM_BATCH_H
#define SERVICE_ALARM_ALARM_BATCH_H

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
struct alarm_taken {
    const struct sample *samples;
    size_t count;
    uint32_t before; /* the one before of the same sensor, counted from 1; 0 none */
};

/* Samples of a sensor that could not be taken in their order: first and last, by channel. */
struct alarm_late {
    struct watched_sensor *sensor;
    utc_seconds first[SAMPLE_MOST_CHANNELS + 1]; /* UTC_NEVER: none */
    utc_seconds last[SAMPLE_MOST_CHANNELS + 1];
};

struct alarm_batch {
    uint32_t number;
    struct alert_change *changes;
    size_t change_count, change_room;
    struct alarm_taken *taken;
    size_t taken_count;
    struct alarm_late *late;
    size_t late_count;
    struct watched_sensor **sensors; /* all concerned */
    size_t sensor_count;
    bool wrote; /* changes, to the store */
};

/* In the arena; NULL with STATUS_TOO_LARGE in the fault. */
struct alert_change *alarm_batch_add(struct alarm_batch *batch, struct call *call);

/* Writes the changes, and empties the list: what follows reads them in the store. */
enum status alarm_changes_write(struct call *call, struct alarm_batch *batch);

/* Adds what the batch brings of a sensor, in the order in which it came. */
void alarm_taken_add(const struct alarm_batch *batch, const struct watched_sensor *sensor,
                     struct samples *out);

/* Leaves those out of what came late that are stored already, unless they span several days: the
 * same again must change nothing, not even make us look at what was before a rule. */
enum status alarm_late_narrow(struct call *call, const struct alarm_batch *batch,
                              struct alarm_late *late);

#endif
