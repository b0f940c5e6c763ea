/*
 * alarm_replay.h - takes the stored values of a sensor again, because some have come late.
 *
 * The alerts become those of all saved samples, as if they had come in their order: one that is
 * known goes on as the first found anew that has a moment in common with it, others begin, and what
 * has none in common was none and is withdrawn. A sample that is stored already changes nothing.
 *
 * The bound: a sample measured more than ALARM_REPLAY_DAYS before the newest of its channel is
 * saved and not evaluated; and of an alert that began so long before a late sample, values from
 * before are not read again: its peak stays.
 */
#ifndef SERVICE_ALARM_ALARM_REPLAY_H
#define SERVICE_ALARM_ALARM_REPLAY_H

#include "service/alarm/alarm_batch.h"

enum { ALARM_REPLAY_DAYS = 35 };

/* Inside the transaction of the batch, after what the batch did in order is written: adds to
 * batch->changes, and moves the sensor's courses. */
enum status alarm_replay(struct call *call, struct alarm_batch *batch,
                         const struct alarm_late *late);

/* What a sensor's rules with a duration have under way, out of its newest samples: when it is read.
 * Nothing is changed but its courses. */
enum status alarm_replay_pending(struct call *call, struct alarm_batch *batch,
                                 struct watched_sensor *sensor);

#endif
