/*
 * exchange.h - handles one datagram. No socket, no clock.
 *
 *   confirmable, a delivery       acknowledged once it is stored
 *   confirmable, "t"              2.05 with the time, immediately
 *   confirmable, not decodable    4.00 with a reason, immediately
 *   confirmable, another path     4.04; another method on one of our paths: 4.05
 *   confirmable, a fragment (Block1 or Q-Block1 with more, or a number above 0), or longer than a
 *                                 datagram may be: 4.13 with Size1, immediately; nothing is stored
 *   confirmable, for another server (Proxy-Uri, Proxy-Scheme): 5.05
 *   confirmable, empty (a ping) or not a request (a response, a reserved class): Reset (RFC 7252,
 *                                 sections 4.2 and 4.3)
 *   non-confirmable               the delivery is stored; nothing is answered
 *   acknowledgement, reset, another version: nothing
 *
 * No other option changes the answer, critical or not, because a device may be set to send its
 * token in any option:
 * - Block1 with number 0 and no more is a whole message.
 * - Block2: each answer fits into the smallest block, so it is always whole.
 * - Uri-Host, Uri-Port, Uri-Query: a device's address of this server and its extras.
 * - Content-Format, Accept: a body has one form, whatever it is called; another one is 4.00.
 * - If-Match, If-None-Match, Observe: the paths have no state to compare or to watch.
 * - No-Response (RFC 7967), Echo, Request-Tag: elective; a sensor waits for its acknowledgement.
 * - OSCORE: an encrypted body is not decodable, 4.00.
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
    bool clock_is_wrong; /* no sensor may set its clock to `now` */

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
