#include "edge/coap/exchange.h"

#include <assert.h>
#include <string.h>

static void
remember_request(struct exchange *out, const struct packet *packet)
{
    out->confirmable = packet->type == PACKET_CON;
    out->to.message_id = packet->message_id;
    out->to.token_size = packet->token_size;
    memcpy(out->to.token, packet->token, sizeof packet->token);
}

static enum exchange_step
exchange_refuse(struct exchange *out, packet_code code, const char *text)
{
    if (!out->confirmable)
        return EXCHANGE_NOTHING;
    answer_refusal(&out->answer, &out->to, code, text);
    return EXCHANGE_ANSWER;
}

/* For `return exchange_complain(out, fail(&out->fault, ...))`. */
static enum exchange_step
exchange_complain(struct exchange *out, enum status status)
{
    assert(status != STATUS_OK && out->fault.status == status);
    return exchange_refuse(out, ANSWER_BAD_REQUEST, out->fault.reason);
}

/* Not a request, or one whose token cannot be repeated: a Reset says so. */
static enum exchange_step
reject(struct exchange *out)
{
    if (!out->confirmable)
        return EXCHANGE_NOTHING;
    answer_reset(&out->answer, out->to.message_id);
    return EXCHANGE_ANSWER;
}

static enum exchange_step
take_request(struct exchange *out, const struct route *route, const struct packet *packet,
             struct decoder *decoder, struct arena *samples, utc_seconds now)
{
    if (!route)
        return exchange_refuse(out, ANSWER_NOT_FOUND, "");
    if (!route_allows(route, packet->code))
        return exchange_refuse(out, ANSWER_METHOD_NOT_ALLOWED, "");
    if (!route->delivers) {
        if (!out->confirmable)
            return EXCHANGE_NOTHING;
        answer_time(&out->answer, &out->to, now);
        return EXCHANGE_ANSWER;
    }

    enum status status = decode_delivery(decoder, &out->delivery, route->kind, packet->payload,
                                         packet->payload_size, samples, &out->fault);
    return status ? exchange_complain(out, status) : EXCHANGE_DELIVER;
}

enum exchange_step
exchange_take(struct exchange *out, struct decoder *decoder, const struct route_prefix *prefix,
              struct arena *samples, const uint8_t *bytes, size_t size, utc_seconds now)
{
    struct packet packet;
    size_t kept = size < PACKET_MOST_BYTES ? size : PACKET_MOST_BYTES;
    enum packet_verdict verdict = packet_parse(&packet, bytes, kept);

    out->fault.status = STATUS_OK;
    if (verdict == PACKET_FOREIGN || packet.type == PACKET_ACK || packet.type == PACKET_RST)
        return EXCHANGE_NOTHING;
    remember_request(out, &packet);
    if (verdict == PACKET_BAD_TOKEN)
        (void)!fail(&out->fault, STATUS_MALFORMED, "", "", "the token is cut short or too long");
    if (packet.code == PACKET_EMPTY || verdict == PACKET_BAD_TOKEN)
        return reject(out);
    if (packet.code >> 5 != 0)
        return EXCHANGE_NOTHING; /* a response: to nothing that we asked */
    if (size > PACKET_MOST_BYTES)
        return exchange_complain(out,
                                 fail(&out->fault, STATUS_TOO_LARGE, "", "",
                                      "the datagram is longer than %d bytes", PACKET_MOST_BYTES));
    if (verdict == PACKET_BAD_OPTION)
        return exchange_complain(out, fail(&out->fault, STATUS_MALFORMED, "", "",
                                           "the options are not in the form of RFC 7252"));
    return take_request(out, route_find(prefix, &packet), &packet, decoder, samples, now);
}
