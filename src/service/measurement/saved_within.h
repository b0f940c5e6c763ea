/* saved_within.h - whether any measurement was saved under an interval of coverage. */
#ifndef SERVICE_MEASUREMENT_SAVED_WITHIN_H
#define SERVICE_MEASUREMENT_SAVED_WITHIN_H

#include "domain/coverage.h"
#include "service/core/call.h"

/* Looks for a sample of the sensor that the interval admitted: in uncompacted messages and in
 * blocks. It finds the messages by call->journal_index; without an index, and where other processes
 * save too, in the journal itself. For a sample in a block only the time of measurement is known.
 * A damaged message counts if it was received within the interval, a damaged block if the interval
 * touches its day: their samples are unknown. On the writer's thread this process saves nothing
 * meanwhile. */
enum status saved_within(struct call *call, int64_t organization_id, int64_t sensor_id,
                         struct interval interval, bool *found);

#endif
