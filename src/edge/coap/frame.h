/*
 * frame.h - the opposite of decode.h: writes a sensor's Measurements as protobuf
 * bytes, for the simulator, the benchmark and the tests.
 */
#ifndef EDGE_COAP_FRAME_H
#define EDGE_COAP_FRAME_H

#include "domain/measurement.h"

/* As on the wire. Zeros are not written, as in proto3. */
struct frame_channel {
    int32_t type;
    int32_t timestamp; /* Unix seconds */
    int32_t start_point;
    const int32_t *offsets;
    size_t offset_count;
};

struct frame {
    struct serial serial;
    bool battery_ok;
    uint32_t period_base; /* seconds */
    uint32_t period_factor;
    uint32_t next_transmission_at;
    uint32_t transfer_reason;
    uint32_t signal;
    uint32_t battery_level;
    const char *cloud_token; /* NULL: none; "" is sent */
    const struct frame_channel *channels;
    size_t channel_count; /* at most SAMPLE_MOST_CHANNELS */
};

/* Returns the bytes written, or 0 when `room` is too small. */
size_t frame_encode(uint8_t *out, size_t room, const struct frame *frame);

#endif
