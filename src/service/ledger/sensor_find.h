/* sensor_find.h - the sensor that a request names by its serial. */
#ifndef SERVICE_LEDGER_SENSOR_FIND_H
#define SERVICE_LEDGER_SENSOR_FIND_H

#include "domain/serial.h"
#include "service/ledger/organization_lock.h"

struct found_sensor {
    int64_t id;
    char serial[SERIAL_TEXT_SIZE]; /* as it is shown */
    const char *name;
    bool auto_renewal;
    bool alarms_paused;
};

/* Takes any form that domain/serial.h reads.
 *   STATUS_NOT_FOUND  also for a text that is not a serial */
enum status sensor_find(struct call *call, int64_t organization_id, const char *serial,
                        struct found_sensor *out);

/* Reads a serial that the store holds. STATUS_BROKEN */
enum status sensor_serial(struct fault *fault, const char *text, struct serial *out);

/* Call it after the licenses of sensors have changed: stamps the sensors with the organization's
 * new version and stores the end of their coverage. STATUS_TOO_LARGE */
enum status sensors_refresh_coverage(struct call *call, const struct organization_lock *lock,
                                     const int64_t *sensor_ids, size_t count);

#endif
