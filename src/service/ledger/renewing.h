/*
 * renewing.h - auto renewal (rule 5): what is due is applied, whoever comes first:
 * the ticker, a verb of the ledger, or a batch of measurements.
 *
 * Both work in the transaction of somebody who holds the organization's lock.
 */
#ifndef SERVICE_LEDGER_RENEWING_H
#define SERVICE_LEDGER_RENEWING_H

#include "service/ledger/organization_lock.h"

struct renewed_sensor {
    const char *serial;
    utc_seconds expires_at;
};

enum { RENEWING_STEP = 500 }; /* renewals in one transaction of the ticker */

/* Gives the sensors whose coverage has ended by now the licenses that they take, each
 * from the end of the one before, as if it had been done in time. At most
 * RENEWING_STEP of them; *more says that others are due. */
enum status renewing_step(struct call *call, const struct organization_lock *lock, bool *more);

/* All that is due, where a step does; otherwise *more, and nothing is written. */
enum status renewing_few(struct call *call, const struct organization_lock *lock, bool *more);

/* Licenses have come into the pool: sensors that expired before are renewed now, never
 * back-dated, and behind them those that never had a license. Call it after what is due was
 * applied. In the arena: who was. */
enum status renewing_revive(struct call *call, const struct organization_lock *lock,
                            struct renewed_sensor **out, size_t *count);

#endif
