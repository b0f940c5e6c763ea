/* licensing.h - gives licenses to sensors and lists them. */
#ifndef SERVICE_LICENSE_LICENSING_H
#define SERVICE_LICENSE_LICENSING_H

#include "domain/coverage.h"
#include "service/core/call.h"

struct license {
    int64_t id;
    const char *serial;
    const char *key;
    const char *term;
    enum license_state state;
    utc_seconds starts_at;
    utc_seconds expires_at; /* exclusive */
    day_number last_day;    /* in the organization's zone */
    utc_seconds assigned_at;
    const char *assigned_by;
};

/* "+" (rule 4): gives a license. It starts now if the sensor is not covered, else at `covered
 * until`.
 *   STATUS_NOT_FOUND  no such sensor, or no such key (field "key")
 *   STATUS_CONFLICT   no_licenses_left; key_exhausted when `key` is named; queue_full */
enum status license_assign(struct call *call, int64_t organization_id, const char *serial,
                           const char *key, struct license *out);

struct license_list {
    struct license *items; /* oldest first */
    size_t count;
};
/* Reads all licenses of a sensor: past, running and waiting. STATUS_NOT_FOUND */
enum status license_history(struct call *call, int64_t organization_id, const char *serial,
                            struct license_list *out);

#endif
