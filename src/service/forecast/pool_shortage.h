/* pool_shortage.h - does the pool run out by an instant? */
#ifndef SERVICE_FORECAST_POOL_SHORTAGE_H
#define SERVICE_FORECAST_POOL_SHORTAGE_H

#include "service/core/call.h"

enum { POOL_SHORTAGE_DAYS = 60 }; /* how far the watch looks (pool_watch.h) */

struct pool_shortage {
    bool low;
    int64_t licenses_left;
    int64_t renewals;        /* sensors whose coverage ends by then, with auto renewal */
    utc_seconds first_short; /* the end of the first that finds the pool empty, where it is low */
};

/* Inside a transaction. */
enum status pool_shortage(struct call *call, int64_t organization_id, utc_seconds until,
                          struct pool_shortage *out);

#endif
