/* answer.h - writes the answers to sensors. */
#ifndef EDGE_COAP_ANSWER_H
#define EDGE_COAP_ANSWER_H

#include "base/utc.h"
#include "edge/coap/packet.h"
#include "service/ingest/ingest.h"

enum {
    ANSWER_MOST_BYTES = 192,
    ANSWER_MAX_AGE_SECONDS = 30, /* a sensor sends again after this time, when it got 5.03 */
    ANSWER_LARGEST_BYTES = 1400, /* of the payload that Size1 asks for */
};

enum {
    ANSWER_CREATED = PACKET_CODE(2, 1),
    ANSWER_CONTENT = PACKET_CODE(2, 5),
    ANSWER_BAD_REQUEST = PACKET_CODE(4, 0),
    ANSWER_NOT_FOUND = PACKET_CODE(4, 4),
    ANSWER_METHOD_NOT_ALLOWED = PACKET_CODE(4, 5),
    ANSWER_TOO_LARGE = PACKET_CODE(4, 13),
    ANSWER_UNAVAILABLE = PACKET_CODE(5, 3),
    ANSWER_NO_PROXY = PACKET_CODE(5, 5),
};

struct answer {
    size_t size;
    uint8_t bytes[ANSWER_MOST_BYTES];
};

/* An acknowledgement that contains the answer (RFC 7252, section 5.2.1), like the other two. A
 * success repeats Block1 if the request had it (RFC 7959, section 2.3). `transfer_start`: the
 * sensor's data counts from this time on; 0: the answer does not contain it.
 */
void answer_verdict(struct answer *out, const struct packet_id *to, enum ingest_verdict verdict,
                    utc_seconds now, utc_seconds transfer_start);
void answer_time(struct answer *out, const struct packet_id *to, utc_seconds now);
/* `text` is the diagnostic payload, of which 128 bytes are sent. ANSWER_TOO_LARGE contains Size1
 * with ANSWER_LARGEST_BYTES. */
void answer_refusal(struct answer *out, const struct packet_id *to, packet_code code,
                    const char *text);
/* An empty Reset: the answer to a ping and to an unreadable message. */
void answer_reset(struct answer *out, uint16_t message_id);

#endif
