/*
 * series.h - samples as bytes, in the journal and, before compression, in blocks.
 *
 * A series is any sequence of samples, and decoding gives back exactly what was encoded. It takes
 * few bytes if neighbors have the same channel, type and kind, equal time steps and similar values,
 * so it is kept sorted by channel, then time.
 *
 * Form: a version byte (2) and the number of samples; then runs of neighbors with the same channel,
 * type and kind: channel * 4 + kind, type, length of the run, first time (less the time before it),
 * changes of the time step (a zero is followed by the number of zeros after it), raw numbers (each
 * less the one before). All are varints, signed ones (type, times, raw numbers) in zigzag. In
 * version 1, which earlier programs wrote, the type is an unsigned varint up to 65535; it can still
 * be read.
 */
#ifndef DOMAIN_SERIES_H
#define DOMAIN_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "domain/measurement.h"

/* The most bytes that series_encode() writes for `count` samples. */
size_t series_bound(size_t count);

/* Returns the number of bytes; 0 if `room` is too small. */
size_t series_encode(uint8_t *out, size_t room, const struct sample *samples, size_t count);

/* The number of samples that the bytes claim to hold, at most `size`. False: not a series. */
bool series_count(size_t *out, const uint8_t *bytes, size_t size);

/* Sets *count. False: the bytes are not a series, or hold more than `room`. */
bool series_decode(struct sample *out, size_t room, size_t *count, const uint8_t *bytes,
                   size_t size);

/* A series in memory. */
struct series {
    const struct sample *samples;
    size_t count;
};

/* Merges two series sorted by (channel, at) into `out`, which has room for both. Returns the number
 * of samples: sorted, each (channel, at) once. The first one stays; that of `a` is before that of
 * `b`. Adds to *differing the number of dropped samples with another content; it may be NULL. */
size_t series_merge(struct sample *out, struct series a, struct series b, size_t *differing);

/* Sorts in place by (channel, at), each once as in series_merge(). Returns the number of samples
 * that are left. `spare` has room for `count`. */
size_t series_sort(struct sample *samples, size_t count, struct sample *spare, size_t *differing);

#endif
