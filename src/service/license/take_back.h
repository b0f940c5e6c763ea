/* take_back.h - takes licenses back into the pool. */
#ifndef SERVICE_LICENSE_TAKE_BACK_H
#define SERVICE_LICENSE_TAKE_BACK_H

#include "service/license/license_queue.h"

/* Takes back a license that has not started, or under which nothing was saved (rule 4). It leaves
 * no interval; the licenses behind it move forward. If the sensor is then not covered, its auto
 * renewal is switched off. The license in the pool may renew an expired sensor (rule 5).
 *   STATUS_NOT_FOUND  the organization has no such license
 *   STATUS_CONFLICT   license_in_use: measurements were saved under it, or it was revoked */
enum status license_take_back(struct call *call, int64_t organization_id, int64_t license_id);

/* Takes back all waiting licenses of a sensor. Runs in a transaction that holds `lock`; then the
 * caller calls sensors_refresh_coverage(). *out: these licenses, each with id, key and starts_at.
 */
enum status licenses_take_back_waiting(struct call *call, const struct organization_lock *lock,
                                       int64_t sensor_id, struct license_list *out);

#endif
