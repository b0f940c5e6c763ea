/*
 * sensors_import.h - many sensors at once, all or none.
 *
 * First the form of every row is checked, which needs no store, then all are added in
 * one transaction, batch by batch.
 */
#ifndef SERVICE_SENSOR_SENSORS_IMPORT_H
#define SERVICE_SENSOR_SENSORS_IMPORT_H

#include "service/sensor/sensors.h"

enum { IMPORT_MOST_ROWS = 100000 };

struct import_row {
    struct sensor_request request;
    char serial[SERIAL_TEXT_SIZE]; /* as it is shown; "" when it cannot be read */
    bool malformed;                /* `code` was set before the store was asked */
    bool resumed;                  /* it was here before, and comes back with its history */
    const char *code;              /* a stable word: what is wrong with it; NULL: nothing */
    const char *detail;            /* as the reason of a fault */
};

/* Each row gets its serial, trimmed name and key in its one form; or its code:
 * serial_malformed, serial_repeated, invalid. A row that has one keeps it.
 *   STATUS_TOO_LARGE  more than IMPORT_MOST_ROWS */
enum status sensors_import_check(struct call *call, struct import_row *rows, size_t count);

/* Adds the sensors of rows that were checked, each as sensor_add() would: with a license
 * from now, unless it comes back with coverage left. Licenses of named keys are
 * taken first. What is left in the pool then comes back.
 *   STATUS_INVALID   import_refused: `code` says of each bad row why: what the check found,
 *                    sensor_exists, sensor_not_available, not_found (its key), key_exhausted
 *   STATUS_CONFLICT  no_licenses_left, with the numbers "needed" and "left" */
enum status sensors_import(struct call *call, int64_t organization_id, struct import_row *rows,
                           size_t count, int64_t *licenses_left);

#endif
