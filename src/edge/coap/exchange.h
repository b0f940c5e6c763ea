/*
 * exchange.h - handles one datagram. No socket, no clock.
 *
 *   confirmable, a delivery       acknowledged once it is stored
 *   confirmable, "t"              2.05 with the time, immediately
 *   confirmable, not decodable    4.00 with a reason, immediately
 *   confirmable, another path     4.04; another method on one of our paths: 4.05
 *   confirmable, empty (a ping) or not a request: Reset (RFC 7252, section 4.3)
 *   non-confirmable               the delivery is stored; nothing is answered
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
    EXCHANGE_ANSWER,  /* send `answer` immediately */
    EXCHANGE_DELIVER, /* give `delivery` to the writer; answer afterwards if `confirmable` */
};

struct exchange {
    /* The caller sets these. */
    struct decoder *decoder;
    const struct route_prefix *prefix;
    struct arena *samples; /* of the deliveries */
    utc_seconds now;
    bool clock_is_wrong; /* `now` is no time for a sensor */

    /* exchange_handle() sets these. */
    bool confirmable;
    struct packet_id to;      /* when confirmable */
    struct answer answer;     /* of EXCHANGE_ANSWER */
    struct delivery delivery; /* of EXCHANGE_DELIVER */
    struct fault fault;       /* why the message is malformed; STATUS_OK when it is not */
};

/* A `size` above PACKET_MOST_BYTES: the datagram was cut there. */
enum exchange_step exchange_handle(struct exchange *exchange, const uint8_t *bytes, size_t size);

#endif
