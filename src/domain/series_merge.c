/* series_merge.c - merges and sorts series, so that each (channel, at) stands once. */
#include <string.h>

#include "domain/series.h"

static int
series_merge_compare(const struct sample *a, const struct sample *b)
{
    if (a->channel != b->channel)
        return a->channel < b->channel ? -1 : 1;
    return (a->at > b->at) - (a->at < b->at);
}

static bool
has_same_content(const struct sample *a, const struct sample *b)
{
    return a->kind == b->kind && a->type == b->type && a->raw == b->raw;
}

size_t
series_merge(struct sample *out, struct series a, struct series b, size_t *differing)
{
    size_t i = 0, k = 0, count = 0;

    while (i < a.count || k < b.count) {
        bool from_a = k == b.count
                      || (i < a.count && series_merge_compare(&a.samples[i], &b.samples[k]) <= 0);
        const struct sample *next = from_a ? &a.samples[i++] : &b.samples[k++];
        if (count == 0 || series_merge_compare(&out[count - 1], next) != 0)
            out[count++] = *next;
        else if (differing && !has_same_content(&out[count - 1], next))
            ++*differing;
    }
    return count;
}

static bool
is_sorted(const struct sample *samples, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (series_merge_compare(&samples[i - 1], &samples[i]) >= 0)
            return false;
    return true;
}

size_t
series_sort(struct sample *samples, size_t count, struct sample *spare, size_t *differing)
{
    if (is_sorted(samples, count))
        return count; /* as nearly every message is */

    size_t half = count / 2;
    size_t left = series_sort(samples, half, spare, differing);
    size_t right = series_sort(samples + half, count - half, spare, differing);
    size_t whole = series_merge(spare, (struct series){ samples, left },
                                (struct series){ samples + half, right }, differing);
    memcpy(samples, spare, whole * sizeof *samples);
    return whole;
}
