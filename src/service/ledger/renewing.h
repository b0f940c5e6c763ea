/*
 * renewing.h - applies auto renewals (rule 5).
 *
 * The scheduled job, a verb of the ledger and a batch of measurements all apply what is due. The
 * caller's transaction holds the organization's lock.
 */
#ifndef SERVICE_LEDGER_RENEWING_H
#define SERVICE_LEDGER_RENEWING_H

#include "service/ledger/organization_lock.h"

struct renewed_sensor {
    const char *serial;
    utc_seconds expires_at;
    /* Unset in the answer of an earlier redemption: */
    int64_t license_id;
    const char *key, *term;
    day_number last_day;
};

enum { RENEWING_STEP = 500 }; /* renewals in one transaction of the scheduled job */

/* Gives licenses to the first RENEWING_STEP sensors whose coverage has ended by now. Each license
 * starts at the end of the one before, as if it had been given in time. *more: others are due. */
enum status renewing_step(struct call *call, const struct organization_lock *lock, bool *more);

/* Applies everything that is due if one step does; otherwise sets *more and writes nothing. */
enum status renewing_few(struct call *call, const struct organization_lock *lock, bool *more);

/* Call it when licenses have come into the pool, after the due renewals. Renews the expired sensors
 * and then those that never had a license, from now on, never back-dated. *out: the renewed ones,
 * in the arena. */
enum status renewing_revive(struct call *call, const struct organization_lock *lock,
                            struct renewed_sensor **out, size_t *count);

#endif
