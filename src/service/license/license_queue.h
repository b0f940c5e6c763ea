/* license_queue.h - the licenses that wait for a sensor's turn (rule 4). */
#ifndef SERVICE_LICENSE_LICENSE_QUEUE_H
#define SERVICE_LICENSE_LICENSE_QUEUE_H

#include "service/ledger/organization_lock.h"
#include "service/license/licensing.h"

struct queued_license {
    int64_t id;
    const char *term;
    utc_seconds starts_at; /* as it is; then as it will be */
    utc_seconds expires_at;
};

/* Computes the intervals of waiting licenses anew, each from the end of the one before,
 * in their order, the first from `from` on; and writes them. All licenses of the sensor
 * that start at the earliest of them or later are among them. Inside a transaction
 * that holds `lock`; the caller stamps the sensor. */
enum status license_queue_lay(struct call *call, const struct organization_lock *lock,
                              int64_t sensor_id, struct queued_license *queue, size_t count,
                              utc_seconds from);

/* Puts a sensor's waiting licenses in the order of `ids`; the active one stays. The
 * queue in its new order comes back.
 *   STATUS_NOT_FOUND  no such sensor
 *   STATUS_INVALID    queue_mismatch: `ids` are not exactly the waiting ones */
enum status license_queue_reorder(struct call *call, int64_t organization_id, const char *serial,
                                  const int64_t *ids, size_t count, struct license_list *out);

/* For audit entries: "queue", each license with its interval. */
struct json_writer;
void license_queue_put(struct json_writer *json, const struct queued_license *queue, size_t count);

#endif
