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
    char serial[SERIAL_TEXT_SIZE];        /* as it is shown; "" if it is malformed */
    bool malformed;                       /* `code` was set without the store */
    bool resumed;                         /* a removed sensor that comes back with its history */
    const char *key;                      /* that its license comes from; NULL: it takes none */
    const char *code;                     /* the stable code of its error; NULL: none */
    const char *detail;                   /* like the reason of a fault */
    const struct serial_refusal *refusal; /* becomes its code: serial_refusals.h */
    bool not_judged;                      /* after a failure: the row may be good or bad */
};

struct serial_refusal;

/* Fills in the serial of each row and normalizes its name and key. Sets the code of a bad row:
 * serial_malformed, serial_repeated, invalid, not_found (its key). A row with a code keeps it.
 *   STATUS_TOO_LARGE  more than IMPORT_MOST_ROWS */
enum status sensors_import_check(struct call *call, struct import_row *rows, size_t count);

struct sensors_imported {
    int64_t licenses_left;   /* in the pool, afterwards */
    struct key_taken *taken; /* the licenses that the import took */
    size_t taken_count;
};

/* Adds the sensors of checked rows, each as sensor_add() does. The rows live as long as the call.
 * Rows that name a key take their licenses first. Each row without a code gets its `key`.
 *   STATUS_CONFLICT   no_licenses_left, with the numbers "needed" and "left". It comes before
 *                     anything about the serials of others, and does not depend on them
 *   STATUS_INVALID    import_refused: each bad row has a code: that of the check, sensor_exists,
 *                     claim_required, not_found (its key), key_exhausted, claim_wrong or
 *                     sensor_not_available. The last two are counted: some rows may not be judged,
 *                     and the number "not_judged" says how many (serial_refusals.h)
 *   STATUS_SLOW_DOWN  too_many_serials: fault.until */
enum status sensors_import(struct call *call, int64_t organization_id, struct import_row *rows,
                           size_t count, struct sensors_imported *out);

#endif
