/* journal.h - the messages of one sensor that are not sealed yet. */
#ifndef SERVICE_JOURNAL_H
#define SERVICE_JOURNAL_H

#include "service/call.h"
#include "service/samples.h"
#include "service/sensors.h"

struct unsealed {
    struct samples samples;         /* sorted by (channel, at), each once */
    size_t differing;               /* samples left out that said something else */
    struct delivery newest;         /* what the newest message said of the sensor */
    utc_seconds newest_received_at; /* 0 when there is no message */
};

/* Ids of rows ascend in each process: seconds since 1970, then a sequence, then bits that tell one
 * process from another that writes to the same store. No row that is received at `at` or later has
 * a smaller one than journal_first_id(at). */
enum { JOURNAL_NODE_BITS = 10, JOURNAL_SEQUENCE_BITS = 20 };
int64_t journal_first_id(utc_seconds at);

/* Reads the rows `ids` (of tail_rows()), samples in [from, to) only. Rows that
 * are gone are sealed by now: the blocks hold them. The owner calls
 * samples_clear(&out->samples), also after a failure. */
enum status journal_read(struct call *call, const int64_t *ids, size_t count, utc_seconds from,
                         utc_seconds to, struct unsealed *out);

/* Fills last_seen_at, battery_ok, signal and channels of a sensor from its status
 * row and what is not sealed yet. Reads only; sees all that was acknowledged. */
enum status journal_sensor_status(struct call *call, int64_t organization_id, int64_t sensor_id,
                                  struct sensor *sensor);

/* The newest sample of each channel, both lists sorted by (channel, at): a later
 * one of `more` takes the place of that in `newest` (room for
 * SAMPLE_MOST_CHANNELS). Returns how many there are. */
size_t newest_samples(struct sample *newest, size_t count, const struct sample *more,
                      size_t more_count);

#endif
