#include <string.h>

#include "edge/coap/exchange.h"
#include "hex.h"
#include "support/check.h"

#define NOW  INT64_C(1700000000)
#define GOOD "ff 0a06282c02424eed"

static struct exchange exchange;

static enum exchange_step
take(const char *prefix_text, const uint8_t *bytes, size_t size)
{
    struct decoder *decoder = decoder_open();
    struct route_prefix prefix;
    struct arena arena;

    arena_init(&arena, 1 << 20);
    check_int(route_prefix_set(&prefix, prefix_text, NULL), STATUS_OK);
    exchange = (struct exchange){ decoder, &prefix, &arena, .now = NOW };
    enum exchange_step step = exchange_handle(&exchange, bytes, size);
    arena_clear(&arena);
    decoder_close(decoder);
    return step;
}

static const struct {
    const char *row, *datagram;
    enum exchange_step want;
    const char *answer; /* of EXCHANGE_ANSWER: how it begins */
    int malformed;
} rows[] = {
    { "m, confirmable", "42021234aabb b16d" GOOD, EXCHANGE_DELIVER, NULL, 0 },
    { "m, not confirmable", "52021234aabb b16d" GOOD, EXCHANGE_DELIVER, NULL, 0 },
    { "i", "40021234 b169" GOOD, EXCHANGE_DELIVER, NULL, 0 },
    { "c", "40021234 b163 ff ca0106282c02424eed", EXCHANGE_DELIVER, NULL, 0 },
    { "t by GET", "41011234aa b174", EXCHANGE_ANSWER, "61451234aaff6553f100", 0 },
    { "t by POST", "41021234aa b174", EXCHANGE_ANSWER, "61451234aaff6553f100", 0 },
    { "t, not confirmable", "51021234aa b174", EXCHANGE_NOTHING, NULL, 0 },
    { "t by PUT", "40031234 b174", EXCHANGE_ANSWER, "60851234", 0 },
    { "m by GET", "40011234 b16d", EXCHANGE_ANSWER, "60851234", 0 },
    { "m by an unknown method", "401f1234 b16d", EXCHANGE_ANSWER, "60851234", 0 },
    { "m by GET, not confirmable", "50011234 b16d", EXCHANGE_NOTHING, NULL, 0 },
    { "another path", "42021234aabb b178", EXCHANGE_ANSWER, "62841234aabb", 0 },
    { "another path, not confirmable", "50021234 b178", EXCHANGE_NOTHING, NULL, 0 },
    { "no path", "40021234", EXCHANGE_ANSWER, "60841234", 0 },
    { "m without payload", "41021234aa b16d", EXCHANGE_ANSWER, "61801234aaff", 1 },
    { "m, not decodable", "41021234aa b16d ff 0a04", EXCHANGE_ANSWER, "61801234aaff", 1 },
    { "the same, not confirmable", "51021234aa b16d ff 0a04", EXCHANGE_NOTHING, NULL, 1 },
    { "broken options", "41021234aa f1", EXCHANGE_ANSWER, "61801234aaff", 1 },
    { "broken options, not confirmable", "51021234aa f1", EXCHANGE_NOTHING, NULL, 1 },
    { "token too long", "49021234 010203040506070809", EXCHANGE_ANSWER, "70001234", 1 },
    { "ping", "40001234", EXCHANGE_ANSWER, "70001234", 0 },
    { "empty, not confirmable", "50001234", EXCHANGE_NOTHING, NULL, 0 },
    { "acknowledgement", "60411234", EXCHANGE_NOTHING, NULL, 0 },
    { "reset", "70001234", EXCHANGE_NOTHING, NULL, 0 },
    { "a response", "40451234", EXCHANGE_ANSWER, "70001234", 0 },
    { "a response with a token", "42451234aabb", EXCHANGE_ANSWER, "70001234", 0 },
    { "a response to a path of ours", "42441234aabb b16d" GOOD, EXCHANGE_ANSWER, "70001234", 0 },
    { "a failed response", "40841234", EXCHANGE_ANSWER, "70001234", 0 },
    { "a reserved class, 1", "40211234", EXCHANGE_ANSWER, "70001234", 0 },
    { "a reserved class, 3", "40611234", EXCHANGE_ANSWER, "70001234", 0 },
    { "a reserved class, 6", "40c11234", EXCHANGE_ANSWER, "70001234", 0 },
    { "a signal of TCP", "40e11234", EXCHANGE_ANSWER, "70001234", 0 },
    { "a response, not confirmable", "50451234", EXCHANGE_NOTHING, NULL, 0 },
    { "a reserved class, not confirmable", "50c11234", EXCHANGE_NOTHING, NULL, 0 },
    { "Block1, number 0, more", "41021234aa b16d d10308" GOOD, EXCHANGE_ANSWER,
      "618d1234aad22f0578ff", 1 },
    { "Block1, number 0, more, 1024 bytes", "41021234aa b16d d1030e" GOOD, EXCHANGE_ANSWER,
      "618d1234aad22f0578ff", 1 },
    { "Block1, number 1, the last", "41021234aa b16d d10310" GOOD, EXCHANGE_ANSWER,
      "618d1234aad22f0578ff", 1 },
    { "Block1, the highest number", "41021234aa b16d d303fffff6" GOOD, EXCHANGE_ANSWER,
      "618d1234aad22f0578ff", 1 },
    { "Block1 of the reserved size, more", "41021234aa b16d d1030f" GOOD, EXCHANGE_ANSWER,
      "618d1234aad22f0578ff", 1 },
    { "Block1 of the reserved size", "41021234aa b16d d10307" GOOD, EXCHANGE_ANSWER, "61801234aaff",
      1 },
    { "two Block1, one a fragment", "41021234aa b16d d10306 0110" GOOD, EXCHANGE_ANSWER,
      "618d1234aad22f0578ff", 1 },
    { "a fragment, not confirmable", "51021234aa b16d d10308" GOOD, EXCHANGE_NOTHING, NULL, 1 },
    { "a last fragment, not confirmable", "51021234aa b16d d10310" GOOD, EXCHANGE_NOTHING, NULL,
      1 },
    { "a fragment of i", "41021234aa b169 d10308" GOOD, EXCHANGE_ANSWER, "618d1234aad22f0578ff",
      1 },
    { "a fragment of c", "41021234aa b163 d10308ff00", EXCHANGE_ANSWER, "618d1234aad22f0578ff", 1 },
    { "a fragment of another path", "41021234aa b178 d10308" GOOD, EXCHANGE_ANSWER, "61841234aa",
      0 },
    { "Q-Block1, more", "41021234aa b16d 8108" GOOD, EXCHANGE_ANSWER, "618d1234aad22f0578ff", 1 },
    { "Block1, whole", "41021234aa b16d d10306" GOOD, EXCHANGE_DELIVER, NULL, 0 },
    { "Block1, whole, no bytes", "41021234aa b16d d003" GOOD, EXCHANGE_DELIVER, NULL, 0 },
    { "Block1, whole, three bytes", "41021234aa b16d d303000006" GOOD, EXCHANGE_DELIVER, NULL, 0 },
    { "a token of 4 bytes in option 27", "41021234aa b16d d40331323334" GOOD, EXCHANGE_DELIVER,
      NULL, 0 },
    { "the time, Block1, whole", "41021234aa b174 d10306", EXCHANGE_ANSWER,
      "61451234aad10e06ff6553f100", 0 },
    { "Block2 of a later number", "41021234aa b16d c110" GOOD, EXCHANGE_DELIVER, NULL, 0 },
    { "Proxy-Uri", "41021234aa b16d dd0b03 636f61703a2f2f6578616d706c652f6d" GOOD, EXCHANGE_ANSWER,
      "61a51234aa", 0 },
    { "Proxy-Scheme", "41021234aa b16d d40f 636f6170" GOOD, EXCHANGE_ANSWER, "61a51234aa", 0 },
    { "Proxy-Scheme, not confirmable", "51021234aa b16d d40f 636f6170" GOOD, EXCHANGE_NOTHING, NULL,
      0 },
    { "a token in option 35", "41021234aa b16d d40b31323334" GOOD, EXCHANGE_DELIVER, NULL, 0 },
    { "a token in option 39", "41021234aa b16d d40f31323334" GOOD, EXCHANGE_DELIVER, NULL, 0 },
    { "If-Match, Uri-Host, If-None-Match, Observe, Uri-Port",
      "41021234aa 1161 216c 20 1100 1133 416d" GOOD, EXCHANGE_DELIVER, NULL, 0 },
    { "Content-Format, Uri-Query, Accept", "41021234aa b16d 1132 3161 2132" GOOD, EXCHANGE_DELIVER,
      NULL, 0 },
    { "No-Response", "41021234aa b16d d1ea1a" GOOD, EXCHANGE_DELIVER, NULL, 0 },
    { "version 2", "80021234 b16d", EXCHANGE_NOTHING, NULL, 0 },
    { "nothing", "", EXCHANGE_NOTHING, NULL, 0 },
};

