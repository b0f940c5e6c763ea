/*
 * packet.h - one CoAP message of a datagram: header, token, path, payload.
 *
 * RFC 7252, section 3. Written by hand: docs/decisions/0001-coap-codec.md says
 * why, and tests/fuzz/fuzz_coap.c holds it against libcoap's verdict.
 */
#ifndef EDGE_COAP_PACKET_H
#define EDGE_COAP_PACKET_H

#include <stddef.h>
#include <stdint.h>

enum packet_type { PACKET_CON, PACKET_NON, PACKET_ACK, PACKET_RST };

/* A code as it stands in the message: class in the top three bits. */
typedef uint8_t packet_code;

#define PACKET_CODE(class, detail) ((packet_code)((class) << 5 | (detail)))

enum {
    PACKET_EMPTY = PACKET_CODE(0, 0),
    PACKET_GET = PACKET_CODE(0, 1),
    PACKET_POST = PACKET_CODE(0, 2),
};

enum {
    PACKET_HEADER_BYTES = 4,
    PACKET_MOST_TOKEN_BYTES = 8,
    PACKET_PAYLOAD_MARKER = 0xFF,
    PACKET_OPTION_URI_PATH = 11,
    PACKET_OPTION_MAX_AGE = 14,
    PACKET_MOST_SEGMENTS = 8, /* of a path; more are counted but not kept */
    PACKET_MOST_BYTES = 1500, /* of a datagram */
};

struct packet_segment {
    const uint8_t *bytes;
    size_t size;
};

struct packet {
    enum packet_type type;
    packet_code code;
    uint16_t message_id;
    uint8_t token[PACKET_MOST_TOKEN_BYTES];
    uint8_t token_size;
    struct packet_segment path[PACKET_MOST_SEGMENTS];
    size_t path_size;       /* number of Uri-Path options, also beyond PACKET_MOST_SEGMENTS */
    const uint8_t *payload; /* in the datagram; NULL when there is none */
    size_t payload_size;
};

enum packet_verdict {
    PACKET_READ,
    PACKET_FOREIGN,    /* not CoAP version 1, or no whole header: nothing of *out is set */
    PACKET_BAD_TOKEN,  /* type, code and message id are set */
    PACKET_BAD_OPTION, /* those and the token are set; or the message should have been empty */
};

/* Reads the message. Options of any number and length are passed over: devices
 * may be set to send a token in any. What *out points to is in `bytes`. */
enum packet_verdict packet_parse(struct packet *out, const uint8_t *bytes, size_t size);

/* Writes a request without payload for `path`, whose segments are parted by '/'.
 * Returns the bytes written; 0 when `room` is too small. The path is at most 32 bytes. */
size_t packet_write_request(uint8_t *out, size_t room, const struct packet *header,
                            const char *path);

#endif
