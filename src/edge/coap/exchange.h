/*
 * exchange.h - what is done with one datagram. No socket, no clock.
 *
 *   confirmable, a delivery       acknowledged once it is stored
 *   confirmable, "t"              2.05 with the time, at once
 *   confirmable, not decodable    4.00 with a reason, at once
 *   confirmable, another path     4.04; another method on ours 4.05
 *   confirmable and empty (ping), or no request at all: Reset (RFC 7252, section 4.3)
 *   non-confirmable               the delivery is stored, nothing is ever answered
 *   acknowledgement, reset, response, another version: nothing
 */
#ifndef EDGE_COAP_EXCHANGE_H
#define EDGE_COAP_EXCHANGE_H

#include "base/arena.h"
#include "edge/coap/answer.h"
#include "edge/coap/decode.h"
#include "edge/coap/route.h"

enum exchange_step {
    EXCHANGE_NOTHING, /* no answer */
    EXCHANGE_ANSWER,  /* `answer` goes out at once */
    EXCHANGE_DELIVER, /* `delivery` goes to the writer; answered afterwards if `confirmable` */
};

struct exchange {
    bool confirmable;
    struct answer_to to;      /* when confirmable */
    struct answer answer;     /* of EXCHANGE_ANSWER */
    struct delivery delivery; /* of EXCHANGE_DELIVER */
    struct fault fault;       /* why the message is malformed; STATUS_OK when it is not */
};

/* `size` may say more than PACKET_MOST_BYTES: the datagram was cut there. */
enum exchange_step exchange_take(struct exchange *out, struct decoder *decoder,
                                 const struct route_prefix *prefix, struct arena *samples,
                                 const uint8_t *bytes, size_t size, utc_seconds now);

#endif
