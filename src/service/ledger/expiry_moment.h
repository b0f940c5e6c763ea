/* expiry_moment.h - license.expired as the ticker does it (moments.h, expiry_watch.h). */
#ifndef SERVICE_LEDGER_EXPIRY_MOMENT_H
#define SERVICE_LEDGER_EXPIRY_MOMENT_H

#include "service/core/call.h"

enum status expiry_moment_step(struct call *call, bool *more);

#endif
