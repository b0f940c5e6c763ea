/*
 * samples.h - a growing array of samples outside of arenas: readers and the compactor need large
 * ones, and only briefly.
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

/* Room for `more` after the last one; the caller raises `count`. */
struct sample *samples_reserve(struct samples *samples, size_t more);

/* Sorts by (channel, at). Of repeats the first one stays. Returns how many of the others had
 * another value. */
size_t samples_sort(struct samples *samples);

/* Merges `more` into `samples`, both sorted. Of repeats the one in `samples` stays. Returns as
 * samples_sort(). */
size_t samples_merge(struct samples *samples, const struct sample *more, size_t count);

/* The first UTC day after `day` of which there is a sample; INT64_MAX: none. A scan: for few days.
 */
day_number samples_next_day(const struct samples *samples, day_number day);

/* Replaces the content of `out` with the samples of the day, in their order. */
void samples_take_day(struct samples *out, const struct samples *samples, day_number day);

/* Whether each sample has a channel and a time that a sensor can have. Bytes that were damaged
 * before there were checksums may have others, for which the arrays by channel have no room. */
bool samples_are_sound(const struct sample *samples, size_t count);

/* Appends the samples of a series. False: the bytes are no series, or not of sound samples. */
bool samples_add_series(struct samples *samples, const uint8_t *bytes, size_t size);

/* The same for a block: a compressed series (base/compress.h). */
bool samples_add_block(struct samples *samples, const void *bytes, size_t size);

#endif
