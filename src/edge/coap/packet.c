#include "edge/coap/packet.h"

#include <string.h>

#include "base/text.h"

/* A 4-bit field of an option: 13 means that one byte follows, 14 means two. */
enum { ONE_BYTE_MORE = 13, TWO_BYTES_MORE = 14, TWO_BYTES_FROM = 269 };

enum { BLOCK_SIZE_RESERVED = 7 };

/* The number and the length of an option have this form. False: a reserved value, or cut short. */
static bool
read_extended(uint32_t *out, unsigned nibble, const uint8_t **at, const uint8_t *end)
{
    const uint8_t *bytes = *at;

    if (nibble < ONE_BYTE_MORE) {
        *out = nibble;
        return true;
    }
    if (nibble == ONE_BYTE_MORE && end - bytes >= 1) {
        *out = bytes[0] + 13U;
        *at = bytes + 1;
        return true;
    }
    if (nibble == TWO_BYTES_MORE && end - bytes >= 2) {
        *out = ((uint32_t)bytes[0] << 8 | bytes[1]) + TWO_BYTES_FROM;
        *at = bytes + 2;
        return true;
    }
    return false;
}

static void
read_block(struct packet *out, const uint8_t *bytes, size_t size)
{
    uint32_t value = 0;

    if (size > 3)
        return;
    for (size_t i = 0; i < size; i++)
        value = value << 8 | bytes[i];
    if (value >> 3 != 0) {
        out->part = PACKET_FRAGMENT;
    } else if (value == BLOCK_SIZE_RESERVED) {
        out->part = out->part == PACKET_WHOLE ? PACKET_BAD_BLOCK : out->part;
    } else {
        out->id.has_block1 = true;
        out->id.block1_size = (uint8_t)value;
    }
}

static bool
is_proxy_scheme(const uint8_t *bytes, size_t size)
{
    static const char *const schemes[] = { "coap", "coaps",   "coap+tcp", "coaps+tcp",
                                           "http", "coap+ws", "coaps+ws", "https" };
    enum { COUNT = sizeof schemes / sizeof *schemes };

    for (size_t i = 0; i < COUNT; i++)
        if (text_equal_nocase((const char *)bytes, size, schemes[i]))
            return true;
    return false;
}

static void
read_option(struct packet *out, uint32_t number, const uint8_t *bytes, size_t size)
{
    switch (number) {
    case PACKET_OPTION_URI_PATH:
        if (out->path_size < PACKET_MOST_SEGMENTS)
            out->path[out->path_size] = (struct packet_segment){ bytes, size };
        out->path_size++;
        return;
    case PACKET_OPTION_BLOCK1:
    case PACKET_OPTION_Q_BLOCK1:
        read_block(out, bytes, size);
        return;
    case PACKET_OPTION_PROXY_URI:
        out->is_for_proxy = out->is_for_proxy || (size > 3 && memmem(bytes, size, "://", 3));
        return;
    case PACKET_OPTION_PROXY_SCHEME:
        out->is_for_proxy = out->is_for_proxy || is_proxy_scheme(bytes, size);
        return;
    default:
        return;
    }
}

/* Reads the options, the marker and the payload. */
static bool
read_rest(struct packet *out, const uint8_t *at, const uint8_t *end)
{
    uint32_t number = 0;

    while (at < end && *at != PACKET_PAYLOAD_MARKER) {
        uint32_t delta, length;
        unsigned head = *at++;

        if (!read_extended(&delta, head >> 4, &at, end)
            || !read_extended(&length, head & 0x0F, &at, end))
            return false;
        number += delta;
        if (number > UINT16_MAX || length > (size_t)(end - at))
            return false;
        read_option(out, number, at, length);
        at += length;
    }
    if (at == end)
        return true;
    out->payload = at + 1;
    out->payload_size = (size_t)(end - at) - 1;
    return out->payload_size > 0; /* a marker with nothing behind it is a format error */
}

enum packet_verdict
packet_parse(struct packet *out, const uint8_t *bytes, size_t size)
{
    if (size < PACKET_HEADER_BYTES || bytes[0] >> 6 != 1)
        return PACKET_FOREIGN;

    unsigned token_size = bytes[0] & 0x0F;

    out->type = (enum packet_type)(bytes[0] >> 4 & 3);
    out->code = bytes[1];
    out->id.message_id = (uint16_t)(bytes[2] << 8 | bytes[3]);
    out->id.token_size = 0;
    out->id.has_block1 = false;
    out->path_size = 0;
    out->part = PACKET_WHOLE;
    out->is_for_proxy = false;
    out->payload = NULL;
    out->payload_size = 0;
    if (token_size > PACKET_MOST_TOKEN_BYTES || token_size > size - PACKET_HEADER_BYTES)
        return PACKET_BAD_TOKEN;
    out->id.token_size = (uint8_t)token_size;
    memcpy(out->id.token, bytes + PACKET_HEADER_BYTES, token_size);
    if (out->code == PACKET_EMPTY)
        return size == PACKET_HEADER_BYTES ? PACKET_READ : PACKET_BAD_OPTION;
    if (!read_rest(out, bytes + PACKET_HEADER_BYTES + token_size, bytes + size))
        return PACKET_BAD_OPTION;
    return PACKET_READ;
}

size_t
packet_write_header(uint8_t *out, enum packet_type type, packet_code code,
                    const struct packet_id *id)
{
    out[0] = (uint8_t)(1 << 6 | (int)type << 4 | id->token_size);
    out[1] = code;
    out[2] = (uint8_t)(id->message_id >> 8);
    out[3] = (uint8_t)id->message_id;
    memcpy(out + PACKET_HEADER_BYTES, id->token, id->token_size);
    return PACKET_HEADER_BYTES + (size_t)id->token_size;
}

/* Writes one Uri-Path option. Returns its size, or 0 when it does not fit. */
static size_t
write_segment(uint8_t *out, size_t room, bool first, const char *text, size_t length)
{
    size_t head = length < ONE_BYTE_MORE ? 1 : 2;

    if (length > 32 || room < head + length)
        return 0;
    out[0] = (uint8_t)((first ? PACKET_OPTION_URI_PATH << 4 : 0)
                       | (head == 1 ? (int)length : ONE_BYTE_MORE));
    if (head == 2)
        out[1] = (uint8_t)(length - ONE_BYTE_MORE);
    memcpy(out + head, text, length);
    return head + length;
}

size_t
packet_write_request(uint8_t *out, size_t room, const struct packet *header, const char *path)
{
    if (room < PACKET_HEADER_BYTES + (size_t)header->id.token_size)
        return 0;

    size_t size = packet_write_header(out, header->type, header->code, &header->id);
    for (bool first = true; *path; first = false) {
        size_t length = strcspn(path, "/");
        size_t written = write_segment(out + size, room - size, first, path, length);

        if (!written)
            return 0;
        size += written;
        path += length + (path[length] == '/');
    }
    return size;
}