TEST(exchange_answers_each_row)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bytes datagram = from_hex(rows[i].datagram);

        check_row(rows[i].row);
        check_int(take("", datagram.at, datagram.size), rows[i].want);
        check_int(exchange.fault.status != STATUS_OK, rows[i].malformed);
        if (!rows[i].answer)
            continue;
        const char *answer = to_hex(exchange.answer.bytes, exchange.answer.size);
        check(!strncmp(answer, rows[i].answer, strlen(rows[i].answer)));
    }
}

TEST(exchange_serves_only_under_the_prefix)
{
    struct bytes with = from_hex("40021234 b6 6566656e746f 01 6d" GOOD);
    struct bytes without = from_hex("40021234 b1 6d" GOOD);

    check_int(take("efento", with.at, with.size), EXCHANGE_DELIVER);
    check_int(take("efento", without.at, without.size), EXCHANGE_ANSWER);
    check_text(to_hex(exchange.answer.bytes, exchange.answer.size), "60841234");
}

TEST(exchange_delivers_what_is_needed_for_the_answer)
{
    struct bytes datagram = from_hex("48021234 0102030405060708 b16d" GOOD);

    check_int(take("", datagram.at, datagram.size), EXCHANGE_DELIVER);
    check(exchange.confirmable);
    check_int(exchange.to.message_id, 0x1234);
    check_int(exchange.to.token_size, 8);
    check_int(exchange.to.token[7], 8);
    check_int(exchange.delivery.kind, DELIVERY_MEASUREMENTS);
    check_int(exchange.delivery.payload_size, 8);
}

