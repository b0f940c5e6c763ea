#include <string.h>

#include "edge/coap/packet.h"
#include "edge/coap/route.h"
#include "hex.h"
#include "support/check.h"

static const struct {
    const char *row, *datagram;
    enum packet_verdict want;
    enum packet_type type;
    unsigned code, message_id, token_size, path_size, payload_size;
} rows[] = {
    /* name, datagram, verdict, type, code, message ID, bytes of token, path and payload */
    { "nothing", "", PACKET_FOREIGN, PACKET_CON, 0, 0, 0, 0, 0 },
    { "three bytes", "400212", PACKET_FOREIGN, PACKET_CON, 0, 0, 0, 0, 0 },
    { "version 0", "00021234", PACKET_FOREIGN, PACKET_CON, 0, 0, 0, 0, 0 },
    { "version 2", "80021234", PACKET_FOREIGN, PACKET_CON, 0, 0, 0, 0, 0 },
    { "ping", "40001234", PACKET_READ, PACKET_CON, 0, 0x1234, 0, 0, 0 },
    { "empty with a token", "4100123401", PACKET_BAD_OPTION, PACKET_CON, 0, 0x1234, 1, 0, 0 },
    { "empty with options", "40001234b16d", PACKET_BAD_OPTION, PACKET_CON, 0, 0x1234, 0, 0, 0 },
    { "no path", "50021234", PACKET_READ, PACKET_NON, 2, 0x1234, 0, 0, 0 },
    { "a real one", "540212340a0b0c0db16dff0a", PACKET_READ, PACKET_NON, 2, 0x1234, 4, 1, 1 },
    { "longest token", "480212340102030405060708b16d", PACKET_READ, PACKET_CON, 2, 0x1234, 8, 1,
      0 },
    { "token too long", "49021234010203040506070809", PACKET_BAD_TOKEN, PACKET_CON, 2, 0x1234, 0, 0,
      0 },
    { "token cut by one", "44021234010203", PACKET_BAD_TOKEN, PACKET_CON, 2, 0x1234, 0, 0, 0 },
    { "option cut by one", "40021234b26d", PACKET_BAD_OPTION, PACKET_CON, 2, 0x1234, 0, 0, 0 },
    { "two segments", "40021234b16d016d", PACKET_READ, PACKET_CON, 2, 0x1234, 0, 2, 0 },
    { "empty segment", "40021234b0", PACKET_READ, PACKET_CON, 2, 0x1234, 0, 1, 0 },
    { "marker alone", "40021234b16dff", PACKET_BAD_OPTION, PACKET_CON, 2, 0x1234, 0, 1, 0 },
    { "reserved delta", "40021234f16d", PACKET_BAD_OPTION, PACKET_CON, 2, 0x1234, 0, 0, 0 },
    { "reserved length", "40021234bf6d", PACKET_BAD_OPTION, PACKET_CON, 2, 0x1234, 0, 0, 0 },
    { "long length", "40021234bd016162636465666768696a6b6c6d6e", PACKET_READ, PACKET_CON, 2, 0x1234,
      0, 1, 0 },
    { "long length, no byte", "40021234bd", PACKET_BAD_OPTION, PACKET_CON, 2, 0x1234, 0, 0, 0 },
    { "16-bit length", "40021234be000061", PACKET_BAD_OPTION, PACKET_CON, 2, 0x1234, 0, 0, 0 },
    { "number 65535", "40021234e0fef2", PACKET_READ, PACKET_CON, 2, 0x1234, 0, 0, 0 },
    { "number 65536", "40021234e0fef3", PACKET_BAD_OPTION, PACKET_CON, 2, 0x1234, 0, 0, 0 },
    { "16-bit delta, cut", "40021234e0fe", PACKET_BAD_OPTION, PACKET_CON, 2, 0x1234, 0, 0, 0 },
    { "odd length of a known option", "40021234b16d18 0102030405060708 ff00", PACKET_READ,
      PACKET_CON, 2, 0x1234, 0, 1, 1 },
    { "critical option of an odd number", "40021234b16de3fe0078797aff00", PACKET_READ, PACKET_CON,
      2, 0x1234, 0, 1, 1 },
    { "nine segments", "40021234 b161 0161 0161 0161 0161 0161 0161 0161 0161", PACKET_READ,
      PACKET_CON, 2, 0x1234, 0, 9, 0 },
    { "acknowledgement", "60410001", PACKET_READ, PACKET_ACK, 0x41, 1, 0, 0, 0 },
    { "reset", "7000ffff", PACKET_READ, PACKET_RST, 0, 0xffff, 0, 0, 0 },
};

