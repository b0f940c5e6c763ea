/* saved_samples.h - the saved samples of a sensor, compacted or not. */
#ifndef SERVICE_MEASUREMENT_SAVED_SAMPLES_H
#define SERVICE_MEASUREMENT_SAVED_SAMPLES_H

#include "domain/coverage.h"
#include "service/core/call.h"
#include "service/measurement/samples.h"

struct saved_samples_query {
    int64_t organization_id, sensor_id;
    struct interval times;     /* only samples measured in it */
    utc_seconds received_from; /* skips uncompacted messages that arrived earlier; 0: none */
};

/* Reads the samples from blocks, and from the uncompacted messages that call->journal_index knows.
 * Sorted by (channel, at). Inside a transaction of the writer. *out starts empty; the owner calls
 * samples_clear(), also after a failure. */
enum status saved_samples_read(struct call *call, const struct saved_samples_query *query,
                               struct samples *out);

#endif
