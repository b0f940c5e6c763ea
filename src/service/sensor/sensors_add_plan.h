/* sensors_add_plan.h - plans the license of each new sensor; private to sensors_add.c. */
#ifndef SERVICE_SENSOR_SENSORS_ADD_PLAN_H
#define SERVICE_SENSOR_SENSORS_ADD_PLAN_H

#include "service/ledger/pool_withdrawal.h"
#include "service/sensor/sensors_import.h"

struct planned_sensor {
    int64_t id;
    const char *name;
    bool auto_renewal;
    bool covered;                 /* it comes back with coverage left and takes no license */
    utc_seconds coverage_ends_at; /* of a sensor that comes back, without the new license */
    utc_seconds last_starts_at;   /* likewise */
    struct taken_license license; /* starting now; unset when covered */
};

struct add_plan {
    int64_t organization_id;
    struct import_row *rows;
    size_t count;
    struct manager_row *single; /* of sensor_add(): a refusal is the fault; NULL: an import */
    struct sensors_imported out;
    struct organization_lock lock; /* held */

    bool claims; /* the serials are being claimed; before, they are only looked up */
    struct planned_sensor *sensors; /* one for each row */
    struct pool_withdrawal pool;    /* with the licenses taken */
};

/* Claims the serials and takes the licenses in memory, in a transaction that holds plan->lock.
 * Fails as sensors_import() or, when `single`, as sensor_add(). */
enum status add_plan_make(struct call *call, struct add_plan *plan);

#endif
