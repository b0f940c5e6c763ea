/*
 * series.h - samples as bytes: in the journal, and (before compression) in blocks.
 *
 * A series is any sequence of samples; it comes back exactly as it went in.
 * What costs little: neighbours with the same channel, type and kind, times at
 * one distance, values near each other. So it is kept sorted by channel, then
 * time.
 *
 * Form: a version byte (1) and the number of samples; then runs of neighbours with
 * the same channel, type and kind: channel * 4 + kind, type, length of the
 * run, first time (less the time before it), changes of the time's step (a zero is
 * followed by how many more zeros come), raw numbers (each less the one before).
 * All are varints, signed ones in zigzag.
 */
#ifndef DOMAIN_SERIES_H
#define DOMAIN_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "domain/measurement.h"

/* Room that series_encode() never passes. */
size_t series_bound(size_t count);

/* Bytes written; 0 when `room` is too small. */
size_t series_encode(uint8_t *out, size_t room, const struct sample *samples, size_t count);

/* How many samples the bytes say they hold; never more than `size`. False when
 * they are no series. */
bool series_count(size_t *out, const uint8_t *bytes, size_t size);

/* Sets *count. False when the bytes are no series or hold more than `room`. */
bool series_decode(struct sample *out, size_t room, size_t *count, const uint8_t *bytes,
                   size_t size);

/* Merges two series sorted by (channel, at) into `out` (room for both) and
 * returns how many it holds: sorted, and each (channel, at) once. The first one
 * stays: that of `a` before that of `b`. *differing counts those left out that
 * said something else; it is added to, and may be NULL. */
size_t series_merge(struct sample *out, const struct sample *a, size_t a_count,
                    const struct sample *b, size_t b_count, size_t *differing);

/* Sorts in place by (channel, at), each once as in series_merge(); returns how
 * many are left. `temp_dir` has room for `count`. */
size_t series_sort(struct sample *samples, size_t count, struct sample *temp_dir,
                   size_t *differing);

#endif
