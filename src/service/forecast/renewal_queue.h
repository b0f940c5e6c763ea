/* renewal_queue.h - the pool and the line of auto renewal, read for a plan. */
#ifndef SERVICE_FORECAST_RENEWAL_QUEUE_H
#define SERVICE_FORECAST_RENEWAL_QUEUE_H

#include "domain/renewal.h"
#include "service/ledger/organization_lock.h"

struct renewal_queue {
    struct renewal_plan plan; /* keys with licenses left; room for one more behind them */
    int64_t *ids;             /* the sensors', by index */
};

/* The keys with licenses left, order and zone; no line yet. */
enum status renewal_queue_keys(struct call *call, const struct organization_lock *lock,
                               struct renewal_plan *out);

/* Sensors with auto renewal whose coverage ends in [from, until]; at most `most`. Inside a
 * transaction. */
enum status renewal_queue_read(struct call *call, int64_t organization_id, utc_seconds from,
                               utc_seconds until, size_t most, struct renewal_queue *out);

#endif
