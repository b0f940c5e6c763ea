/*
 * notices_job.h - mails of licenses that end, at each organization's notice time (schedule.h).
 *
 * A step works through one organization that has something to tell, or through several that
 * have nothing. The mails, the record of them and "this day is done" are one transaction.
 */
#ifndef SERVICE_NOTICE_NOTICES_JOB_H
#define SERVICE_NOTICE_NOTICES_JOB_H

#include "service/core/call.h"

enum status notices_job_run(struct call *call, bool *more);
enum status notices_job_next_at(struct call *call, utc_seconds *at);

#endif
