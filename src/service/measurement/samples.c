#include "service/measurement/samples.h"

#include <stdlib.h>
#include <string.h>

#include "base/compress.h"
#include "base/memory.h"
#include "domain/series.h"

enum { BLOCK_MOST_BYTES = 16 * 1024 * 1024 }; /* decompressed: a sample a second on six channels */

void
samples_clear(struct samples *samples)
{
    free(samples->at);
    *samples = (struct samples){ 0 };
}

struct sample *
samples_reserve(struct samples *samples, size_t more)
{
    if (!samples->at || samples->count + more > samples->room) {
        size_t room = samples->room * 2 > samples->count + more ? samples->room * 2
                                                                : samples->count + more + 64;
        samples->at = memory_must(realloc(samples->at, room * sizeof *samples->at));
        samples->room = room;
    }
    return samples->at + samples->count;
}

size_t
samples_sort(struct samples *samples)
{
    size_t differing = 0;
    struct sample *spare = memory_must(malloc((samples->count + 1) * sizeof *spare));

    samples->count = series_sort(samples->at, samples->count, spare, &differing);
    free(spare);
    return differing;
}

size_t
samples_merge(struct samples *samples, const struct sample *more, size_t count)
{
    size_t differing = 0, room = samples->count + count + 1;
    struct sample *merged;

    if (count == 0)
        return 0;
    merged = memory_must(malloc(room * sizeof *merged));
    samples->count = series_merge(merged, (struct series){ samples->at, samples->count },
                                  (struct series){ more, count }, &differing);
    free(samples->at);
    samples->at = merged;
    samples->room = room;
    return differing;
}

day_number
samples_next_day(const struct samples *samples, day_number day)
{
    day_number next = INT64_MAX;

    for (size_t i = 0; i < samples->count; i++) {
        day_number other = samples->at[i].at / UTC_DAY; /* admitted samples lie after 1970 */
        if (other > day && other < next)
            next = other;
    }
    return next;
}

void
samples_take_day(struct samples *out, const struct samples *samples, day_number day)
{
    out->count = 0;
    for (size_t i = 0; i < samples->count; i++)
        if (samples->at[i].at / UTC_DAY == day) {
            *samples_reserve(out, 1) = samples->at[i];
            out->count++;
        }
}

bool
samples_are_sound(const struct sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (samples[i].channel < 1 || samples[i].channel > SAMPLE_MOST_CHANNELS || samples[i].at < 0
            || samples[i].at > UINT32_MAX)
            return false;
    return true;
}

bool
samples_add_series(struct samples *samples, const uint8_t *bytes, size_t size)
{
    size_t count, decoded;

    if (!series_count(&count, bytes, size)
        || !series_decode(samples_reserve(samples, count), count, &decoded, bytes, size)
        || !samples_are_sound(samples->at + samples->count, decoded))
        return false;
    samples->count += decoded;
    return true;
}

bool
samples_add_block(struct samples *samples, const void *bytes, size_t size)
{
    size_t room, written;

    if (!decompressed_size(&room, bytes, size, BLOCK_MOST_BYTES))
        return false;
    uint8_t *series = memory_must(malloc(room + 1));
    bool good = decompress_bytes(series, room, &written, bytes, size)
                && samples_add_series(samples, series, written);
    free(series);
    return good;
}
