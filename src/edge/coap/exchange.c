#include "edge/coap/exchange.h"

#include <assert.h>

static enum exchange_step
exchange_refuse(struct exchange *exchange, packet_code code, const char *text)
{
    if (!exchange->confirmable)
        return EXCHANGE_NOTHING;
    answer_refusal(&exchange->answer, &exchange->to, code, text);
    return EXCHANGE_ANSWER;
}

/* For `return exchange_complain(exchange, fail(&exchange->fault, ...))`. */
static enum exchange_step
exchange_complain(struct exchange *exchange, enum status status)
{
    assert(status != STATUS_OK && exchange->fault.status == status);
    return exchange_refuse(exchange,
                           status == STATUS_TOO_LARGE ? ANSWER_TOO_LARGE : ANSWER_BAD_REQUEST,
                           exchange->fault.reason);
}

/* For a message that is not a request, or whose token an answer cannot repeat. */
static enum exchange_step
exchange_reset(struct exchange *exchange)
{
    if (!exchange->confirmable)
        return EXCHANGE_NOTHING;
    answer_reset(&exchange->answer, exchange->to.message_id);
    return EXCHANGE_ANSWER;
}

static enum exchange_step
exchange_request(struct exchange *exchange, const struct packet *packet)
{
    const struct route *route = route_find(exchange->prefix, packet);

    if (packet->is_for_proxy)
        return exchange_refuse(exchange, ANSWER_NO_PROXY, "");
    if (!route)
        return exchange_refuse(exchange, ANSWER_NOT_FOUND, "");
    if (!route_allows(route, packet->code))
        return exchange_refuse(exchange, ANSWER_METHOD_NOT_ALLOWED, "");
    if (packet->part == PACKET_BAD_BLOCK)
        return exchange_complain(exchange, fail(&exchange->fault, STATUS_MALFORMED, "", "",
                                                "Block1 has the reserved size 7"));
    if (packet->part == PACKET_FRAGMENT)
        return exchange_complain(exchange, fail(&exchange->fault, STATUS_TOO_LARGE, "", "",
                                                "this is a fragment: send the whole message in one "
                                                "datagram, with at most %d bytes",
                                                ANSWER_LARGEST_BYTES));
    if (!route->delivers) {
        if (!exchange->confirmable)
            return EXCHANGE_NOTHING;
        if (exchange->clock_is_wrong) /* it must not set the clock of a sensor */
            answer_verdict(&exchange->answer, &exchange->to, INGEST_TRY_AGAIN, exchange->now, 0);
        else
            answer_time(&exchange->answer, &exchange->to, exchange->now);
        return EXCHANGE_ANSWER;
    }

    exchange->delivery.kind = route->kind;
    exchange->delivery.payload = packet->payload;
    exchange->delivery.payload_size = packet->payload_size;
    enum status status = decode_delivery(&exchange->delivery, exchange->decoder, exchange->samples,
                                         &exchange->fault);
    exchange->delivery.message_id = exchange->to.message_id;
    return status ? exchange_complain(exchange, status) : EXCHANGE_DELIVER;
}

enum exchange_step
exchange_handle(struct exchange *exchange, const uint8_t *bytes, size_t size)
{
    struct packet packet;
    size_t kept = size < PACKET_MOST_BYTES ? size : PACKET_MOST_BYTES;
    enum packet_verdict verdict = packet_parse(&packet, bytes, kept);

    exchange->fault.status = STATUS_OK;
    if (verdict == PACKET_FOREIGN || packet.type == PACKET_ACK || packet.type == PACKET_RST)
        return EXCHANGE_NOTHING;
    exchange->confirmable = packet.type == PACKET_CON;
    exchange->to = packet.id;
    if (verdict == PACKET_BAD_TOKEN)
        (void)!fail(&exchange->fault, STATUS_MALFORMED, "", "",
                    "the token is cut short or too long");
    if (packet.code >> 5 != 0 || packet.code == PACKET_EMPTY || verdict == PACKET_BAD_TOKEN)
        return exchange_reset(exchange);
    if (size > PACKET_MOST_BYTES)
        return exchange_complain(exchange,
                                 fail(&exchange->fault, STATUS_TOO_LARGE, "", "",
                                      "the datagram is longer than %d bytes", PACKET_MOST_BYTES));
    if (verdict == PACKET_BAD_OPTION)
        return exchange_complain(exchange, fail(&exchange->fault, STATUS_MALFORMED, "", "",
                                                "the options are not in the form of RFC 7252"));
    return exchange_request(exchange, &packet);
}
