/*
 * latest.h - the newest sample of each channel of a sensor, as sensor_status.latest keeps it.
 *
 * Form: a version byte (2), a series (domain/series.h) of at most SAMPLE_MOST_CHANNELS samples, the
 * checksum of all before it (base/secret.h). Earlier programs wrote a series alone, which begins
 * with 1; it is read as well.
 */
#ifndef SERVICE_MEASUREMENT_LATEST_H
#define SERVICE_MEASUREMENT_LATEST_H

#include "service/core/call.h"
#include "service/measurement/samples.h"
#include "statements.h"

/* One sample a channel, sorted by channel. */
struct latest {
    struct sample at[SAMPLE_MOST_CHANNELS];
    size_t count;
};

/* A later sample of `more` (sorted by (channel, at)) replaces the sample of its channel, unless it
 * was measured after `until`. If `until` is call->now, a sample that lies ahead waits for its
 * time. */
void latest_add(struct latest *latest, const struct sample *more, size_t count, utc_seconds until);

/* Removes the samples that lie ahead of `now`. False: there were none. */
bool latest_remove_ahead(struct latest *latest, utc_seconds now);

/* In the arena. STATUS_TOO_LARGE: it is full. */
enum status latest_encode(struct call *call, const struct latest *latest, struct bytes *out);

/* Gives false and an empty `out` if the bytes are damaged. */
bool latest_decode(struct latest *out, const uint8_t *bytes, size_t size);

/* Adds the newest samples until call->now of the sensor's newest blocks, at most
 * LATEST_MOST_BLOCKS: to rebuild a damaged status. The caller adds the uncompacted samples. */
enum { LATEST_MOST_BLOCKS = 8 };
enum status latest_recover(struct call *call, int64_t organization_id, int64_t sensor_id,
                           struct latest *latest);

#endif
