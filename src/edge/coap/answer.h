/* answer.h - what a sensor hears. */
#ifndef EDGE_COAP_ANSWER_H
#define EDGE_COAP_ANSWER_H

#include "base/utc.h"
#include "edge/coap/packet.h"
#include "service/ingest/ingest.h"

enum {
    ANSWER_MOST_BYTES = 192,
    ANSWER_MAX_AGE_SECONDS = 30, /* when to come again after 5.03 */
};

enum {
    ANSWER_CREATED = PACKET_CODE(2, 1),
    ANSWER_CONTENT = PACKET_CODE(2, 5),
    ANSWER_BAD_REQUEST = PACKET_CODE(4, 0),
    ANSWER_NOT_FOUND = PACKET_CODE(4, 4),
    ANSWER_METHOD_NOT_ALLOWED = PACKET_CODE(4, 5),
    ANSWER_UNAVAILABLE = PACKET_CODE(5, 3),
};

/* The request that is answered: what the acknowledgement repeats of it. */
struct answer_to {
    uint16_t message_id;
    uint8_t token_size;
    uint8_t token[PACKET_MOST_TOKEN_BYTES];
};

struct answer {
    size_t size;
    uint8_t bytes[ANSWER_MOST_BYTES];
};

/* Acknowledgements with the answer inside (RFC 7252, section 5.2.1). `transfer_start`: from
 * when on the sensor's data counts, 0 when it is not to be told. */
void answer_verdict(struct answer *out, const struct answer_to *to, enum ingest_verdict verdict,
                    utc_seconds now, utc_seconds transfer_start);
void answer_time(struct answer *out, const struct answer_to *to, utc_seconds now);
/* `text` is the diagnostic payload; it is cut at 128 bytes. */
void answer_refusal(struct answer *out, const struct answer_to *to, packet_code code,
                    const char *text);
/* An empty Reset, as a ping or an unreadable message is answered. */
void answer_reset(struct answer *out, uint16_t message_id);

#endif
