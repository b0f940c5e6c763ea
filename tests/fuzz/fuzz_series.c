/* fuzz_series.c - no bytes may crash series_decode(); what it takes is written
 * and read again as the same, and merged with itself it is itself. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "domain/series.h"
#include "support/samples.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 4096 };

static struct sample samples[MOST], again[MOST], spare[MOST], merged[2 * MOST];
static uint8_t bytes[16 + 40 * MOST];

static void
must(bool law)
{
    if (!law)
        abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t count, repeated, promised, differing = 0;

    if (!series_decode(samples, MOST, &count, data, size))
        return 0;
    must(series_count(&promised, data, size) && promised == count);

    size_t written = series_encode(bytes, sizeof bytes, samples, count);
    must(written > 0 && written <= series_bound(count));
    must(series_decode(again, MOST, &repeated, bytes, written));
    must(repeated == count && same_samples(samples, again, count));
    must(series_encode(bytes, written - 1, samples, count) == 0);

    count = series_sort(samples, count, spare, NULL);
    repeated = series_merge(merged, (struct series){ samples, count },
                            (struct series){ samples, count }, &differing);
    must(repeated == count && differing == 0 && same_samples(samples, merged, count));
    return 0;
}
