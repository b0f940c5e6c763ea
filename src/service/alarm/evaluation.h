/* evaluation.h - evaluates the samples of a batch in memory, one after the other. */
#ifndef SERVICE_ALARM_EVALUATION_H
#define SERVICE_ALARM_EVALUATION_H

#include "service/alarm/alarm_batch.h"

/* A rule's course on one channel of a sensor, while a message of the batch is evaluated. */
struct evaluation {
    struct alarm_batch *batch;
    struct call *call;
    struct watched_sensor *sensor;
    const struct watched_rule *rule;
    struct watched_course *course;
};

/* Records what `event` does to the course's alert, and removes a course that is idle. */
enum status evaluation_keep(const struct evaluation *evaluation, enum alarm_event event,
                            utc_seconds ended_at);

/* Evaluates a sample by each rule of its sensor. Adds a sample that is out of order to the sensor's
 * late samples. A sample that is ahead of the clock waits for its time if it would begin, change or
 * end an alert (alarm_due.h). */
enum status evaluation_add_sample(struct alarm_batch *batch, struct call *call,
                                  struct watched_sensor *sensor, const struct sample *sample);

#endif
