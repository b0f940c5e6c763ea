/*
 * alert_mail.h - tells the recipients of alarm rules that alerts have begun, or are over.
 *
 * A moment of the ticker (schedule.h): at once, as one mail a recipient for all that there is to
 * tell in an organization, as far as ALERT_MAIL_MOST_ROWS remember it (an alert is one, and each
 * recipient of a rule); then not again for ALERT_MAIL_PAUSE_SECONDS, in which others gather.
 */
#ifndef SERVICE_ALARM_ALERT_MAIL_H
#define SERVICE_ALARM_ALERT_MAIL_H

#include "service/core/call.h"

enum { ALERT_MAIL_PAUSE_SECONDS = 300, ALERT_MAIL_MOST_ROWS = 3000 };

enum status alert_mail_job_run(struct call *call, bool *more);
enum status alert_mail_job_next_at(struct call *call, utc_seconds *at);

#endif
