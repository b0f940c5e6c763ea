/*
 * fuzz_coap.c - one datagram, as anybody can send it.
 *
 * Laws: nothing is ever answered to what is not confirmable; an answer can be
 * read, and repeats message id and token; a delivery keeps its limits; no
 * fragment is delivered; and our reader agrees with libcoap's.
 */
#include <coap3/coap.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "edge/coap/exchange.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Above these numbers nothing is registered, so that libcoap checks no length. */
enum { REGISTERED_OPTIONS_END = 2100 };

static void
must(bool truth)
{
    if (!truth)
        abort();
}

/* Where the two may differ. */
enum options {
    OPTIONS_PLAIN,      /* nowhere */
    OPTIONS_REGISTERED, /* libcoap checks a length; Uri-Path aside, 0 to 255 bytes */
    OPTIONS_BEYOND,     /* a number above 65535: libcoap goes on counting from 0 */
};

/* Walks with libcoap's own reader, as far as it goes. */
static enum options
look_at_options(const uint8_t *bytes, size_t size)
{
    const uint8_t *at = bytes + PACKET_HEADER_BYTES + (bytes[0] & 0x0F), *end = bytes + size;
    enum options found = OPTIONS_PLAIN;
    unsigned number = 0;

    while (at < end && *at != PACKET_PAYLOAD_MARKER) {
        coap_option_t option;
        size_t taken = coap_opt_parse(at, (size_t)(end - at), &option);

        if (taken == 0)
            break;
        number += option.delta;
        if (number > UINT16_MAX || (*at >> 4 == 14 && option.delta < 269))
            return OPTIONS_BEYOND;
        if (number < REGISTERED_OPTIONS_END
            && !(number == PACKET_OPTION_URI_PATH && option.length <= 255))
            found = OPTIONS_REGISTERED;
        at += taken;
    }
    return found;
}

static void
same_path(const struct packet *ours, const coap_pdu_t *theirs)
{
    coap_opt_iterator_t iterator;
    coap_opt_t *option;
    size_t count = 0;

    coap_option_iterator_init(theirs, &iterator, COAP_OPT_ALL);
    while ((option = coap_option_next(&iterator))) {
        if (iterator.number != PACKET_OPTION_URI_PATH)
            continue;
        if (count < PACKET_MOST_SEGMENTS) {
            must(coap_opt_length(option) == ours->path[count].size);
            must(!memcmp(coap_opt_value(option), ours->path[count].bytes, ours->path[count].size));
        }
        count++;
    }
    must(count == ours->path_size);
}

static void
agree(const uint8_t *data, size_t size)
{
    struct packet ours;
    bool we_accept = packet_parse(&ours, data, size) == PACKET_READ;
    coap_pdu_t *theirs = coap_pdu_init(COAP_MESSAGE_CON, 0, 0, size);
    bool they_accept = coap_pdu_parse(COAP_PROTO_UDP, data, size, theirs);

    if (they_accept && !we_accept) {
        must(look_at_options(data, size) == OPTIONS_BEYOND);
    } else if (they_accept) {
        coap_bin_const_t token = coap_pdu_get_token(theirs);
        const uint8_t *payload = NULL;
        size_t payload_size = 0;

        must((int)coap_pdu_get_type(theirs) == (int)ours.type);
        must((int)coap_pdu_get_code(theirs) == (int)ours.code);
        must(coap_pdu_get_mid(theirs) == ours.id.message_id);
        must(token.length == ours.id.token_size && !memcmp(token.s, ours.id.token, token.length));
        coap_get_data(theirs, &payload_size, &payload);
        must(payload_size == ours.payload_size);
        must(!payload_size || !memcmp(payload, ours.payload, payload_size));
        same_path(&ours, theirs);
    } else if (we_accept) {
        must(look_at_options(data, size) == OPTIONS_REGISTERED);
    }
    coap_delete_pdu(theirs);
}

/* Block1 or Q-Block1 with more, or with a number above 0, as libcoap's reader finds it. */
static bool
is_fragment(const uint8_t *bytes, size_t size)
{
    const uint8_t *at = bytes + PACKET_HEADER_BYTES + (bytes[0] & 0x0F), *end = bytes + size;
    unsigned number = 0;

    while (at < end && *at != PACKET_PAYLOAD_MARKER) {
        coap_option_t option;
        size_t taken = coap_opt_parse(at, (size_t)(end - at), &option);

        if (taken == 0)
            return false;
        number += option.delta;
        if ((number == PACKET_OPTION_BLOCK1 || number == PACKET_OPTION_Q_BLOCK1)
            && option.length <= 3 && coap_decode_var_bytes(option.value, option.length) > 7)
            return true;
        at += taken;
    }
    return false;
}

static void
check_answer(const struct exchange *exchange, const uint8_t *request)
{
    struct packet answer;

    must(exchange->confirmable && (request[0] >> 4 & 3) == PACKET_CON);
    must(exchange->answer.size <= ANSWER_MOST_BYTES);
    must(packet_parse(&answer, exchange->answer.bytes, exchange->answer.size) == PACKET_READ);
    must(answer.id.message_id == (request[2] << 8 | request[3]));
    must(answer.type == PACKET_ACK || (answer.type == PACKET_RST && answer.code == PACKET_EMPTY));
    if (answer.type == PACKET_ACK) {
        must(answer.id.token_size == (request[0] & 0x0F));
        must(!memcmp(answer.id.token, request + PACKET_HEADER_BYTES, answer.id.token_size));
    }
}

static void
check_delivery(const struct delivery *delivery, const uint8_t *data, size_t size)
{
    must(delivery->sample_count <= DECODE_MOST_SAMPLES);
    must(delivery->payload >= data && delivery->payload + delivery->payload_size == data + size);
    must(memchr(delivery->cloud_token, 0, sizeof delivery->cloud_token) != NULL);
    for (size_t i = 0; i < delivery->sample_count; i++) {
        const struct sample *sample = &delivery->samples[i];
        must(sample->channel >= 1 && sample->channel <= SAMPLE_MOST_CHANNELS);
        must(sample->at >= DECODE_FIRST_TIME && sample->at <= DECODE_LAST_TIME);
        must(sample->kind < SAMPLE_KIND_COUNT);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct decoder *decoder;
    static struct route_prefix prefixes[2];
    static struct exchange exchange;
    struct arena samples;

    if (!decoder) {
        decoder = decoder_open();
        coap_startup();
        coap_set_log_level(LOG_EMERG);
        must(!route_prefix_set(&prefixes[0], "", NULL));
        must(!route_prefix_set(&prefixes[1], "a/b", NULL));
    }
    if (size > PACKET_MOST_BYTES)
        return 0;
    if (size >= PACKET_HEADER_BYTES)
        agree(data, size);

    for (size_t i = 0; i < 2; i++) {
        arena_init(&samples, 1 << 20);
        exchange = (struct exchange){ decoder, &prefixes[i], &samples, .now = 1700000000 };
        enum exchange_step step = exchange_handle(&exchange, data, size);
        if (step == EXCHANGE_ANSWER)
            check_answer(&exchange, data);
        if (step == EXCHANGE_DELIVER) {
            must(!is_fragment(data, size));
            check_delivery(&exchange.delivery, data, size);
        }
        arena_clear(&samples);
    }
    return 0;
}
