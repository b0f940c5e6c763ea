/* pool_shortage.h - do the renewals that fall due by an instant outnumber the licenses left? */
#ifndef SERVICE_FORECAST_POOL_SHORTAGE_H
#define SERVICE_FORECAST_POOL_SHORTAGE_H

#include "service/ledger/organization_lock.h"

enum { POOL_SHORTAGE_DAYS = 60 }; /* how far the watch looks (pool_watch.h) */

struct pool_shortage {
    bool low;
    int64_t counted; /* sensors that were looked at: what it has cost */
    int64_t licenses_left;
    int64_t renewals;        /* of sensors, each once; exact where it is low and was asked for */
    utc_seconds first_short; /* the end of the first that gets none, the same */
};

/* Inside a transaction. `details`: also the last two, at the price of the plan. */
enum status pool_shortage(struct call *call, int64_t organization_id, utc_seconds until,
                          bool details, struct pool_shortage *out);

#endif
