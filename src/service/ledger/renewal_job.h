/* renewing_job.h - renewals that are due, in whatever organization (schedule.h). */
#ifndef SERVICE_LEDGER_RENEWAL_JOB_H
#define SERVICE_LEDGER_RENEWAL_JOB_H

#include "service/core/call.h"

/* A step of the renewals that are due in some organization: at most RENEWING_STEP. */
enum status renewal_job_run(struct call *call, bool *more);

/* When the next coverage ends that a pool may renew. */
enum status renewal_job_next_at(struct call *call, utc_seconds *at);

#endif
