/* renewal_job.h - applies due renewals of all organizations as a scheduled job (schedule.h). */
#ifndef SERVICE_LEDGER_RENEWAL_JOB_H
#define SERVICE_LEDGER_RENEWAL_JOB_H

#include "service/core/call.h"

/* Applies at most RENEWING_STEP due renewals of one organization. */
enum status renewal_job_run(struct call *call, bool *more);

/* When the next coverage ends that a pool may renew; UTC_NEVER for none. */
enum status renewal_job_next_at(struct call *call, utc_seconds *at);

#endif
