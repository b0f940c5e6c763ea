/*
 * decode.h - reads the protobuf payload of a sensor's message into a delivery.
 *
 * It follows the folder proto, and adds these rules:
 * - A serial has six bytes, a cloud token at most 36 and no NUL, a message at
 *   most six channels: anything else is not decodable.
 * - Continuous channels: sample i was measured at timestamp + i * period, and its
 *   raw number is the start point plus offset i.
 * - Binary channels: each offset v is a state at timestamp + |v| - 1, on when
 *   positive. An offset of 0 has no sign and is skipped.
 * - An offset in the range of error codes (domain/channel.h) is an error; in a
 *   binary channel it has no time offset; its time is the timestamp.
 * - A channel without sensor keeps its number and has no samples.
 * - A device that sends no period factor has 14 when one of its channels is
 *   binary, else 1. A period of more than 2^32 - 1 seconds is not decodable; nor
 *   is one of 0 for several samples of a continuous channel.
 * - Types of any number are kept; an unknown type is continuous.
 * - An absent signal is unknown; an absent battery status is discharged.
 * - A configuration has at most CONFIG_MOST_PARTS parts.
 * - A time after DECODE_LAST_TIME becomes DECODE_LAST_TIME: no license reaches that far.
 */
#ifndef EDGE_COAP_DECODE_H
#define EDGE_COAP_DECODE_H

#include "base/arena.h"
#include "base/status.h"
#include "domain/measurement.h"

enum {
    DECODE_MOST_BYTES = 1500,   /* of a payload */
    DECODE_MOST_SAMPLES = 1500, /* of a message; each takes at least one byte */
};

#define DECODE_FIRST_TIME ((utc_seconds)INT32_MIN)  /* devices count 32 bits */
#define DECODE_LAST_TIME  ((utc_seconds)UINT32_MAX) /* 2106 */

struct decoder;

/* Working memory of fixed size, for one thread. The owner closes it. decoder_close() allows NULL.
 */
struct decoder *decoder_open(void);
void decoder_close(struct decoder *decoder);

/* Decodes the payload of *delivery. The caller has set kind, payload and payload_size; this
 * function sets all other fields. The samples are in the arena.
 *   STATUS_MALFORMED  not decodable; the reason says why
 *   STATUS_TOO_LARGE  more than DECODE_MOST_BYTES, or more than the arena holds */
enum status decode_delivery(struct delivery *delivery, struct decoder *decoder,
                            struct arena *samples, struct fault *fault);

#endif
