/* ledger_jobs.h - the scheduled jobs (schedule.h) that renew licenses and emit license.expired. */
#ifndef SERVICE_LEDGER_LEDGER_JOBS_H
#define SERVICE_LEDGER_LEDGER_JOBS_H

#include "service/core/call.h"

/* Applies at most RENEWING_STEP due renewals of one organization. */
enum status renewal_job_run(struct call *call, bool *more);
/* When the next coverage ends that a pool may renew. */
enum status renewal_job_next_at(struct call *call, utc_seconds *at);

/* Applies the renewals of one organization, then emits its due events (expiry_watch.h). */
enum status expiry_job_run(struct call *call, bool *more);
enum status expiry_job_next_at(struct call *call, utc_seconds *at);

#endif
