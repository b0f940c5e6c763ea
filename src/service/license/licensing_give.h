/* licensing_give.h - taking a license from the pool for a sensor: what adding a sensor and
 * "+" have in common. */
#ifndef SERVICE_LICENSE_LICENSING_GIVE_H
#define SERVICE_LICENSE_LICENSING_GIVE_H

#include "service/core/call.h"
#include "service/ledger/organization_lock.h"

enum { QUEUE_MOST = 100 }; /* licenses that may wait for one sensor's turn */

struct given_license {
    int64_t id;
    const char *key;
    const char *term;
    utc_seconds starts_at;
    utc_seconds expires_at;
};

/* Takes one license from the named key (`key` NULL: by the organization's pool order)
 * and gives it to the sensor: starting now when the sensor is not covered, else exactly at
 * covered until. Intervals of a sensor never overlap: should licenses wait although it is
 * not covered, those that the new one reaches into move behind it. Inside a transaction
 * that holds `lock`; the caller stamps the sensor and writes the audit entry.
 *   STATUS_NOT_FOUND  no such key (field "key")
 *   STATUS_CONFLICT   no_licenses_left; key_exhausted when `key` is named; queue_full */
enum status license_give(struct call *call, const struct organization_lock *lock, int64_t sensor_id,
                         const char *key, const char *cause, struct given_license *out);

/* Is the sensor covered now? */
enum status license_covered(struct call *call, int64_t organization_id, int64_t sensor_id,
                            bool *covered);

#endif
