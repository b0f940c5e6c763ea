/* key_revoke.h - withdraws and ends the licenses of a revoked key. */
#ifndef SERVICE_CODE_KEY_REVOKE_H
#define SERVICE_CODE_KEY_REVOKE_H

#include "service/ledger/organization_lock.h"

struct revoked_key {
    const char *key;
    int64_t withdrawn_from_pool;
    int64_t withdrawn_waiting;
    int64_t ended;
};

/* Does what codes_revoke.h says, with an audit entry and a new version for each sensor. Inside a
 * transaction that holds `lock`; `ends_at` is now or later. Works in chunks: memory does not grow
 * with the number of sensors. */
enum status key_revoke(struct call *call, const struct organization_lock *lock, int64_t key_id,
                       utc_seconds ends_at, struct revoked_key *out);

#endif
