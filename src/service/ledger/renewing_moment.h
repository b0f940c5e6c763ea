/* renewing_moment.h - renewals that are due, in whatever organization (moments.h). */
#ifndef SERVICE_LEDGER_RENEWING_MOMENT_H
#define SERVICE_LEDGER_RENEWING_MOMENT_H

#include "service/core/call.h"

/* A step of the renewals that are due in some organization: at most RENEWING_STEP. */
enum status renewing_moment_step(struct call *call, bool *more);

/* When the next coverage ends that a pool may renew. */
enum status renewing_moment_next(struct call *call, utc_seconds *at);

#endif
