/* What the store keeps of measurements: no changed bit gives other measurements unnoticed, and the
 * forms of earlier programs are read. */
#include <string.h>

#include "base/compress.h"
#include "base/secret.h"
#include "domain/series.h"
#include "service/measurement/latest.h"
#include "service/measurement/message.h"
#include "service/measurement/samples.h"
#include "support/check.h"
#include "support/samples.h"

enum { COUNT = 30, ROOM = 4096 };

#define AT 1700000000

static const struct delivery facts = {
    .battery_ok = true,
    .signal = 31,
    .battery_level = 2900,
    .next_transmission_at = AT + 3600,
    .transfer_reason = TRANSFER_ENCLOSURE_TAMPER,
    .clock_offset = -300000,
};

static const struct sample *
samples(void)
{
    static struct sample out[COUNT];

    for (size_t i = 0; i < COUNT; i++)
        out[i] = (struct sample){
            .channel = 1, .type = 1, .at = AT + (utc_seconds)i * 60, .raw = 200 + (int64_t)i % 3
        };
    return out;
}

/* Reads the bytes; false when they are refused. *same: they are as they were written. */
typedef bool reading(const uint8_t *bytes, size_t size, bool *same);

static bool
read_message(const uint8_t *bytes, size_t size, bool *same)
{
    struct samples read = { 0 };
    struct delivery got;
    const uint8_t *series;
    size_t series_size;
    bool good = message_decode(&got, &series, &series_size, bytes, size)
                && samples_add_series(&read, series, series_size);

    *same = good && read.count == COUNT && same_samples(read.at, samples(), COUNT)
            && got.battery_ok == facts.battery_ok && got.signal == facts.signal
            && got.battery_level == facts.battery_level
            && got.next_transmission_at == facts.next_transmission_at
            && got.transfer_reason == facts.transfer_reason
            && got.clock_offset == facts.clock_offset;
    samples_clear(&read);
    return good;
}

static bool
read_block(const uint8_t *bytes, size_t size, bool *same)
{
    struct samples read = { 0 };
    bool good = samples_add_block(&read, bytes, size);

    *same = good && read.count == COUNT && same_samples(read.at, samples(), COUNT);
    samples_clear(&read);
    return good;
}

static bool
read_latest(const uint8_t *bytes, size_t size, bool *same)
{
    struct latest latest;
    bool good = latest_decode(&latest, bytes, size);

    *same = good && latest.count == 1 && same_samples(latest.at, samples() + COUNT - 1, 1);
    return good;
}

/* Each bit, each byte, each beginning of the bytes. */
static void
check_each_change(reading *read, const uint8_t *bytes, size_t size)
{
    uint8_t changed[ROOM];
    bool same;

    check(read(bytes, size, &same) && same);
    for (size_t bit = 0; bit < size * 8; bit++) {
        memcpy(changed, bytes, size);
        changed[bit / 8] ^= (uint8_t)(1U << bit % 8);
        check(!read(changed, size, &same) || same);
    }
    for (size_t at = 0; at < size; at++)
        for (unsigned value = 0; value <= UINT8_MAX; value++) {
            memcpy(changed, bytes, size);
            changed[at] = (uint8_t)value;
            check(!read(changed, size, &same) || same);
        }
    for (size_t less = 0; less < size; less++)
        check(!read(bytes, less, &same));
}

TEST(no_changed_bit_of_a_message_gives_another_one)
{
    uint8_t bytes[ROOM];

    check_each_change(read_message, bytes,
                      message_encode(bytes, sizeof bytes, &facts, samples(), COUNT));
}

TEST(no_changed_bit_of_a_block_gives_other_samples)
{
    uint8_t series[ROOM], bytes[ROOM];
    size_t size = series_encode(series, sizeof series, samples(), COUNT);

    check_each_change(read_block, bytes, compress_bytes(bytes, sizeof bytes, series, size));
}

TEST(no_changed_bit_of_a_status_gives_other_samples)
{
    struct latest latest = { .count = 0 };
    struct arena arena;
    struct call call = { .db.arena = &arena };
    struct bytes bytes;

    arena_init(&arena, ROOM);
    latest_add(&latest, samples(), COUNT, UTC_NEVER);
    check_int(latest_encode(&call, &latest, &bytes), STATUS_OK);
    check_each_change(read_latest, bytes.at, bytes.size);
    arena_clear(&arena);
}

TEST(a_message_of_an_earlier_program_is_read)
{
    uint8_t bytes[ROOM];
    bool same;
    size_t size = message_encode(bytes, sizeof bytes, &facts, samples(), COUNT) - CHECKSUM_BYTES;

    bytes[0] = 1;
    check(read_message(bytes, size, &same) && same);
}

TEST(a_block_of_an_earlier_program_is_read)
{
    static const uint8_t bytes[] = { 0x28, 0xb5, 0x2f, 0xfd, 0x20, 0x2c, 0xbd, 0x00,
                                     0x00, 0x88, 0x01, 0x1e, 0x04, 0x01, 0x1e, 0x80,
                                     0xc4, 0x9f, 0xd5, 0x0c, 0x78, 0x00, 0x1b, 0x90,
                                     0x03, 0x02, 0x02, 0x01, 0x00, 0x0d, 0xdd, 0x12 };
    bool same;

    check(read_block(bytes, sizeof bytes, &same) && same);
}

TEST(a_status_of_an_earlier_program_is_read)
{
    static const uint8_t bytes[] = { 0x01, 0x01, 0x04, 0x01, 0x01, 0x98,
                                     0xDF, 0x9F, 0xD5, 0x0C, 0x94, 0x03 };
    bool same;

    check(read_latest(bytes, sizeof bytes, &same) && same);
}

/* Tables by channel and by day have no room for them. */
TEST(samples_that_no_sensor_can_have_are_refused)
{
    static const struct sample wrong[] = {
        { .channel = 0, .type = 1, .at = AT },
        { .channel = SAMPLE_MOST_CHANNELS + 1, .type = 1, .at = AT },
        { .channel = UINT8_MAX, .type = 1, .at = AT },
        { .channel = 1, .type = 1, .at = -1 },
        { .channel = 1, .type = 1, .at = INT64_C(1) << 32 },
    };

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        uint8_t bytes[ROOM];
        struct samples read = { 0 };
        struct latest latest;
        size_t size = series_encode(bytes, sizeof bytes, &wrong[i], 1);
        check(!samples_add_series(&read, bytes, size));
        check(!latest_decode(&latest, bytes, size));
        check_int(read.count + latest.count, 0);
        samples_clear(&read);
    }
}
