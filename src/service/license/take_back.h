/* take_back.h - a license goes back to the pool. */
#ifndef SERVICE_LICENSE_TAKE_BACK_H
#define SERVICE_LICENSE_TAKE_BACK_H

#include "service/core/call.h"

/* A license that has not started, or under which nothing was saved yet (rule 4). It leaves
 * no interval; those that wait behind it move forward. Where that leaves the sensor
 * without coverage its auto-renewal is switched off. What came back may renew sensors that
 * had expired (rule 5).
 *   STATUS_NOT_FOUND  no such license here
 *   STATUS_CONFLICT   license_in_use: something was saved under it, or it was revoked */
enum status license_take_back(struct call *call, int64_t organization_id, int64_t license_id);

#endif
