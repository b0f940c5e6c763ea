/*
 * transfer_start.h - saves a sensor's battery: it need not send data that no license covers.
 *
 * The answer to a message that reaches into the last gap, or across it, carries the end of the gap:
 * the sensor sends its data from that time on and treats older data as sent. Sensors send the
 * oldest data first, so everything measured under the license before the gap has arrived by then.
 * The answer depends only on the coverage and the message, so a retry gets the same answer.
 */
#ifndef SERVICE_INGEST_TRANSFER_START_H
#define SERVICE_INGEST_TRANSFER_START_H

#include "domain/measurement.h"
#include "service/coverage/coverage_table.h"

/* The end of the last gap (coverage_gap()), if the message holds a sample before it and a sample at
 * or after the beginning of the gap; 0 otherwise. Samples with a bad time (domain/gate.h) do not
 * count, and no answer names a time before GATE_FIRST_TIME. */
utc_seconds transfer_start_of(const struct covered_sensor *sensor, const struct delivery *delivery,
                              utc_seconds now);

#endif
