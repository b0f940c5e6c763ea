/*
 * samples.h - a growing run of samples, for readers and the compactor: more than an
 * arena should hold, and gone before the call ends.
 */
#ifndef SERVICE_MEASUREMENT_SAMPLES_H
#define SERVICE_MEASUREMENT_SAMPLES_H

#include "domain/measurement.h"

struct samples {
    struct sample *at;
    size_t count;
    size_t room;
};

/* Zeroed is empty. The owner calls samples_clear(). */
void samples_clear(struct samples *samples);

/* Room for `more` behind the last one; the caller raises `count`. */
struct sample *samples_reserve(struct samples *samples, size_t more);

/* Sorts by (channel, at), each once; the first one stays. Returns how many were
 * left out that said something else. */
size_t samples_sort(struct samples *samples);

/* Both sorted: adds `more` to `samples`; what stands there already stays. */
size_t samples_merge(struct samples *samples, const struct sample *more, size_t count);

/* Each has a channel and an instant that a sensor can have: what was damaged before checksums may
 * have others, and the tables by channel have no room for them. */
bool samples_are_sound(const struct sample *samples, size_t count);

/* Decodes a series behind the last one. False: the bytes are no series, or not of such samples. */
bool samples_add_series(struct samples *samples, const uint8_t *bytes, size_t size);

/* A block's bytes: a compressed series (base/compress.h). */
bool samples_add_block(struct samples *samples, const void *bytes, size_t size);

#endif
