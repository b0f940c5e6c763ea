/*
 * alarm_replay.h - evaluates the stored values of a sensor again after some came late, or when
 * something is due (alarm_due.h).
 *
 * The alerts become those of all saved samples until now, as if they had come in order. Samples
 * that are ahead of the clock are left out, and the first of them is noted. A known alert
 * continues as the first alert found that overlaps it. The other alerts found are new. A known
 * alert that overlaps none is withdrawn. A sample that is stored already changes nothing.
 *
 * The limit: a sample measured more than ALARM_REPLAY_DAYS before the newest of its channel is
 * saved and not evaluated. Where an alert began so long before a late sample, older values are not
 * read again, and the alert keeps its peak.
 */
#ifndef SERVICE_ALARM_ALARM_REPLAY_H
#define SERVICE_ALARM_ALARM_REPLAY_H

#include "service/alarm/alarm_batch.h"

enum { ALARM_REPLAY_DAYS = 35 };

/* Adds to batch->changes, and moves the sensor's courses and ahead_at. Runs in the transaction of
 * the batch, after the changes from samples in order are written. */
enum status alarm_replay(struct call *call, struct alarm_batch *batch,
                         const struct late_samples *late);

/* Finds the pending courses of a sensor's rules with a duration, from its newest samples, when the
 * sensor is read. Changes only its courses. */
enum status alarm_replay_pending(struct call *call, struct alarm_batch *batch,
                                 struct watched_sensor *sensor);

#endif
