/* take_back.h - a license goes back to the pool. */
#ifndef SERVICE_LICENSE_TAKE_BACK_H
#define SERVICE_LICENSE_TAKE_BACK_H

#include "service/license/license_queue.h"

/* A license that has not started, or under which nothing was saved yet (rule 4). It leaves
 * no interval; those that wait behind it move forward. Where that leaves the sensor
 * without coverage its auto-renewal is switched off. What came back may renew sensors that
 * had expired (rule 5).
 *   STATUS_NOT_FOUND  no such license here
 *   STATUS_CONFLICT   license_in_use: something was saved under it, or it was revoked */
enum status license_take_back(struct call *call, int64_t organization_id, int64_t license_id);

/* Takes back all licenses that wait for the sensor's turn, in a transaction that holds `lock`; the
 * caller stamps the sensor. *out: these licenses, each with id, key, starts_at and expires_at. */
enum status licenses_take_back_waiting(struct call *call, const struct organization_lock *lock,
                                       int64_t sensor_id, struct license_list *out);

#endif
