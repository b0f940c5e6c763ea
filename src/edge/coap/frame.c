#include "edge/coap/frame.h"

#include <string.h>

#include "base/varint.h"

enum { WIRE_VARINT = 0, WIRE_BYTES = 2, CHANNEL_HEAD_BYTES = 64 };

struct sink {
    uint8_t *at;
    size_t room;
    bool overflow;
};

static void
put_bytes(struct sink *sink, const void *bytes, size_t size)
{
    if (size > sink->room) {
        sink->overflow = true;
        return;
    }
    if (size)
        memcpy(sink->at, bytes, size);
    sink->at += size;
    sink->room -= size;
}

static void
put_varint(struct sink *sink, uint64_t number)
{
    uint8_t bytes[VARINT_MOST_BYTES];

    put_bytes(sink, bytes, varint_write(bytes, number));
}

static void
put_number(struct sink *sink, unsigned field, uint64_t number)
{
    if (number == 0)
        return;
    put_varint(sink, field << 3 | WIRE_VARINT);
    put_varint(sink, number);
}

/* The head of a field; its `size` bytes follow. */
static void
frame_put_head(struct sink *sink, unsigned field, size_t size)
{
    put_varint(sink, field << 3 | WIRE_BYTES);
    put_varint(sink, size);
}

static size_t
varint_size(uint64_t number)
{
    uint8_t bytes[VARINT_MOST_BYTES];

    return varint_write(bytes, number);
}

static void
put_channel(struct sink *sink, const struct frame_channel *channel)
{
    uint8_t head[CHANNEL_HEAD_BYTES];
    struct sink inner = { .at = head, .room = sizeof head };
    size_t packed = 0;

    for (size_t i = 0; i < channel->offset_count; i++)
        packed += varint_size(zigzag_encode(channel->offsets[i]));
    put_number(&inner, 1, (uint64_t)(int64_t)channel->type);
    put_number(&inner, 2, (uint64_t)(int64_t)channel->timestamp);
    put_number(&inner, 4, zigzag_encode(channel->start_point));
    if (channel->offset_count)
        frame_put_head(&inner, 5, packed);

    size_t head_size = sizeof head - inner.room;
    frame_put_head(sink, 4, head_size + packed);
    put_bytes(sink, head, head_size);
    for (size_t i = 0; i < channel->offset_count; i++)
        put_varint(sink, zigzag_encode(channel->offsets[i]));
}

size_t
frame_encode(uint8_t *out, size_t room, const struct frame *frame)
{
    struct sink sink = { .at = out, .room = room };

    frame_put_head(&sink, 1, sizeof frame->serial.bytes);
    put_bytes(&sink, frame->serial.bytes, sizeof frame->serial.bytes);
    put_number(&sink, 2, frame->battery_ok);
    put_number(&sink, 3, frame->period_base);
    for (size_t i = 0; i < frame->channel_count; i++)
        put_channel(&sink, &frame->channels[i]);
    put_number(&sink, 5, frame->next_transmission_at);
    put_number(&sink, 6, frame->transfer_reason);
    put_number(&sink, 7, frame->signal);
    put_number(&sink, 8, frame->period_factor);
    if (frame->cloud_token) {
        frame_put_head(&sink, 16, strlen(frame->cloud_token));
        put_bytes(&sink, frame->cloud_token, strlen(frame->cloud_token));
    }
    put_number(&sink, 18, frame->battery_level);
    return sink.overflow ? 0 : (size_t)(sink.at - out);
}
