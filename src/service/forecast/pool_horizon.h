/*
 * pool_horizon.h - does the pool hold a license for a sensor when its coverage ends?
 *
 * The answer is that of the plan (domain/renewal.h), at the price of a few looks at the
 * line where places alone tell it (domain/reach.h), and of one run of the plan, up to the
 * last end that is asked for, where they do not: terms that end while others' still run.
 * What was found is remembered for the ledger's version (ledger_cache.h).
 */
#ifndef SERVICE_FORECAST_POOL_HORIZON_H
#define SERVICE_FORECAST_POOL_HORIZON_H

#include "service/core/ledger_cache.h"
#include "service/ledger/organization_lock.h"

struct pool_horizon {
    struct call *call;
    const struct organization_lock *lock; /* zone and order */
    bool committed;                       /* else this transaction has changed the ledger */
    utc_seconds until;                    /* the last end that is asked for */

    int64_t version; /* the last committed one */
    utc_seconds first_end;
    struct reach_now now;
    struct ledger_cache_reach places;
    bool has_places, fresh;
    struct ledger_cache_plan plan;
    bool has_plan;
};

/* Inside a transaction. `until`: no sensor that is asked for ends later. */
enum status pool_horizon_begin(struct pool_horizon *reach, struct call *call,
                               const struct organization_lock *lock, bool committed,
                               utc_seconds until);

/* For a sensor that is covered, with auto renewal on, and its coverage's end. */
enum status pool_horizon_ask(struct pool_horizon *reach, utc_seconds ends_at, const char *serial,
                             bool *served);

#endif
