/* bucket.h - summaries of several samples. */
#ifndef SERVICE_MEASUREMENT_BUCKET_H
#define SERVICE_MEASUREMENT_BUCKET_H

#include "domain/measurement.h"

/* Values of one channel within one step of a resolution. Zeroed is empty. */
struct bucket {
    double min, max, sum;
    int64_t count;
    uint16_t type; /* of the newest */
};

/* Adds a value, or a state as 0 or 1; an error is left out. */
void bucket_add(struct bucket *bucket, const struct sample *sample);

/* The total that a major counts together with its minor. The minor is one of the samples of the
 * same instant; its metadata names the major (domain/channel.h). False if `sample` is no major, or
 * if its minor is missing. */
bool bucket_total(int64_t *out, const struct sample *sample, const struct sample *instant,
                  size_t count);

#endif