TEST(packet_reads_each_row)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bytes datagram = from_hex(rows[i].datagram);
        struct packet packet = { 0 };

        check_row(rows[i].row);
        check_int(packet_parse(&packet, datagram.at, datagram.size), rows[i].want);
        if (rows[i].want == PACKET_FOREIGN)
            continue;
        check_int(packet.type, rows[i].type);
        check_int(packet.code, rows[i].code);
        check_int(packet.id.message_id, rows[i].message_id);
        check_int(packet.id.token_size, rows[i].token_size);
        check_int(packet.path_size, rows[i].path_size);
        check_int(packet.payload_size, rows[i].payload_size);
    }
}

TEST(packet_reads_what_it_writes)
{
    static const char *const paths[] = { "m", "efento/m", "a/b/c", "",
                                         "12345678901234567890123456789012/t" };

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct packet header = {
            .type = PACKET_CON,
            .code = PACKET_POST,
            .id = { .message_id = 0xABCD, .token_size = 8, .token = "token123" },
        };
        struct packet got;
        uint8_t bytes[64];
        char path[64] = "";
        size_t size = packet_write_request(bytes, sizeof bytes, &header, paths[i]);

        check_row(paths[i]);
        check_int(packet_parse(&got, bytes, size), PACKET_READ);
        check_int(got.id.message_id, 0xABCD);
        check(!memcmp(got.id.token, header.id.token, 8));
        for (size_t j = 0; j < got.path_size; j++) {
            size_t at = strlen(path);
            snprintf(path + at, sizeof path - at, "%s%.*s", j ? "/" : "", (int)got.path[j].size,
                     (const char *)got.path[j].bytes);
        }
        check_text(path, paths[i]);
        for (size_t room = 0; room < size; room++)
            check_int(packet_write_request(bytes, room, &header, paths[i]), 0);
    }
}

static const struct {
    const char *prefix, *path;
    char want; /* 0: none of ours */
} routes[] = {
    { "", "m", 'm' },
    { NULL, "i", 'i' },
    { "", "c", 'c' },
    { "", "t", 't' },
    { "", "x", 0 },
    { "", "mm", 0 },
    { "", "M", 0 },
    { "", "", 0 },
    { "", "efento/m", 0 },
    { "efento", "efento/m", 'm' },
    { "/efento/", "efento/t", 't' },
    { "efento", "m", 0 },
    { "efento", "efento", 0 },
    { "efento", "efenta/m", 0 },
    { "efento", "efent/m", 0 },
    { "a/b", "a/b/i", 'i' },
    { "a/b", "a/b/c/i", 0 },
};

TEST(route_finds_each_row)
{
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
        struct packet header = { .type = PACKET_CON, .code = PACKET_POST }, packet;
        struct route_prefix prefix;
        struct fault fault;
        uint8_t bytes[64];
        size_t size = packet_write_request(bytes, sizeof bytes, &header, routes[i].path);

        check_row(routes[i].path);
        check_int(route_prefix_set(&prefix, routes[i].prefix, &fault), STATUS_OK);
        check_int(packet_parse(&packet, bytes, size), PACKET_READ);
        const struct route *route = route_find(&prefix, &packet);
        check_int(route ? route->name : 0, routes[i].want);
    }
}

TEST(route_compares_segment_by_segment)
{
    struct bytes datagram = from_hex("40021234 b8 6566656e746f2f6d"); /* one segment "efento/m" */
    struct route_prefix prefix;
    struct packet packet;

    check_int(route_prefix_set(&prefix, "efento", NULL), STATUS_OK);
    check_int(packet_parse(&packet, datagram.at, datagram.size), PACKET_READ);
    check(!route_find(&prefix, &packet));
}

TEST(route_refuses_prefixes_that_no_device_can_have)
{
    static const char *const bad[] = {
        "a//b",
        "///",
        "a b",
        "a?b",
        "\xC3\xA4",
        "1/2/3/4/5/6/7/8",
        "123456789012345678901234567890123",
    };
    struct route_prefix prefix;
    struct fault fault;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        check_row(bad[i]);
        check_int(route_prefix_set(&prefix, bad[i], &fault), STATUS_INVALID);
        check_text(fault.field, "coap_prefix");
    }
    check_row(NULL);
    check_int(route_prefix_set(&prefix, "1/2/3/4/5/6/7", &fault), STATUS_OK);
    check_int(route_prefix_set(&prefix, "12345678901234567890123456789012", &fault), STATUS_OK);
}
