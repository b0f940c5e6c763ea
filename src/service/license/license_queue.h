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
    bool keeps_gaps; /* a license moves only if it would overlap the one before */
};

/* Reads the licenses of queue->sensor_id that start later than `after`. */
enum status license_queue_read(struct call *call, int64_t organization_id, utc_seconds after,
                               struct license_queue *queue);

/* Computes new intervals for waiting licenses and writes them: the first starts at `from`, each
 * other one at the end of the one before (but see keeps_gaps). The queue must contain all licenses
 * of the sensor that start with its earliest one or later. Runs in a transaction that holds `lock`;
 * then the caller calls sensors_refresh_coverage(). */
enum status license_queue_reschedule(struct call *call, const struct organization_lock *lock,
                                     const struct license_queue *queue, utc_seconds from);

struct license_order {
    const char *serial; /* of the sensor */
    const int64_t *ids; /* its waiting licenses, in their new order */
    size_t count;
};

/* Changes the order of a sensor's waiting licenses; the running license stays. *out: the queue in
 * its new order.
 *   STATUS_NOT_FOUND  no such sensor
 *   STATUS_INVALID    queue_mismatch: `ids` are not exactly the waiting licenses */
enum status license_queue_reorder(struct call *call, int64_t organization_id,
                                  const struct license_order *order, struct license_list *out);

/* Writes the member `name` of an audit entry: each license with its interval. */
struct json_writer;
void license_queue_put(struct json_writer *json, const char *name,
                       const struct license_queue *queue);

/* The same as a JSON object with this one member, in the arena. STATUS_TOO_LARGE */
enum status license_queue_json(struct call *call, const char *name,
                               const struct license_queue *queue, const char **out);

/* Reads the licenses of a sensor that start later than `after`, first to start first. */
struct found_sensor;
enum status licenses_read(struct call *call, const struct organization_lock *lock,
                          const struct found_sensor *sensor, utc_seconds after,
                          struct license_list *out);

#endif
