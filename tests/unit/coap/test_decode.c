#include <stdlib.h>
#include <string.h>

#include "edge/coap/decode.h"
#include "edge/coap/frame.h"
#include "hex.h"
#include "support/check.h"

#define SERIAL "0a06282c02424eed"

static struct arena arena;
static struct fault fault;

static enum status
decode(struct delivery *out, enum delivery_kind kind, const uint8_t *bytes, size_t size)
{
    struct decoder *decoder = decoder_open();

    arena_clear(&arena);
    arena_init(&arena, 1 << 20);
    *out = (struct delivery){ .kind = kind, .payload = bytes, .payload_size = size };
    enum status status = decode_delivery(out, decoder, &arena, &fault);
    decoder_close(decoder);
    return status;
}

static enum status
decode_hex(struct delivery *out, enum delivery_kind kind, const char *text)
{
    static struct bytes bytes;

    bytes = from_hex(text);
    return decode(out, kind, bytes.at, bytes.size);
}

/* "channel/type @at kind raw; ..." */
static const char *
samples_text(const struct delivery *delivery)
{
    static const char kinds[] = {
        [SAMPLE_VALUE] = 'v', [SAMPLE_STATE] = 's', [SAMPLE_ERROR] = 'e'
    };
    static char text[4096];

    text[0] = 0;
    for (size_t i = 0; i < delivery->sample_count; i++) {
        const struct sample *sample = &delivery->samples[i];
        size_t at = strlen(text);

        snprintf(text + at, sizeof text - at, "%s%d/%d @%lld %c%lld", i ? "; " : "",
                 sample->channel, sample->type, (long long)sample->at, kinds[sample->kind],
                 (long long)sample->raw);
    }
    return text;
}

