/* sensors.h - the sensors of an organization. */
#ifndef SERVICE_SENSOR_SENSORS_H
#define SERVICE_SENSOR_SENSORS_H

#include "domain/coverage.h"
#include "domain/measurement.h"
#include "service/core/call.h"
#include "service/ledger/pool_withdrawal.h"
#include "service/ledger/renewing.h"
#include "service/manager/manager.h"
#include "service/measurement/sensor_status.h"

enum { SENSOR_NAME_MOST_BYTES = 200 };

struct sensor_request {
    const char *serial;     /* domain/serial.h, or "serial:claim" as on a label */
    const char *claim_code; /* NULL: none, or that of the serial's text */
    const char *name;       /* 0 to SENSOR_NAME_MOST_BYTES; NULL: "", or the former name */
    const char *key;        /* NULL: by the organization's pool_order */
    bool has_auto_renewal;
    bool auto_renewal; /* by default on, or as before */
};

/* Adds a sensor and gives it a license that starts now (rule 4). A removed sensor of this
 * organization comes back with its history; if it has coverage left, it takes no license. A
 * serial is free once the organization that had it has removed the sensor. It needs what
 * call->claim says, also when it comes back. *taken: the license that it took from the pool, if
 * any; may be NULL.
 *   STATUS_INVALID    serial_malformed; name
 *   STATUS_NOT_FOUND  key
 *   STATUS_CONFLICT   no_licenses_left, key_exhausted, sensor_exists, sensor_not_available
 *   STATUS_FORBIDDEN  claim_required, claim_wrong
 *   STATUS_SLOW_DOWN  too_many_serials: fault.until (serial_refusals.h) */
enum status sensor_add(struct call *call, int64_t organization_id,
                       const struct sensor_request *request, struct manager_row *out,
                       struct key_taken *taken);

struct sensor {
    int64_t id;
    const char *serial;
    const char *name;
    enum sensor_state state;
    struct sensor_status status; /* last_seen_at: its last message of any kind */
    struct refused refused;
    bool enclosure_open; /* as its last DeviceInfo says */
    bool auto_renewal;
    bool alarms_paused;
};

struct sensor_page {
    struct sensor *items; /* by serial */
    size_t count;
    const char *next;
};
/* STATUS_MALFORMED: the cursor. */
enum status sensor_list(struct call *call, int64_t organization_id, struct page_request page,
                        struct sensor_page *out);
/* STATUS_NOT_FOUND */
enum status sensor_get(struct call *call, int64_t organization_id, const char *serial,
                       struct sensor *out);

struct sensor_change {
    const char *name; /* NULL: unchanged */
    bool has_auto_renewal, auto_renewal;
    bool has_alarms_paused, alarms_paused;
};
struct sensor_changed {
    struct sensor sensor;
    int64_t licenses_left;
    struct renewed_sensor *renewed; /* sensors that took a license from the pool */
    size_t renewed_count;
};
/* Auto renewal that is switched on acts immediately: a sensor without coverage takes a license if
 * the pool holds one (rule 5). STATUS_INVALID name; STATUS_NOT_FOUND */
enum status sensor_change(struct call *call, int64_t organization_id, const char *serial,
                          const struct sensor_change *change, struct sensor_changed *out);

/* Removes a sensor (rule 8). Its history and its running license stay; waiting licenses go back to
 * the pool, where they may renew expired sensors. Its measurements are refused until it is added
 * again. STATUS_NOT_FOUND */
enum status sensor_remove(struct call *call, int64_t organization_id, const char *serial);

struct sensor_replacement {
    const char *serial, *claim_code; /* as in a sensor_request */
};

/* Gives the sensor a new serial and keeps everything else (rule 8). After the commit the old
 * serial is free, and no node saves under it.
 *   STATUS_NOT_FOUND  no such sensor
 *   STATUS_INVALID    serial_malformed: the new one
 *   STATUS_CONFLICT   sensor_exists, sensor_not_available: the new one is in use
 *   STATUS_FORBIDDEN, STATUS_SLOW_DOWN  as sensor_add(), for the new one */
enum status sensor_replace(struct call *call, int64_t organization_id, const char *serial,
                           const struct sensor_replacement *replacement, struct manager_row *out);

#endif
