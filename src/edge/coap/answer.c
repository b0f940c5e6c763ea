#include "edge/coap/answer.h"

#include <assert.h>
#include <string.h>

#include "base/varint.h"

enum {
    MOST_TEXT_BYTES = 128,
    OPTION_MOST_BYTES = 4,
    CONFIG_CURRENT_TIME = 8,
    CONFIG_TRANSFER_START = 65
};

/* ANSWER_UNAVAILABLE where nothing was stored: the sensor keeps its samples and sends them again.
 * A sensor that is unknown or has a bad token would only drain its battery that way. */
static const packet_code codes[] = {
    [INGEST_PENDING] = ANSWER_UNAVAILABLE,    [INGEST_DONE] = ANSWER_CREATED,
    [INGEST_UNKNOWN_SENSOR] = ANSWER_CREATED, [INGEST_BAD_TOKEN] = ANSWER_CREATED,
    [INGEST_TRY_AGAIN] = ANSWER_UNAVAILABLE,
};
_Static_assert(sizeof codes / sizeof codes[0] == INGEST_VERDICT_COUNT,
               "every verdict has an answer");
_Static_assert(PACKET_HEADER_BYTES + PACKET_MOST_TOKEN_BYTES + OPTION_MOST_BYTES + 1
                       + MOST_TEXT_BYTES
                   <= ANSWER_MOST_BYTES,
               "the longest answer fits");

static void
put_acknowledgement(struct answer *out, const struct packet_id *to, packet_code code)
{
    out->size = packet_write_header(out->bytes, PACKET_ACK, code, to);
}

/* The only option of an answer. Its number is at least 13, so its delta takes one more byte. */
static void
put_option(struct answer *out, unsigned number, uint32_t value)
{
    unsigned size = value > 0xFF ? 2 : value > 0;

    assert(number >= 13 && number < 13 + 256 && value <= UINT16_MAX);
    out->bytes[out->size++] = (uint8_t)(13 << 4 | size);
    out->bytes[out->size++] = (uint8_t)(number - 13);
    if (size == 2)
        out->bytes[out->size++] = (uint8_t)(value >> 8);
    if (size > 0)
        out->bytes[out->size++] = (uint8_t)value;
}

static void
put_block1(struct answer *out, const struct packet_id *to)
{
    if (to->has_block1)
        put_option(out, PACKET_OPTION_BLOCK1, to->block1_size);
}

static void
put_payload(struct answer *out, const void *bytes, size_t size)
{
    out->bytes[out->size++] = PACKET_PAYLOAD_MARKER;
    memcpy(out->bytes + out->size, bytes, size);
    out->size += size;
}

/* Writes a field of Config. All fields that we send are uint32. */
static size_t
write_field(uint8_t *out, unsigned field, utc_seconds value)
{
    size_t size = varint_write(out, field << 3);

    return size + varint_write(out + size, (uint32_t)value);
}

void
answer_verdict(struct answer *out, const struct packet_id *to, enum ingest_verdict verdict,
               utc_seconds now, utc_seconds transfer_start)
{
    assert((unsigned)verdict < INGEST_VERDICT_COUNT);
    packet_code code = codes[verdict];

    put_acknowledgement(out, to, code);
    if (code == ANSWER_CREATED) {
        uint8_t config[4 * VARINT_MOST_BYTES];
        size_t size = write_field(config, CONFIG_CURRENT_TIME, now);

        if (transfer_start)
            size += write_field(config + size, CONFIG_TRANSFER_START, transfer_start);
        put_block1(out, to);
        put_payload(out, config, size);
    } else {
        put_option(out, PACKET_OPTION_MAX_AGE, ANSWER_MAX_AGE_SECONDS);
    }
}

void
answer_time(struct answer *out, const struct packet_id *to, utc_seconds now)
{
    const uint8_t seconds[4] = { (uint8_t)(now >> 24), (uint8_t)(now >> 16), (uint8_t)(now >> 8),
                                 (uint8_t)now };

    put_acknowledgement(out, to, ANSWER_CONTENT);
    put_block1(out, to);
    put_payload(out, seconds, sizeof seconds);
}

void
answer_refusal(struct answer *out, const struct packet_id *to, packet_code code, const char *text)
{
    size_t length = strnlen(text, MOST_TEXT_BYTES);

    put_acknowledgement(out, to, code);
    if (code == ANSWER_TOO_LARGE)
        put_option(out, PACKET_OPTION_SIZE1, ANSWER_LARGEST_BYTES);
    if (length)
        put_payload(out, text, length);
}

void
answer_reset(struct answer *out, uint16_t message_id)
{
    const struct packet_id to = { .message_id = message_id };

    out->size = packet_write_header(out->bytes, PACKET_RST, PACKET_EMPTY, &to);
}
