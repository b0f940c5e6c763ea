/* sensor_report.h - the row that keeps what a sensor says of itself. */
#ifndef SERVICE_INGEST_SENSOR_REPORT_H
#define SERVICE_INGEST_SENSOR_REPORT_H

#include "domain/measurement.h"
#include "service/core/call.h"
#include "service/coverage/coverage_table.h"
#include "statements.h"

/* Inside the transaction of the batch, for device information or a configuration. *is_kept false:
 * the sensor has no license now, or parts of its configuration are missing (config_parts.h).
 * Failures as config_parts_take(). */
enum status sensor_report_make(struct call *call, const struct covered_sensor *sensor,
                               const struct delivery *delivery, struct sensor_report_put_in *out,
                               bool *is_kept);

#endif
