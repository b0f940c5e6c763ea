/* serial_release.h - the operator takes a serial from the organization that has it. */
#ifndef SERVICE_RELEASE_SERIAL_RELEASE_H
#define SERVICE_RELEASE_SERIAL_RELEASE_H

#include "service/core/call.h"

struct serial_release {
    int64_t organization_id; /* that had the serial */
    const char *organization;
    const char *sensor; /* the name of its sensor */
    int64_t next_id;    /* the only organization that may add it now; 0: any */
    const char *next;   /* "" for any */
};

/* Removes the sensor as sensor_remove() does, so that the serial is free. The organization's
 * history stays, and its waiting licenses go back to the pool. With `next_id` the device list binds
 * the serial to that organization, which adds it with a license of its own; otherwise a binding to
 * the organization that had it ends. Both organizations get a mail and an audit entry.
 *   STATUS_NOT_FOUND  no organization has the serial (field "serial"); organization_id
 *   STATUS_CONFLICT   sensor_exists: `next_id` has it */
enum status serial_release(struct call *call, const char *serial, int64_t next_id,
                           struct serial_release *out);

#endif
