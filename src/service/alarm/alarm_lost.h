/*
 * alarm_lost.h - finds sensors that did not send by the time that they had announced.
 *
 * A scheduled job (schedule.h). A sensor without a license, a removed sensor and one with paused
 * alarms are not lost; the job skips them until they change. When such a sensor counts again, it
 * gets the interval between its newest message and the next one that it announced: what it sent
 * before was not saved.
 */
#ifndef SERVICE_ALARM_ALARM_LOST_H
#define SERVICE_ALARM_ALARM_LOST_H

#include "service/core/call.h"

enum status alarm_lost_job_run(struct call *call, bool *more);
enum status alarm_lost_job_next_at(struct call *call, utc_seconds *at);

#endif
