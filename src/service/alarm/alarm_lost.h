/*
 * alarm_lost.h - sensors that did not send by when they had said that they would.
 *
 * A moment of the ticker (schedule.h). A sensor without a license, removed, or with its alarms
 * paused is not lost, and is not looked at until it was changed. Once it counts again it has as
 * long to send as lay between its newest message and the next that this one had announced: what
 * it sent meanwhile was not saved, and nobody knows when.
 */
#ifndef SERVICE_ALARM_ALARM_LOST_H
#define SERVICE_ALARM_ALARM_LOST_H

#include "service/core/call.h"

enum status alarm_lost_job_run(struct call *call, bool *more);
enum status alarm_lost_job_next_at(struct call *call, utc_seconds *at);

#endif
