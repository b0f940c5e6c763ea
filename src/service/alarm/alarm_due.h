/*
 * alarm_due.h - evaluates a sensor at an instant, without a message.
 *
 * The row of a sensor in alarm_due names the first instant from which its alerts may change by the
 * clock alone:
 *   - a saved sample is ahead of the clock until then, and would begin, change or end an alert
 *   - a value of a binary channel has lasted for the `for` of a rule then, if nothing changes
 * The transaction of a batch writes the row. A scheduled job (schedule.h) replays the sensor up to
 * now (alarm_replay.h), and sets the next instant. The next message does the same if it is saved
 * before the job runs. So the alerts are the same in either order, on every server.
 *
 * For a new rule, a state that holds counts from its own beginning: "open for 10 minutes" alerts at
 * once for a door that has been open for hours. After a change of the rule, or after a pause, a
 * state that holds counts from that moment on.
 */
#ifndef SERVICE_ALARM_ALARM_DUE_H
#define SERVICE_ALARM_ALARM_DUE_H

#include "service/alarm/alarm_batch.h"

/* Writes the rows of the batch's sensors that changed. */
enum status alarm_due_write(struct call *call, struct alarm_batch *batch);

/* After a rule was made or changed, inside the caller's transaction. sensor_id: 0 for all. */
enum status alarm_due_rule_changed(struct call *call, int64_t organization_id, int64_t sensor_id,
                                   const struct alarm_rule *rule);

/* After the alarms of these sensors were resumed, or removed sensors were added again, inside the
 * caller's transaction. */
enum status alarm_due_sensors_changed(struct call *call, int64_t organization_id,
                                      const int64_t *sensor_ids, size_t count);

enum status alarm_due_job_run(struct call *call, bool *more);
enum status alarm_due_job_next_at(struct call *call, utc_seconds *at);

#endif
