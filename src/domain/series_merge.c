/* series_merge.c - once is once: each (channel, at) of two series one time. */
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
says_the_same(const struct sample *a, const struct sample *b)
{
    return a->kind == b->kind && a->type == b->type && a->raw == b->raw;
}

size_t
series_merge(struct sample *out, const struct sample *a, size_t a_count, const struct sample *b,
             size_t b_count, size_t *differing)
{
    size_t i = 0, k = 0, count = 0;

    while (i < a_count || k < b_count) {
        bool from_a = k == b_count || (i < a_count && series_merge_compare(&a[i], &b[k]) <= 0);
        const struct sample *next = from_a ? &a[i++] : &b[k++];
        if (count == 0 || series_merge_compare(&out[count - 1], next) != 0)
            out[count++] = *next;
        else if (differing && !says_the_same(&out[count - 1], next))
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
series_sort(struct sample *samples, size_t count, struct sample *temp_dir, size_t *differing)
{
    if (is_sorted(samples, count))
        return count; /* as nearly every message is */

    size_t half = count / 2;
    size_t left = series_sort(samples, half, temp_dir, differing);
    size_t right = series_sort(samples + half, count - half, temp_dir, differing);
    size_t whole = series_merge(temp_dir, samples, left, samples + half, right, differing);
    memcpy(samples, temp_dir, whole * sizeof *samples);
    return whole;
}
