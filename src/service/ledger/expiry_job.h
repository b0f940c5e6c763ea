/* expiry_job.h - emits license.expired as a scheduled job (schedule.h, expiry_watch.h). */
#ifndef SERVICE_LEDGER_EXPIRY_JOB_H
#define SERVICE_LEDGER_EXPIRY_JOB_H

#include "service/core/call.h"

enum status expiry_job_run(struct call *call, bool *more);

#endif
