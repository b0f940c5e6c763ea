/* key_revoke.h - what becomes of the licenses of a key that the operator takes back. */
#ifndef SERVICE_CODE_KEY_REVOKE_H
#define SERVICE_CODE_KEY_REVOKE_H

#include "service/ledger/organization_lock.h"

struct revoked_key {
    const char *key;
    int64_t withdrawn_from_pool;
    int64_t withdrawn_waiting;
    int64_t ended;
};

/* As codes_revoke.h says, sensor by sensor, each with its audit entry; the sensors are
 * stamped. Inside a transaction that holds `lock`; ends_at is now or later. Memory does not grow
 * with the number of sensors. */
enum status key_revoke(struct call *call, const struct organization_lock *lock, int64_t key_id,
                       utc_seconds ends_at, struct revoked_key *out);

#endif
