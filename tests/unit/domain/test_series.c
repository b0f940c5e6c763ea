#include "domain/series.h"
#include "support/check.h"
#include "support/samples.h"

static void
check_survives(const struct sample *samples, size_t count)
{
    static uint8_t bytes[4096];
    static struct sample again[64];
    size_t size = series_encode(bytes, sizeof bytes, samples, count), counted, decoded;

    check(size > 0 && size <= series_bound(count));
    check(series_count(&counted, bytes, size) && counted == count);
    check(series_decode(again, 64, &decoded, bytes, size));
    check_int(decoded, (int64_t)count);
    check(same_samples(again, samples, count));
    check_int(series_encode(bytes, size - 1, samples, count), 0);
    for (size_t cut = 0; cut < size; cut++)
        check(!series_decode(again, 64, &decoded, bytes, cut));
    if (count > 0)
        check(!series_decode(again, count - 1, &decoded, bytes, size));
}

TEST(series_decodes_to_what_was_encoded)
{
    const struct sample samples[] = {
        { 1700000000, 215, 1, 1, SAMPLE_VALUE },
        { 1700000060, 216, 1, 1, SAMPLE_VALUE },
        { 1700000120, 8388557, 1, 1, SAMPLE_ERROR },
        { 1700000180, 214, 1, 1, SAMPLE_VALUE },
        { 1700000000, 1, 5, 2, SAMPLE_STATE },
        { 1700000003, 0, 5, 2, SAMPLE_STATE },
        { INT64_MIN, INT64_MAX, INT32_MAX, 255, SAMPLE_VALUE },
        { INT64_MAX, INT64_MIN, INT32_MIN, 255, SAMPLE_VALUE },
        { 1700000000, 1, -1, 6, SAMPLE_VALUE },
        { 1700000000, 1, 70000, 6, SAMPLE_VALUE },
        { 0, 0, 0, 0, SAMPLE_VALUE },
    };

    check_row("nothing");
    check_survives(samples, 0);
    check_row("one");
    check_survives(samples, 1);
    check_row("each kind");
    check_survives(samples, 6);
    check_row("extremes");
    check_survives(samples, sizeof samples / sizeof samples[0]);
}

TEST(series_of_a_message_is_small)
{
    struct sample samples[24];
    uint8_t bytes[1024];

    for (size_t i = 0; i < 24; i++)
        samples[i] = (struct sample){ 1700000000 + 300 * (int64_t)(i % 12), 200 + (int64_t)(i % 3),
                                      1, (uint8_t)(1 + i / 12), SAMPLE_VALUE };
    size_t size = series_encode(bytes, sizeof bytes, samples, 24);
    check(size > 0 && size <= 50);
}

/* Bytes that an earlier program wrote: type 1, then 65535. */
TEST(series_of_version_1_is_read)
{
    static const uint8_t bytes[] = { 1, 3, 4, 1, 2, 20, 120, 10, 1, 4, 0xff, 0xff, 3, 1, 0, 2 };
    struct sample out[3];
    size_t count;

    check(series_count(&count, bytes, sizeof bytes) && count == 3);
    check(series_decode(out, 3, &count, bytes, sizeof bytes));
    check_int(count, 3);
    const struct sample want[] = {
        { 10, 5, 1, 1, SAMPLE_VALUE },
        { 70, 4, 1, 1, SAMPLE_VALUE },
        { 70, 1, UINT16_MAX, 1, SAMPLE_VALUE },
    };
    check(same_samples(out, want, 3));
}

TEST(series_refuses_other_bytes)
{
    static const struct {
        const char *row, *bytes;
        size_t size;
    } rows[] = {
        { "nothing", "", 0 },
        { "version 0", "\0\0", 2 },
        { "version 3", "\3\0", 2 },
        { "no count", "\1", 1 },
        { "more samples than bytes", "\1\5\4\1\1\0", 6 },
        { "something behind it", "\1\0\0", 3 },
        { "kind 3", "\1\1\7\1\1\0\0", 7 },
        { "empty run", "\1\1\4\1\0\0\0", 7 },
        { "run longer than the rest", "\1\1\4\1\2\0\0\0\0", 9 },
        { "more equal steps than samples", "\1\2\4\1\2\0\0\1\0\0", 10 },
        { "channel 256", "\1\1\x80\x08\1\1\0\0", 8 },
        { "type 65536 in version 1", "\1\1\4\x80\x80\4\1\0\0", 9 },
        { "type 2^31", "\2\1\4\x80\x80\x80\x80\x10\1\0\0", 11 },
        { "type -2^31 - 1", "\2\1\4\x81\x80\x80\x80\x10\1\0\0", 11 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sample out[8];
        size_t count = 7;

        check_row(rows[i].row);
        check(!series_decode(out, 8, &count, (const uint8_t *)rows[i].bytes, rows[i].size));
        check_int(count, 7);
    }
}

TEST(series_merge_keeps_the_first)
{
    const struct sample a[] = { { 10, 1, 1, 1, 0 }, { 20, 2, 1, 1, 0 }, { 10, 3, 1, 2, 0 } };
    const struct sample b[] = {
        { 10, 1, 1, 1, 0 }, { 15, 9, 1, 1, 0 }, { 20, 7, 1, 1, 0 },
        { 10, 3, 2, 2, 0 }, { 10, 3, 1, 3, 0 },
    };
    const int64_t want[] = { 1, 9, 2, 3, 3 };
    struct sample out[8];
    size_t differing = 10;

    check_int(series_merge(out, (struct series){ a, 3 }, (struct series){ b, 5 }, &differing), 5);
    check_int(differing, 12); /* another value at 20, another type at 10 */
    for (size_t i = 0; i < 5; i++)
        check_int(out[i].raw, want[i]);
    check_int(out[3].type, 1);
    check_int(series_merge(out, (struct series){ a, 0 }, (struct series){ b, 0 }, NULL), 0);
}

TEST(series_sort_keeps_the_first)
{
    struct sample samples[] = {
        { 30, 1, 1, 1, 0 }, { 10, 2, 1, 1, 0 }, { 30, 3, 1, 1, 0 }, { 5, 4, 1, 2, 0 },
        { 20, 5, 1, 1, 0 }, { 10, 2, 1, 1, 0 }, { 30, 6, 1, 1, 0 },
    };
    const int64_t want[] = { 2, 5, 1, 4 };
    struct sample spare[7];
    size_t differing = 0;

    check_int(series_sort(samples, 7, spare, &differing), 4);
    check_int(differing, 2);
    for (size_t i = 0; i < 4; i++)
        check_int(samples[i].raw, want[i]);
}
