#include "edge/coap/answer.h"

#include <assert.h>
#include <string.h>

#include "base/varint.h"

enum { MOST_TEXT_BYTES = 128, CONFIG_CURRENT_TIME = 8, CONFIG_TRANSFER_START = 65 };

static const packet_code codes[] = {
    [INGEST_PENDING] = ANSWER_UNAVAILABLE,    [INGEST_DONE] = ANSWER_CREATED,
    [INGEST_UNKNOWN_SENSOR] = ANSWER_CREATED, /* or it would drain its battery by repeating */
    [INGEST_BAD_TOKEN] = ANSWER_CREATED,      [INGEST_TRY_AGAIN] = ANSWER_UNAVAILABLE,
};

/* A new verdict without an answer does not compile. */
_Static_assert(sizeof codes / sizeof codes[0] == INGEST_VERDICT_COUNT,
               "every verdict has an answer");
_Static_assert(PACKET_HEADER_BYTES + PACKET_MOST_TOKEN_BYTES + 1 + MOST_TEXT_BYTES
                   <= ANSWER_MOST_BYTES,
               "the longest answer fits");

/* ANSWER_UNAVAILABLE for what was not stored, so that the sensor keeps its samples and sends them
 * again. */
static packet_code
answer_code_of(enum ingest_verdict verdict)
{
    assert((unsigned)verdict < INGEST_VERDICT_COUNT);
    return codes[verdict];
}

/* Header and token of an acknowledgement. */
static void
answer_begin(struct answer *out, const struct answer_to *to, packet_code code)
{
    out->bytes[0] = (uint8_t)(1 << 6 | PACKET_ACK << 4 | to->token_size);
    out->bytes[1] = code;
    out->bytes[2] = (uint8_t)(to->message_id >> 8);
    out->bytes[3] = (uint8_t)to->message_id;
    memcpy(out->bytes + PACKET_HEADER_BYTES, to->token, to->token_size);
    out->size = PACKET_HEADER_BYTES + (size_t)to->token_size;
}

static void
put_payload(struct answer *out, const void *bytes, size_t size)
{
    out->bytes[out->size++] = PACKET_PAYLOAD_MARKER;
    memcpy(out->bytes + out->size, bytes, size);
    out->size += size;
}

/* A field of Config; all that we send are uint32. */
static size_t
write_field(uint8_t *out, unsigned field, utc_seconds value)
{
    size_t size = varint_write(out, field << 3);

    return size + varint_write(out + size, (uint32_t)value);
}

void
answer_verdict(struct answer *out, const struct answer_to *to, enum ingest_verdict verdict,
               utc_seconds now, utc_seconds transfer_start)
{
    packet_code code = answer_code_of(verdict);

    answer_begin(out, to, code);
    if (code == ANSWER_CREATED) {
        uint8_t config[4 * VARINT_MOST_BYTES];
        size_t size = write_field(config, CONFIG_CURRENT_TIME, now);

        if (transfer_start)
            size += write_field(config + size, CONFIG_TRANSFER_START, transfer_start);
        put_payload(out, config, size);
    } else {
        /* Option 14 as the first one: a delta of 13 + 1, one byte long. */
        out->bytes[out->size++] = 0xD1;
        out->bytes[out->size++] = PACKET_OPTION_MAX_AGE - 13;
        out->bytes[out->size++] = ANSWER_MAX_AGE_SECONDS;
    }
}

void
answer_time(struct answer *out, const struct answer_to *to, utc_seconds now)
{
    const uint8_t seconds[4] = { (uint8_t)(now >> 24), (uint8_t)(now >> 16), (uint8_t)(now >> 8),
                                 (uint8_t)now };

    answer_begin(out, to, ANSWER_CONTENT);
    put_payload(out, seconds, sizeof seconds);
}

void
answer_refusal(struct answer *out, const struct answer_to *to, packet_code code, const char *text)
{
    size_t length = strnlen(text, MOST_TEXT_BYTES);

    answer_begin(out, to, code);
    if (length)
        put_payload(out, text, length);
}

void
answer_reset(struct answer *out, uint16_t message_id)
{
    out->bytes[0] = 1 << 6 | PACKET_RST << 4;
    out->bytes[1] = PACKET_EMPTY;
    out->bytes[2] = (uint8_t)(message_id >> 8);
    out->bytes[3] = (uint8_t)message_id;
    out->size = PACKET_HEADER_BYTES;
}
