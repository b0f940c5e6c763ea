/*
 * alarm_lost.h - opens the alerts that begin by time alone: of sensors that did not send by the
 * time that their next message was due (domain/contact.h), or never sent, and of clocks that have
 * been wrong for as long as a rule says.
 *
 * A scheduled job (schedule.h). A sensor without a license, a removed sensor and one with paused
 * alarms do not count; the job skips them until they change. When such a sensor counts again and
 * was heard before, its next message is due after its interval, because its messages in between
 * were not saved. A sensor that was never heard is lost a day and the rule's duration after the
 * latest of: it was added, it got its license, the rule was made, the store learned of this case.
 */
#ifndef SERVICE_ALARM_ALARM_LOST_H
#define SERVICE_ALARM_ALARM_LOST_H

#include "service/core/call.h"

enum status alarm_lost_job_run(struct call *call, bool *more);
enum status alarm_lost_job_next_at(struct call *call, utc_seconds *at);

#endif
