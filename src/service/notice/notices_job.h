/*
 * notices_job.h - a scheduled job (schedule.h) that mails notices at each organization's notice
 * time.
 *
 * A step handles one organization with notices, or several without. The mails, their record and the
 * mark that a day is done are one transaction.
 */
#ifndef SERVICE_NOTICE_NOTICES_JOB_H
#define SERVICE_NOTICE_NOTICES_JOB_H

#include "service/core/call.h"

enum status notices_job_run(struct call *call, bool *more);
enum status notices_job_next_at(struct call *call, utc_seconds *at);

#endif
