/*
 * coverage_refresh.h - brings the coverage table up to date for one transaction.
 */
#ifndef SERVICE_COVERAGE_COVERAGE_REFRESH_H
#define SERVICE_COVERAGE_COVERAGE_REFRESH_H

#include "service/core/call.h"
#include "service/coverage/coverage_table.h"

/* Reads the sensors among `serials` that the table does not hold, and reads
 * again the changed sensors of every organization that they belong to. Afterwards
 * coverage_table_find() gives for each serial the state of this transaction;
 * false: the store knows no such sensor.
 *   STATUS_BUSY, STATUS_BROKEN as the store; the table stays usable */
enum status coverage_refresh(struct call *call, struct coverage_table *table,
                             const struct serial *serials, size_t count);

#endif
