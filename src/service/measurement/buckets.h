/*
 * buckets.h - condenses samples into the buckets of a resolution. No store, no clock.
 *
 * A value counts once. The samples of a binary channel are changes: a state holds from its sample
 * until the next sample of the channel, but at most until the coverage that contains it ends, and
 * until the limit. So the mean of a binary channel is the share of the time in which its state was
 * 1, and a bucket without a sample has a mean, too, if a state holds in it. An error code ends a
 * state. If the type of a channel changes within a bucket, the bucket describes the newest type.
 */
#ifndef SERVICE_MEASUREMENT_BUCKETS_H
#define SERVICE_MEASUREMENT_BUCKETS_H

#include "domain/coverage.h"
#include "domain/measurement.h"

struct bucket {
    uint8_t channel;
    int32_t type;
    utc_seconds at;
    double min, mean, max;
    int64_t count; /* of its samples, errors left out */
};

/* The limits of states. Zeroed: states do not hold. */
struct hold_limits {
    const struct interval *coverage; /* sorted by starts_at; outlives the buckets */
    size_t coverage_count;
    utc_seconds until; /* no state holds longer */
};

/* Receives the filled buckets, oldest first, then by channel. False: it wants no more. */
typedef bool bucket_taker(void *with, const struct bucket *bucket);

struct bucket_sum {
    double min, max, sum;
    int64_t count, held_seconds, set_seconds; /* set: the state was 1 */
    int32_t type;
};

struct held_state {
    utc_seconds from, until; /* counted until `from`; from == until: no state holds */
    int32_t type;
    bool is_set;
};

struct buckets {
    int64_t resolution; /* seconds */
    int64_t channel;    /* samples of other channels are ignored; 0: none is */
    struct hold_limits limits;
    bucket_taker *take;
    void *with;
    /* The caller zeroes the rest. */
    utc_seconds at; /* start of the buckets that are being filled */
    bool is_full;   /* `take` wants no more: the functions below do nothing */
    struct bucket_sum sums[SAMPLE_MOST_CHANNELS + 1]; /* by channel */
    struct held_state held[SAMPLE_MOST_CHANNELS + 1];
};

/* The first bucket is the one that contains `from`. `before`: the newest sample of each channel
 * measured before `from`, whose states may still hold. */
void buckets_begin(struct buckets *buckets, utc_seconds from, const struct sample *before,
                   size_t count);

/* Adds the next sample, in the order of time. */
void buckets_add(struct buckets *buckets, const struct sample *sample);

/* After the last sample: states hold until `to` at most. */
void buckets_end(struct buckets *buckets, utc_seconds to);

#endif