/* Timestamp 1000 is "10e807"; period base 60 is "183c". */
static const struct {
    const char *row, *payload, *want; /* NULL: not decodable */
} rows[] = {
    { "no channels", SERIAL, "" },
    { "one value", SERIAL "183c 2208 0801 10e807 2a0100", "1/1 @1000 v0" },
    { "start point and offsets", SERIAL "183c 220e 0801 10e807 20c801 2a0400010203",
      "1/1 @1000 v100; 1/1 @1060 v99; 1/1 @1120 v101; 1/1 @1180 v98" },
    { "unpacked offsets", SERIAL "183c 2209 0801 10e807 2800 2802", "1/1 @1000 v0; 1/1 @1060 v1" },
    { "packed and unpacked", SERIAL "183c 220a 0801 10e807 2a0100 2802",
      "1/1 @1000 v0; 1/1 @1060 v1" },
    { "period factor", SERIAL "183c 4003 2209 0801 10e807 2a020000", "1/1 @1000 v0; 1/1 @1180 v0" },
    { "factor 14 beside a binary one",
      SERIAL "183c 2209 0801 10e807 2a020000 2208 0805 10e807 2a0102",
      "1/1 @1000 v0; 1/1 @1840 v0; 2/5 @1000 s1" },
    { "binary states", SERIAL "183c 220a 0807 10e807 2a03021103",
      "1/7 @1000 s1; 1/7 @1008 s0; 1/7 @1001 s0" },
    { "a binary offset of 0 is passed over", SERIAL "2209 0805 10e807 2a020002", "1/5 @1000 s1" },
    { "first error code", SERIAL "220b 0801 10e807 2a048080fc07", "1/1 @1000 e8355840" },
    { "last value below", SERIAL "220b 0801 10e807 2a04fefffb07", "1/1 @1000 v8355839" },
    { "last error code", SERIAL "220b 0801 10e807 2a04feffff07", "1/1 @1000 e8388607" },
    { "first value above", SERIAL "220b 0801 10e807 2a0480808008", "1/1 @1000 v8388608" },
    { "an error of a binary channel", SERIAL "220b 0805 10e807 2a04feffff07",
      "1/5 @1000 e8388607" },
    { "empty channels keep their place",
      SERIAL "2200 2208 0801 10e807 2a0100 2200 2208 0802 10e807 2a0102",
      "2/1 @1000 v0; 4/2 @1000 v1" },
    { "no sensor, yet offsets", SERIAL "2206 10e807 2a0100", "" },
    { "a shared modem has no samples", SERIAL "2208 081f 10e807 2a0100", "" },
    { "an unknown type", SERIAL "2208 084d 10e807 2a0104", "1/77 @1000 v2" },
    { "type 65535", SERIAL "220a 08ffff03 10e807 2a0104", "1/65535 @1000 v2" },
    { "type 65536 + 1", SERIAL "220a 08818004 10e807 2a0104", "1/65537 @1000 v2" },
    { "the highest type", SERIAL "220c 08ffffffff07 10e807 2a0104", "1/2147483647 @1000 v2" },
    { "type -1", SERIAL "2211 08ffffffffffffffffff01 10e807 2a0104", "1/-1 @1000 v2" },
    { "the lowest type", SERIAL "2211 0880808080f8ffffffff01 10e807 2a0104",
      "1/-2147483648 @1000 v2" },
    { "several samples without a period", SERIAL "2209 0801 10e807 2a020000", NULL },
    { "with a base of 0", SERIAL "1800 2209 0801 10e807 2a020000", NULL },
    { "with a factor alone", SERIAL "4005 2209 0801 10e807 2a020000", NULL },
    { "of an unknown type", SERIAL "2209 084d 10e807 2a020000", NULL },
    { "of the second channel", SERIAL "2200 2209 0801 10e807 2a020000", NULL },
    { "one sample a channel needs none", SERIAL "2208 0801 10e807 2a0100 2208 0802 10e807 2a0102",
      "1/1 @1000 v0; 2/2 @1000 v1" },
    { "states need none", SERIAL "2209 0805 10e807 2a020203", "1/5 @1000 s1; 1/5 @1001 s0" },
    { "nor does a channel without sensor", SERIAL "2209 081f 10e807 2a020000", "" },
    { "a factor of 0 is none", SERIAL "183c 4000 2209 0801 10e807 2a020000",
      "1/1 @1000 v0; 1/1 @1060 v0" },
    { "an absent start point is 0", SERIAL "183c 2208 0801 10e807 2a0106", "1/1 @1000 v3" },
    { "an absent timestamp is 1970", SERIAL "183c 2205 0801 2a0106", "1/1 @0 v3" },
    { "six channels", SERIAL "2200 2200 2200 2200 2200 2208 0801 10e807 2a0100", "6/1 @1000 v0" },
    { "seven channels", SERIAL "2200 2200 2200 2200 2200 2200 2200", NULL },
    { "unknown fields", SERIAL "b80601 c20602abcd 220b 0801 10e807 2a0100 f80701", "1/1 @1000 v0" },
    { "before 1970", SERIAL "2210 0801 10ffffffffffffffffff01 2a0100", "1/1 @-1 v0" },
    { "lowest start and offset", SERIAL "2212 0801 10e807 20ffffffff0f 2a05ffffffff0f",
      "1/1 @1000 v-4294967296" },
    { "lowest binary offset", SERIAL "220c 0805 10e807 2a05ffffffff0f", "1/5 @2147484647 s0" },
    { "the longest period", SERIAL "18ffffffff0f 4001 220a 0801 10e807 2a03000000",
      "1/1 @1000 v0; 1/1 @4294967295 v0; 1/1 @4294967295 v0" },
    { "a longer period", SERIAL "18ffffffff0f 4002", NULL },
    { "empty payload", "", NULL },
    { "no serial", "1001", NULL },
    { "four bytes of serial", "0a04282c0242", NULL },
    { "seven bytes of serial", "0a07282c02424eed01", NULL },
    { "cut short", SERIAL "2208 0801 10e807 2a01", NULL },
    { "no protobuf", "ffffffff", NULL },
    { "a group", SERIAL "0b0c", NULL },
    { "fixed width where a varint stands", SERIAL "1d00000000", NULL },
    { "the longest token",
      SERIAL "820124"
             "313131313131313131313131313131313131313131313131313131313131313131313131",
      "" },
    { "a token too long",
      SERIAL "820125"
             "31313131313131313131313131313131313131313131313131313131313131313131313131",
      NULL },
    { "a token with NUL", SERIAL "820102 3100", NULL },
};

TEST(decode_reads_each_row)
{
    struct delivery delivery;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum status status = decode_hex(&delivery, DELIVERY_MEASUREMENTS, rows[i].payload);

        check_row(rows[i].row);
        check_int(status, rows[i].want ? STATUS_OK : STATUS_MALFORMED);
        if (!status && rows[i].want)
            check_text(samples_text(&delivery), rows[i].want);
        if (status)
            check(fault.reason[0] != 0);
    }
    arena_clear(&arena);
}

