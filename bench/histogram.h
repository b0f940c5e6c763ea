/* histogram.h - times in steps of 1.6 %, from nanoseconds to minutes. */
#ifndef BENCH_HISTOGRAM_H
#define BENCH_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

enum { HISTOGRAM_STEPS = 64, HISTOGRAM_BUCKETS = 64 * HISTOGRAM_STEPS };

struct histogram {
    uint64_t count;
    uint64_t buckets[HISTOGRAM_BUCKETS];
};

static inline size_t
histogram_bucket(uint64_t nanoseconds)
{
    if (nanoseconds < HISTOGRAM_STEPS)
        return (size_t)nanoseconds;
    unsigned shift = 57U - (unsigned)__builtin_clzll(nanoseconds); /* leaves 7 bits */
    return (size_t)((uint64_t)(shift + 1) * HISTOGRAM_STEPS + (nanoseconds >> shift)
                    - HISTOGRAM_STEPS);
}

static inline void
histogram_add(struct histogram *histogram, uint64_t nanoseconds)
{
    histogram->count++;
    histogram->buckets[histogram_bucket(nanoseconds)]++;
}

/* The middle of the step that holds the given share, in nanoseconds. */
static inline double
histogram_share(const struct histogram *histogram, double share)
{
    uint64_t wanted = (uint64_t)(share * (double)histogram->count), seen = 0;

    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        seen += histogram->buckets[i];
        if (seen <= wanted || !histogram->buckets[i])
            continue;
        if (i < HISTOGRAM_STEPS)
            return (double)i;
        double step = (double)(UINT64_C(1) << (i / HISTOGRAM_STEPS - 1));
        return ((double)(i % HISTOGRAM_STEPS + HISTOGRAM_STEPS) + 0.5) * step;
    }
    return 0;
}

#endif
