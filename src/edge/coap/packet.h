/*
 * packet.h - one CoAP message of a datagram: header, token, path, payload.
 *
 * RFC 7252, section 3. docs/decisions/0001-coap-codec.md says why no library does this.
 * tests/fuzz/fuzz_coap.c compares it with libcoap.
 */
#ifndef EDGE_COAP_PACKET_H
#define EDGE_COAP_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum packet_type { PACKET_CON, PACKET_NON, PACKET_ACK, PACKET_RST };

/* As in the message: the class is in the top three bits. */
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
    PACKET_OPTION_Q_BLOCK1 = 19, /* RFC 9177; its values are those of Block1 */
    PACKET_OPTION_BLOCK1 = 27,   /* RFC 7959 */
    PACKET_OPTION_PROXY_URI = 35,
    PACKET_OPTION_PROXY_SCHEME = 39,
    PACKET_OPTION_SIZE1 = 60,
    PACKET_MOST_SEGMENTS = 8, /* of a path; further ones are only counted */
    PACKET_MOST_BYTES = 1500, /* of a datagram */
};

struct packet_segment {
    const uint8_t *bytes;
    size_t size;
};

/* An answer repeats these of its request. */
struct packet_id {
    uint16_t message_id;
    uint8_t token_size;
    uint8_t token[PACKET_MOST_TOKEN_BYTES];
    bool has_block1;     /* the request says that it is whole: Block1 number 0, no more */
    uint8_t block1_size; /* its SZX */
};

/* The part of a request that a datagram holds: RFC 7959, section 2.2. */
enum packet_part {
    PACKET_WHOLE,
    PACKET_FRAGMENT,  /* Block1: more follow, or its number is above 0 */
    PACKET_BAD_BLOCK, /* Block1 with the reserved size 7 */
};

struct packet {
    enum packet_type type;
    packet_code code;
    struct packet_id id;
    struct packet_segment path[PACKET_MOST_SEGMENTS];
    size_t path_size; /* all Uri-Path options, even more than PACKET_MOST_SEGMENTS */
    enum packet_part part;
    bool is_for_proxy;      /* asks to be forwarded: Proxy-Uri or Proxy-Scheme */
    const uint8_t *payload; /* in the datagram; NULL when there is none */
    size_t payload_size;
};

enum packet_verdict {
    PACKET_READ,
    PACKET_FOREIGN,    /* not CoAP version 1, or the header is cut short: *out is not set */
    PACKET_BAD_TOKEN,  /* type, code and message id are set */
    PACKET_BAD_OPTION, /* the token is set too; also an empty message with more bytes */
};

/* Reads the message. Skips other options of any number and length: a device may be configured to
 * send a token in any option. So an option counts only with a value that it can have: Block1 with
 * at most 3 bytes, Proxy-Uri with "://", Proxy-Scheme with a scheme of CoAP or HTTP. The pointers
 * in *out point into `bytes`. */
enum packet_verdict packet_parse(struct packet *out, const uint8_t *bytes, size_t size);

/* Writes the header and the token. Returns the bytes written: at most PACKET_HEADER_BYTES +
 * PACKET_MOST_TOKEN_BYTES. */
size_t packet_write_header(uint8_t *out, enum packet_type type, packet_code code,
                           const struct packet_id *id);

/* Writes a request without payload for `path`, whose segments are separated by '/'. The path is at
 * most 32 bytes. Returns the bytes written, or 0 when `room` is too small. */
size_t packet_write_request(uint8_t *out, size_t room, const struct packet *header,
                            const char *path);

#endif
