/*
 * alert_mail.h - mails the recipients of alarm rules about alerts that began or are over.
 *
 * A scheduled job (schedule.h). Each recipient gets one mail for an organization, immediately. The
 * next one follows after ALERT_MAIL_PAUSE_SECONDS; alerts gather meanwhile. A batch of mails covers
 * as many alerts as fit in ALERT_MAIL_MOST_ROWS: one row an alert, and one a recipient of a rule.
 */
#ifndef SERVICE_ALARM_ALERT_MAIL_H
#define SERVICE_ALARM_ALERT_MAIL_H

#include "service/core/call.h"

enum { ALERT_MAIL_PAUSE_SECONDS = 300, ALERT_MAIL_MOST_ROWS = 3000 };

enum status alert_mail_job_run(struct call *call, bool *more);
enum status alert_mail_job_next_at(struct call *call, utc_seconds *at);

#endif