TEST(decode_tells_what_a_sensor_says_of_itself)
{
    struct delivery delivery;
    char serial[SERIAL_TEXT_SIZE];

    check_int(decode_hex(&delivery, DELIVERY_MEASUREMENTS,
                         SERIAL "1001 183c 28e807 3018 383f 4002 8201026162 9001aa13"),
              STATUS_OK);
    serial_format(serial, delivery.serial);
    check_text(serial, "282C02424EED");
    check(delivery.battery_ok);
    check_int(delivery.period_seconds, 120);
    check_int(delivery.next_transmission_at, 1000);
    check_int(delivery.transfer_reason, 24);
    check_int(delivery.signal, 63);
    check_int(delivery.battery_level, 2474);
    check_text(delivery.cloud_token, "ab");
    check_int(delivery.payload_size, 30);

    check_int(decode_hex(&delivery, DELIVERY_MEASUREMENTS, SERIAL), STATUS_OK);
    check(!delivery.battery_ok);
    check_int(delivery.signal, SIGNAL_UNKNOWN);
    check_int(delivery.next_transmission_at, 0);
    check_int(delivery.battery_level, 0);
    check_text(delivery.cloud_token, "");
    check_int(decode_hex(&delivery, DELIVERY_MEASUREMENTS, SERIAL "3800"), STATUS_OK);
    check_int(delivery.signal, 0);
    check_int(decode_hex(&delivery, DELIVERY_MEASUREMENTS, SERIAL "383f 3800"), STATUS_OK);
    check_int(delivery.signal, 0); /* the last one counts */
    check_int(decode_hex(&delivery, DELIVERY_MEASUREMENTS, SERIAL "3840"), STATUS_OK);
    check_int(delivery.signal, SIGNAL_UNKNOWN);
    arena_clear(&arena);
}

TEST(decode_finds_serial_and_token_of_reports)
{
    static const struct {
        const char *row, *payload;
        enum delivery_kind kind;
        enum status want;
    } reports[] = {
        { "device info", SERIAL "188a0c 82010161", DELIVERY_DEVICE_INFO, STATUS_OK },
        { "with runtime and modem", SERIAL "6a04 0805 1802 7204 0804 1200 82010161",
          DELIVERY_DEVICE_INFO, STATUS_OK },
        { "config", "103c ca0106282c02424eed c2010161", DELIVERY_CONFIG, STATUS_OK },
        { "config with the serial of measurements", SERIAL "82010161", DELIVERY_CONFIG,
          STATUS_MALFORMED },
        { "device info without a serial", "188a0c", DELIVERY_DEVICE_INFO, STATUS_MALFORMED },
    };

    for (size_t i = 0; i < sizeof reports / sizeof reports[0]; i++) {
        struct delivery delivery;
        char serial[SERIAL_TEXT_SIZE];

        check_row(reports[i].row);
        check_int(decode_hex(&delivery, reports[i].kind, reports[i].payload), reports[i].want);
        if (reports[i].want)
            continue;
        serial_format(serial, delivery.serial);
        check_int(delivery.kind, reports[i].kind);
        check_text(serial, "282C02424EED");
        check_text(delivery.cloud_token, "a");
        check_int(delivery.sample_count, 0);
    }
    arena_clear(&arena);
}

TEST(decode_finds_the_enclosure_of_a_device_info)
{
    struct delivery delivery;

    check_int(decode_hex(&delivery, DELIVERY_DEVICE_INFO, SERIAL), STATUS_OK);
    check_int(delivery.enclosure, ENCLOSURE_CLOSED);
    check_int(decode_hex(&delivery, DELIVERY_DEVICE_INFO, SERIAL "980101"), STATUS_OK);
    check_int(delivery.enclosure, ENCLOSURE_OPEN);
    check_int(decode_hex(&delivery, DELIVERY_DEVICE_INFO, SERIAL "980102"), STATUS_OK);
    check_int(delivery.enclosure, ENCLOSURE_WAS_OPEN);
    check_int(decode_hex(&delivery, DELIVERY_DEVICE_INFO, SERIAL "980103"), STATUS_OK);
    check_int(delivery.enclosure, ENCLOSURE_CLOSED); /* a state that is not known */
    check_int(decode_hex(&delivery, DELIVERY_MEASUREMENTS, SERIAL "3080808003"), STATUS_OK);
    check_int(delivery_tamper(&delivery), TAMPER_PIN | TAMPER_ENCLOSURE);
    arena_clear(&arena);
}

TEST(decode_tells_the_parts_of_a_configuration)
{
    static const struct {
        const char *row, *field;
        int part; /* -1: not decodable */
        bool is_last;
    } parts[] = {
        { "absent", "", 0, false },
        { "0", "e00200", 0, false },
        { "-1", "e00201", 1, false },
        { "1, the only one", "e00202", 0, false },
        { "2, the last", "e00204", 2, true },
        { "-2", "e00203", 2, false },
        { "8, the last", "e00210", 8, true },
        { "-8", "e0020f", 8, false },
        { "9", "e00212", -1, false },
        { "-9", "e00211", -1, false },
        { "-2^31", "e002ffffffff0f", -1, false },
    };

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        struct delivery delivery;
        char text[80];

        snprintf(text, sizeof text, "ca0106282c02424eed %s", parts[i].field);
        check_row(parts[i].row);
        check_int(decode_hex(&delivery, DELIVERY_CONFIG, text),
                  parts[i].part < 0 ? STATUS_MALFORMED : STATUS_OK);
        if (parts[i].part < 0)
            continue;
        check_int(delivery.part, parts[i].part);
        check_int(delivery.is_last_part, parts[i].is_last);
    }
    arena_clear(&arena);
}

