/*
 * sensors_import.h - adds many sensors together, all or none.
 *
 * First sensors_import_check() checks the form of every row, without the store. Then
 * sensors_import() adds all of them in one transaction.
 */
#ifndef SERVICE_SENSOR_SENSORS_IMPORT_H
#define SERVICE_SENSOR_SENSORS_IMPORT_H

#include "service/sensor/sensors.h"

enum { IMPORT_MOST_ROWS = 100000 };

struct import_row {
    struct sensor_request request;
    char serial[SERIAL_TEXT_SIZE]; /* as it is shown; "" if it is malformed */
    bool malformed;                /* `code` was set without the store */
    bool resumed;                  /* a removed sensor that comes back with its history */
    const char *code;              /* the stable code of its error; NULL: none */
    const char *detail;            /* like the reason of a fault */
};

/* Fills in the serial of each row and normalizes its name and key. Sets the code of a bad row:
 * serial_malformed, serial_repeated, invalid, not_found (its key). A row with a code keeps it.
 *   STATUS_TOO_LARGE  more than IMPORT_MOST_ROWS */
enum status sensors_import_check(struct call *call, struct import_row *rows, size_t count);

/* Adds the sensors of checked rows, each as sensor_add() does. Rows that name a key take their
 * licenses first. *licenses_left: in the pool, afterwards.
 *   STATUS_INVALID   import_refused: each bad row has a code: that of the check, sensor_exists,
 *                    sensor_not_available, not_found (its key) or key_exhausted
 *   STATUS_CONFLICT  no_licenses_left, with the numbers "needed" and "left" */
enum status sensors_import(struct call *call, int64_t organization_id, struct import_row *rows,
                           size_t count, int64_t *licenses_left);

#endif
