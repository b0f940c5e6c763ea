/* assignments.h - gives licenses to many sensors together: bulk "+" (rule 4). */
#ifndef SERVICE_MANAGER_ASSIGNMENTS_H
#define SERVICE_MANAGER_ASSIGNMENTS_H

#include "service/license/licensing.h"
#include "service/manager/manager.h"

enum {
    ASSIGNMENT_MOST_EACH = 10,
    ASSIGNMENT_MOST_LICENSES = 100000,
};

struct assignment_request {
    const char *const *serials; /* of the sensors, each once; NULL: use the filter */
    size_t serial_count;
    struct manager_query filter; /* state, q and expires_before: as the License Manager shows */
    int64_t count;               /* licenses for each: 1 to ASSIGNMENT_MOST_EACH */
    const char *key;             /* NULL: by the organization's pool_order */
};

struct assigned_sensor {
    const char *serial;
    struct license *licenses; /* first to start first */
    size_t count;
};

struct assignments {
    struct assigned_sensor *items; /* in the order of the serials; by serial */
    size_t count;
    int64_t licenses_left;
};

/* All or nothing. Every license starts as in license_assign().
 *   STATUS_INVALID    serial_malformed, serial_repeated (field "serials")
 *   STATUS_MALFORMED  the filter's q
 *   STATUS_NOT_FOUND  a sensor (field "serials"), the key (field "key")
 *   STATUS_CONFLICT   no_licenses_left, or key_exhausted when `key` is named, with the numbers
 *                     "needed" and "left"; queue_full
 *   STATUS_TOO_LARGE  more than ASSIGNMENT_MOST_LICENSES */
enum status assignments_make(struct call *call, int64_t organization_id,
                             const struct assignment_request *request, struct assignments *out);

#endif