/* The payload that costs most memory: nothing but the shortest fields. */
TEST(decode_holds_its_limits)
{
    static uint8_t bytes[DECODE_MOST_BYTES + 1];
    struct delivery delivery;
    struct bytes serial = from_hex(SERIAL);

    memcpy(bytes, serial.at, serial.size);
    for (size_t i = serial.size; i < sizeof bytes; i++)
        bytes[i] = i % 2 ? 0x00 : 0x78; /* field 15: unknown */
    check_int(decode(&delivery, DELIVERY_MEASUREMENTS, bytes, DECODE_MOST_BYTES), STATUS_OK);
    check_int(decode(&delivery, DELIVERY_MEASUREMENTS, bytes, DECODE_MOST_BYTES + 1),
              STATUS_TOO_LARGE);

    for (size_t i = serial.size; i < sizeof bytes; i++)
        bytes[i] = i % 2 ? 0x00 : 0x22; /* empty channels */
    check_int(decode(&delivery, DELIVERY_MEASUREMENTS, bytes, DECODE_MOST_BYTES), STATUS_MALFORMED);
    check_text(fault.field, "channels");
    arena_clear(&arena);
}

TEST(decode_reads_the_fullest_message)
{
    static uint8_t bytes[DECODE_MOST_BYTES];
    static int32_t zeros[DECODE_MOST_BYTES];
    struct frame_channel channel = {
        .type = 1, .timestamp = 1000, .offsets = zeros, .offset_count = DECODE_MOST_BYTES - 24
    };
    struct frame frame = {
        .serial = serial_from_number(7), .channels = &channel, .channel_count = 1, .period_base = 1
    };
    struct delivery delivery;
    size_t size = frame_encode(bytes, sizeof bytes, &frame);

    check(size > DECODE_MOST_BYTES - 16);
    check_int(decode(&delivery, DELIVERY_MEASUREMENTS, bytes, size), STATUS_OK);
    check_int(delivery.sample_count, channel.offset_count);
    check_int(delivery.samples[delivery.sample_count - 1].at,
              1000 + (int64_t)channel.offset_count - 1);
    arena_clear(&arena);
}

TEST(decode_says_when_the_samples_do_not_fit)
{
    struct bytes bytes = from_hex(SERIAL "183c 2209 0801 10e807 2a020000");
    struct decoder *decoder = decoder_open();
    struct delivery delivery = { .payload = bytes.at, .payload_size = bytes.size };
    struct arena small;

    arena_init(&small, sizeof(struct sample));
    check_int(decode_delivery(&delivery, decoder, &small, &fault), STATUS_TOO_LARGE);
    arena_clear(&small);
    decoder_close(decoder);
}

TEST(decode_gives_back_what_frame_encodes)
{
    static const int32_t offsets[] = { 0, -1, 5, 8388607, INT32_MIN, INT32_MAX };
    const struct frame_channel channels[] = {
        { .type = 1,
          .timestamp = 1700000000,
          .start_point = -40,
          .offsets = offsets,
          .offset_count = 6 },
        { .type = 0 },
        { .type = 2,
          .timestamp = 1700000000,
          .start_point = 44,
          .offsets = offsets,
          .offset_count = 2 },
    };
    struct frame frame = {
        .serial = serial_from_number(UINT64_C(0x282C02424EED)),
        .battery_ok = true,
        .period_base = 60,
        .period_factor = 5,
        .next_transmission_at = 1700003600,
        .transfer_reason = 9,
        .signal = 31,
        .battery_level = 2160,
        .cloud_token = "secret",
        .channels = channels,
        .channel_count = 3,
    };
    uint8_t bytes[256];
    struct delivery delivery;
    size_t size = frame_encode(bytes, sizeof bytes, &frame);

    check_int(decode(&delivery, DELIVERY_MEASUREMENTS, bytes, size), STATUS_OK);
    check_int(serial_number(delivery.serial), serial_number(frame.serial));
    check_int(delivery.period_seconds, 300);
    check_text(delivery.cloud_token, "secret");
    check_text(
        samples_text(&delivery),
        "1/1 @1700000000 v-40; 1/1 @1700000300 v-41; 1/1 @1700000600 v-35; "
        "1/1 @1700000900 e8388607; 1/1 @1700001200 v-2147483688; 1/1 @1700001500 v2147483607; "
        "3/2 @1700000000 v44; 3/2 @1700000300 v43");
    for (size_t room = 0; room < size; room++)
        check_int(frame_encode(bytes, room, &frame), 0);
    arena_clear(&arena);
}
