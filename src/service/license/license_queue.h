/* license_queue.h - the licenses that wait for a sensor's turn (rule 4). */
#ifndef SERVICE_LICENSE_LICENSE_QUEUE_H
#define SERVICE_LICENSE_LICENSE_QUEUE_H

#include "service/ledger/organization_lock.h"
#include "service/license/licensing.h"

struct queued_license {
    int64_t id;
    const char *term;
    utc_seconds starts_at, expires_at;
};

struct license_queue {
    int64_t sensor_id;
    struct queued_license *items; /* first to start first */
    size_t count;
};

/* Reads the licenses that wait for the turn of queue->sensor_id. */
enum status license_queue_read(struct call *call, int64_t organization_id,
                               struct license_queue *queue);

/* Computes the intervals of waiting licenses again, in their order: the first starts at `from`,
 * each other at the end of the one before; and writes them. All licenses of the sensor that start
 * at the earliest of them or later are among them. Runs in a transaction that holds `lock`; the
 * caller stamps the sensor. */
enum status license_queue_reschedule(struct call *call, const struct organization_lock *lock,
                                     const struct license_queue *queue, utc_seconds from);

struct license_order {
    const char *serial; /* of the sensor */
    const int64_t *ids; /* its waiting licenses, in the order in which they shall start */
    size_t count;
};

/* Puts a sensor's waiting licenses in another order; the active license stays. *out: the queue in
 * its new order.
 *   STATUS_NOT_FOUND  no such sensor
 *   STATUS_INVALID    queue_mismatch: `ids` are not exactly the waiting licenses */
enum status license_queue_reorder(struct call *call, int64_t organization_id,
                                  const struct license_order *order, struct license_list *out);

/* Puts "queue" into an audit entry: each license with its interval. */
struct json_writer;
void license_queue_put(struct json_writer *json, const struct license_queue *queue);

#endif
