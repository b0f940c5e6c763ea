/* saved_samples.h - the samples of a sensor that were saved ahead of the clock. */
#ifndef SERVICE_MEASUREMENT_SAVED_SAMPLES_H
#define SERVICE_MEASUREMENT_SAVED_SAMPLES_H

#include "domain/coverage.h"
#include "service/core/call.h"
#include "service/measurement/samples.h"

/* Reads the sensor's samples with a time in `times`, if they were ahead of the clock by at most the
 * length of `times`: from blocks, and from the uncompacted messages that call->journal_index knows.
 * Sorted by (channel, at). Inside a transaction of the writer. The owner calls samples_clear(),
 * also after a failure. */
enum status saved_samples_read(struct call *call, int64_t organization_id, int64_t sensor_id,
                               struct interval times, struct samples *out);

#endif
