/* sensors_import_plan.h - what becomes of each row of an import, before anything is
 * written: sensors_import.c's. */
#ifndef SERVICE_SENSOR_SENSORS_IMPORT_PLAN_H
#define SERVICE_SENSOR_SENSORS_IMPORT_PLAN_H

#include "service/ledger/pool_withdrawal.h"
#include "service/sensor/sensors_import.h"

struct planned_sensor {
    int64_t id;
    const char *name;
    bool auto_renewal;
    bool covered;                 /* it comes back with coverage left, and takes no license: */
    utc_seconds coverage_ends_at; /* of a sensor that comes back */
    utc_seconds last_starts_at;   /* as well */
    size_t key;                   /* in the stock; */
    int64_t license_id;
    utc_seconds expires_at; /* starting now; 0 when it takes none */
};

struct import_plan {
    int64_t organization_id;
    struct import_row *rows;
    size_t count;
    struct organization_lock lock; /* held */

    struct planned_sensor *sensors; /* one a row */
    struct pool_withdrawal stock;   /* with the licenses taken */
};

/* Inside a transaction that holds plan->lock; failures as sensors_import(). Reads, and
 * writes nothing. */
enum status import_plan_make(struct call *call, struct import_plan *plan);

#endif
