#include <string.h>

#include "base/compress.h"
#include "domain/series.h"
#include "support/check.h"
#include "support/random.h"
#include "support/samples.h"

enum { MOST = 300, BYTES = 16384 };

/* Few channels and times, so that the same (channel, at) comes again. */
static size_t
some_samples(struct sample *out, size_t most, struct random *random)
{
    size_t count = random_below(random, most + 1);
    int steady = (int)random_below(random, 3), wild = (int)random_below(random, 4) == 0;

    for (size_t i = 0; i < count; i++)
        out[i] = (struct sample){
            .at = steady ? 1700000000 + 60 * (utc_seconds)i
                         : 1700000000 + (utc_seconds)random_below(random, 2 * MOST),
            .raw = wild ? (int64_t)random_next(random) : 200 + (int64_t)random_below(random, 4),
            .type = wild ? (int32_t)(uint32_t)random_next(random) : 1,
            .channel = (uint8_t)(1 + random_below(random, 2)),
            .kind = (uint8_t)(random_below(random, 10) ? SAMPLE_VALUE : SAMPLE_ERROR),
        };
    if (wild && count > 0)
        out[random_below(random, count)].at = (utc_seconds)random_next(random);
    return count;
}

static size_t
some_series(struct sample *out, size_t most, struct random *random)
{
    static struct sample spare[MOST];

    return series_sort(out, some_samples(out, most, random), spare, NULL);
}

TEST(series_survives_encoding_and_decoding)
{
    struct random random = random_seeded();
    static struct sample before[MOST], after[MOST];
    static uint8_t bytes[BYTES];

    for (int i = 0; i < 4000; i++) {
        size_t count = some_samples(before, i % 2 ? MOST : 8, &random), decoded = 0;
        size_t size = series_encode(bytes, sizeof bytes, before, count);

        check(size > 0 && size <= series_bound(count));
        check(series_decode(after, MOST, &decoded, bytes, size));
        check_int(decoded, (int64_t)count);
        check(same_samples(before, after, count));
    }
}

TEST(series_decoder_stands_any_bytes)
{
    struct random random = random_seeded();
    static struct sample samples[MOST], again[MOST];
    static uint8_t bytes[BYTES];

    for (int i = 0; i < 20000; i++) {
        size_t count = some_samples(samples, 12, &random), decoded, repeated;
        size_t size = series_encode(bytes, sizeof bytes, samples, count);

        bytes[random_below(&random, size)] = (uint8_t)random_next(&random);
        if (!series_decode(samples, MOST, &decoded, bytes, size))
            continue;
        size = series_encode(bytes, sizeof bytes, samples, decoded);
        check(series_decode(again, MOST, &repeated, bytes, size));
        check(repeated == decoded && same_samples(samples, again, decoded));
    }
}

/* The obvious way: the first of `a`, then of `b`, that has this key. */
static const struct sample *
find(const struct sample *samples, size_t count, const struct sample *key)
{
    for (size_t i = 0; i < count; i++)
        if (samples[i].channel == key->channel && samples[i].at == key->at)
            return &samples[i];
    return NULL;
}

static bool
is_series(const struct sample *samples, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (samples[i - 1].channel > samples[i].channel
            || (samples[i - 1].channel == samples[i].channel && samples[i - 1].at >= samples[i].at))
            return false;
    return true;
}

TEST(series_merge_holds_each_once_and_the_first)
{
    struct random random = random_seeded();
    static struct sample a[MOST], b[MOST], out[2 * MOST];

    for (int i = 0; i < 1000; i++) {
        size_t a_count = some_series(a, 40, &random), b_count = some_series(b, 40, &random);
        size_t differing = 0, expected = 0, fresh = 0;
        size_t count = series_merge(out, (struct series){ a, a_count },
                                    (struct series){ b, b_count }, &differing);

        check(is_series(out, count));
        for (size_t j = 0; j < a_count; j++) {
            const struct sample *found = find(out, count, &a[j]);
            check(found && same_samples(found, &a[j], 1));
        }
        for (size_t j = 0; j < b_count; j++) {
            const struct sample *first = find(a, a_count, &b[j]);
            const struct sample *found = find(out, count, &b[j]);
            fresh += first == NULL;
            expected += first && !same_samples(first, &b[j], 1);
            check(found && (first || same_samples(found, &b[j], 1)));
        }
        check_int(count, (int64_t)(a_count + fresh));
        check_int(differing, (int64_t)expected);
    }
}

TEST(series_merge_may_be_cut_anywhere)
{
    struct random random = random_seeded();
    static struct sample a[MOST], b[MOST], c[MOST];
    static struct sample ab[2 * MOST], bc[2 * MOST], left[3 * MOST], right[3 * MOST];

    for (int i = 0; i < 1000; i++) {
        size_t a_count = some_series(a, 40, &random), b_count = some_series(b, 40, &random);
        size_t c_count = some_series(c, 40, &random);
        size_t ab_count =
            series_merge(ab, (struct series){ a, a_count }, (struct series){ b, b_count }, NULL);
        size_t bc_count =
            series_merge(bc, (struct series){ b, b_count }, (struct series){ c, c_count }, NULL);
        size_t left_count = series_merge(left, (struct series){ ab, ab_count },
                                         (struct series){ c, c_count }, NULL);
        size_t right_count = series_merge(right, (struct series){ a, a_count },
                                          (struct series){ bc, bc_count }, NULL);

        check_int(left_count, (int64_t)right_count);
        check(same_samples(left, right, left_count));

        size_t differing = 0; /* the same message again changes nothing */
        check_int(series_merge(right, (struct series){ ab, ab_count },
                               (struct series){ a, a_count }, &differing),
                  (int64_t)ab_count);
        check(same_samples(right, ab, ab_count));
        check_int(differing, 0);
    }
}

TEST(series_sort_is_a_merge_of_one_by_one)
{
    struct random random = random_seeded();
    static struct sample samples[MOST], sorted[MOST], spare[MOST], slow[MOST], next[MOST + 1];

    for (int i = 0; i < 300; i++) {
        size_t count = some_samples(samples, 60, &random), slow_count = 0;

        for (size_t j = 0; j < count; j++) {
            slow_count = series_merge(next, (struct series){ slow, slow_count },
                                      (struct series){ &samples[j], 1 }, NULL);
            memcpy(slow, next, slow_count * sizeof *slow);
        }
        memcpy(sorted, samples, count * sizeof *samples);
        check_int(series_sort(sorted, count, spare, NULL), (int64_t)slow_count);
        check(same_samples(sorted, slow, slow_count));
    }
}

/* A day of two channels, every five minutes or every minute: values that walk slowly. */
TEST(series_of_a_regular_day_takes_less_than_a_byte_a_sample)
{
    struct random random = random_seeded();
    static struct sample day[2 * 1440];
    static uint8_t bytes[65536], packed[65536];

    for (size_t per_channel = 288; per_channel <= 1440; per_channel *= 5) {
        int64_t raw = 215;

        for (size_t i = 0; i < 2 * per_channel; i++) {
            raw += (int64_t)random_below(&random, 3) - 1;
            day[i] = (struct sample){
                .at = 1700006400 + (utc_seconds)(i % per_channel * (86400 / per_channel)),
                .raw = raw,
                .type = (int32_t)(1 + i / per_channel),
                .channel = (uint8_t)(1 + i / per_channel),
            };
        }
        size_t size = series_encode(bytes, sizeof bytes, day, 2 * per_channel);
        size_t stored = compress_bytes(packed, sizeof packed, bytes, size);
        check(stored > 0 && stored * 10 <= 2 * per_channel * 8);
    }
}