TEST(exchange_refuses_a_datagram_that_was_cut)
{
    static struct bytes datagram;

    datagram = from_hex("41021234aa b16d" GOOD);
    datagram.size = PACKET_MOST_BYTES + 1;
    check_int(take("", datagram.at, datagram.size), EXCHANGE_ANSWER);
    check_text(to_hex(exchange.answer.bytes, 10), "618d1234aad22f0578ff");
    check_int(exchange.fault.status, STATUS_TOO_LARGE);
    datagram = from_hex("51021234aa b16d" GOOD);
    datagram.size = PACKET_MOST_BYTES + 1;
    check_int(take("", datagram.at, datagram.size), EXCHANGE_NOTHING);
    check_int(exchange.fault.status, STATUS_TOO_LARGE);
}

TEST(answer_says_what_became_of_a_delivery)
{
    static const struct {
        enum ingest_verdict verdict;
        utc_seconds transfer_start;
        const char *want;
    } answers[] = {
        { INGEST_DONE, 0, "62411234aabbff4080e2cfaa06" },
        { INGEST_DONE, NOW - 1, "62411234aabbff4080e2cfaa068804ffe1cfaa06" },
        { INGEST_UNKNOWN_SENSOR, 0, "62411234aabbff4080e2cfaa06" },
        { INGEST_BAD_TOKEN, 0, "62411234aabbff4080e2cfaa06" },
        { INGEST_TRY_AGAIN, NOW - 1, "62a31234aabbd1011e" },
        { INGEST_PENDING, 0, "62a31234aabbd1011e" },
    };
    const struct packet_id to = { .message_id = 0x1234, .token_size = 2, .token = { 0xAA, 0xBB } };

    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        struct answer answer;

        answer_verdict(&answer, &to, answers[i].verdict, NOW, answers[i].transfer_start);
        check_text(to_hex(answer.bytes, answer.size), answers[i].want);
    }
}

TEST(answer_to_a_whole_message_in_one_block_repeats_block1)
{
    struct bytes datagram = from_hex("42021234aabb b16d d10306" GOOD);
    struct answer answer;

    check_int(take("", datagram.at, datagram.size), EXCHANGE_DELIVER);
    answer_verdict(&answer, &exchange.to, INGEST_DONE, NOW, 0);
    check_text(to_hex(answer.bytes, answer.size), "62411234aabbd10e06ff4080e2cfaa06");
    answer_verdict(&answer, &exchange.to, INGEST_TRY_AGAIN, NOW, 0);
    check_text(to_hex(answer.bytes, answer.size), "62a31234aabbd1011e");
    datagram = from_hex("42021234aabb b16d" GOOD);
    check_int(take("", datagram.at, datagram.size), EXCHANGE_DELIVER);
    check(!exchange.to.has_block1);
}

TEST(answer_cuts_a_long_text)
{
    const struct packet_id to = { .message_id = 1, .token_size = 8 };
    struct answer answer;
    char text[300];

    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = 0;
    answer_refusal(&answer, &to, ANSWER_BAD_REQUEST, text);
    check_int(answer.size, 4 + 8 + 1 + 128);
    answer_refusal(&answer, &to, ANSWER_TOO_LARGE, text);
    check_int(answer.size, 4 + 8 + 4 + 1 + 128);
}
