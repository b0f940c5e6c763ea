#include "domain/series.h"

#include <string.h>

#include "base/varint.h"

enum {
    UNSIGNED_TYPES = 1, /* versions */
    SIGNED_TYPES = 2,
    KINDS = 4, /* room for SAMPLE_KIND_COUNT in a run's first number */
    /* Of a run of one sample: channel and kind 2, type 5, length 10, time 10, raw 10. */
    MOST_BYTES_A_SAMPLE = 37,
    HEAD_BYTES = 1 + VARINT_MOST_BYTES,
};
_Static_assert((int)SAMPLE_KIND_COUNT <= KINDS, "a kind does not fit");

/* Differences wrap around like unsigned numbers, so that every difference fits. */
static int64_t
difference(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a - (uint64_t)b);
}

static int64_t
sum(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

struct writer {
    uint8_t *at;
    const uint8_t *end;
    bool full;
};

static void
series_put(struct writer *out, uint64_t number)
{
    uint8_t bytes[VARINT_MOST_BYTES];
    size_t size = varint_write(bytes, number);

    if (out->full || size > (size_t)(out->end - out->at)) {
        out->full = true;
        return;
    }
    memcpy(out->at, bytes, size);
    out->at += size;
}

static void
put_signed(struct writer *out, int64_t number)
{
    series_put(out, zigzag_encode(number));
}

size_t
series_bound(size_t count)
{
    return HEAD_BYTES + count * MOST_BYTES_A_SAMPLE;
}

static size_t
run_length(const struct sample *samples, size_t count)
{
    size_t length = 1;

    while (length < count && samples[length].channel == samples->channel
           && samples[length].type == samples->type && samples[length].kind == samples->kind)
        length++;
    return length;
}

/* The number of samples from run[from] on with the time step `step`. */
static size_t
steady_length(const struct sample *run, size_t from, size_t length, int64_t step)
{
    size_t at = from;

    while (at < length && difference(run[at].at, run[at - 1].at) == step)
        at++;
    return at - from;
}

static void
put_times(struct writer *out, const struct sample *run, size_t length, utc_seconds before)
{
    int64_t step = 0;

    put_signed(out, difference(run[0].at, before));
    for (size_t i = 1; i < length; i++) {
        int64_t now = difference(run[i].at, run[i - 1].at);
        put_signed(out, difference(now, step));
        if (now == step) {
            size_t more = steady_length(run, i + 1, length, step);
            series_put(out, more);
            i += more;
        }
        step = now;
    }
}

static void
put_raws(struct writer *out, const struct sample *run, size_t length)
{
    int64_t before = 0;

    for (size_t i = 0; i < length; i++) {
        put_signed(out, difference(run[i].raw, before));
        before = run[i].raw;
    }
}

size_t
series_encode(uint8_t *bytes, size_t room, const struct sample *samples, size_t count)
{
    struct writer out = { bytes, bytes + room, false };
    utc_seconds before = 0;

    series_put(&out, SIGNED_TYPES);
    series_put(&out, count);
    for (size_t i = 0, length; i < count && !out.full; i += length) {
        const struct sample *run = samples + i;
        length = run_length(run, count - i);
        series_put(&out, (uint64_t)run->channel * KINDS + run->kind);
        put_signed(&out, run->type);
        series_put(&out, length);
        put_times(&out, run, length, before);
        put_raws(&out, run, length);
        before = run[length - 1].at;
    }
    return out.full ? 0 : (size_t)(out.at - bytes);
}

struct reader {
    const uint8_t *at;
    const uint8_t *end;
    uint64_t version;
};

/* A number up to `most`. */
static bool
series_get(struct reader *in, uint64_t *out, uint64_t most)
{
    return varint_read(out, &in->at, in->end) && *out <= most;
}

static bool
get_signed(struct reader *in, int64_t *out)
{
    uint64_t number;

    if (!varint_read(&number, &in->at, in->end))
        return false;
    *out = zigzag_decode(number);
    return true;
}

static bool
get_head(struct reader *in, size_t *count)
{
    uint64_t number;

    /* Each sample takes a byte at least, for its raw number. */
    if (!series_get(in, &in->version, SIGNED_TYPES) || in->version < UNSIGNED_TYPES
        || !series_get(in, &number, (uint64_t)(in->end - in->at)))
        return false;
    *count = (size_t)number;
    return true;
}

bool
series_count(size_t *out, const uint8_t *bytes, size_t size)
{
    struct reader in = { .at = bytes, .end = bytes + size };

    return get_head(&in, out);
}

static bool
get_times(struct reader *in, struct sample *run, size_t length, utc_seconds before)
{
    int64_t step = 0, change;
    uint64_t more;

    if (!get_signed(in, &change))
        return false;
    run[0].at = sum(before, change);
    for (size_t i = 1; i < length; i++) {
        if (!get_signed(in, &change))
            return false;
        step = sum(step, change);
        run[i].at = sum(run[i - 1].at, step);
        if (change != 0)
            continue;
        if (!series_get(in, &more, length - i - 1))
            return false;
        for (; more > 0; more--, i++)
            run[i + 1].at = sum(run[i].at, step);
    }
    return true;
}

static bool
get_raws(struct reader *in, struct sample *run, size_t length)
{
    int64_t raw = 0, change;

    for (size_t i = 0; i < length; i++) {
        if (!get_signed(in, &change))
            return false;
        raw = sum(raw, change);
        run[i].raw = raw;
    }
    return true;
}

static bool
get_type(struct reader *in, int32_t *out)
{
    uint64_t number;
    int64_t type;

    if (in->version == UNSIGNED_TYPES) {
        if (!series_get(in, &number, UINT16_MAX))
            return false;
        *out = (int32_t)number;
        return true;
    }
    if (!get_signed(in, &type) || type < INT32_MIN || type > INT32_MAX)
        return false;
    *out = (int32_t)type;
    return true;
}

/* Reads one run of at most `room` samples; 0 when there is none. */
static size_t
get_run(struct reader *in, struct sample *run, size_t room, utc_seconds before)
{
    uint64_t tag, length;
    int32_t type;

    if (!series_get(in, &tag, UINT8_MAX * KINDS + KINDS - 1) || tag % KINDS >= SAMPLE_KIND_COUNT
        || !get_type(in, &type) || !series_get(in, &length, room) || length == 0)
        return 0;
    for (size_t i = 0; i < length; i++) {
        run[i].channel = (uint8_t)(tag / KINDS);
        run[i].kind = (uint8_t)(tag % KINDS);
        run[i].type = type;
    }
    return get_times(in, run, (size_t)length, before) && get_raws(in, run, (size_t)length)
               ? (size_t)length
               : 0;
}

bool
series_decode(struct sample *out, size_t room, size_t *count, const uint8_t *bytes, size_t size)
{
    struct reader in = { .at = bytes, .end = bytes + size };
    size_t whole;

    if (!get_head(&in, &whole) || whole > room)
        return false;
    for (size_t have = 0, length; have < whole; have += length) {
        utc_seconds before = have > 0 ? out[have - 1].at : 0;
        length = get_run(&in, out + have, whole - have, before);
        if (length == 0)
            return false;
    }
    if (in.at != in.end)
        return false;
    *count = whole;
    return true;
}
