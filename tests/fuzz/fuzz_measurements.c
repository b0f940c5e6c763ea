/*
 * fuzz_measurements.c - one protobuf payload.
 *
 * Laws: no payload crashes the decoder, whatever its kind; what it yields keeps
 * its limits; and each frame that we can encode is decoded to what it says.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "domain/channel.h"
#include "edge/coap/decode.h"
#include "edge/coap/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FRAME_BYTES = 1400, MOST_OFFSETS = 32 };

static struct decoder *decoder;
static struct arena samples;

static void
must(bool truth)
{
    if (!truth)
        abort();
}

static void
check_limits(const struct delivery *delivery, size_t size)
{
    must(delivery->sample_count <= size);
    must(delivery->sample_count <= DECODE_MOST_SAMPLES);
    must(memchr(delivery->cloud_token, 0, sizeof delivery->cloud_token) != NULL);
    must(delivery->signal <= 63 || delivery->signal == SIGNAL_UNKNOWN);
    for (size_t i = 0; i < delivery->sample_count; i++) {
        const struct sample *sample = &delivery->samples[i];
        must(sample->channel >= 1 && sample->channel <= SAMPLE_MOST_CHANNELS);
        must(i == 0 || sample->channel >= sample[-1].channel);
        must(sample->at >= DECODE_FIRST_TIME && sample->at <= DECODE_LAST_TIME);
        must(sample->kind != SAMPLE_STATE || sample->raw == 0 || sample->raw == 1);
        must((sample->kind == SAMPLE_ERROR) <= sample_is_error(sample->raw));
        must(channel_type(sample->type)->kind != CHANNEL_NONE);
    }
}

static void
decode_anything(const uint8_t *data, size_t size)
{
    for (int kind = 0; kind < DELIVERY_KIND_COUNT; kind++) {
        struct delivery delivery = { .kind = (enum delivery_kind)kind,
                                     .payload = data,
                                     .payload_size = size };
        struct fault fault = { .status = STATUS_OK };

        arena_init(&samples, 1 << 20);
        enum status status = decode_delivery(&delivery, decoder, &samples, &fault);
        must(status == fault.status);
        if (!status)
            check_limits(&delivery, size);
        arena_clear(&samples);
    }
}

/* The next of the input's bytes as a number; 0 when they are used up. */
static uint32_t
next_number(const uint8_t **data, size_t *size)
{
    uint32_t number = 0;
    size_t take = *size < sizeof number ? *size : sizeof number;

    memcpy(&number, *data, take);
    *data += take;
    *size -= take;
    return number;
}

/* A continuous channel of arbitrary numbers comes back number by number, unless several of its
 * samples have no period between them. */
static void
encode_and_decode(const uint8_t *data, size_t size)
{
    static uint8_t bytes[FRAME_BYTES];
    int32_t offsets[MOST_OFFSETS];
    struct frame_channel channel = { .type = 1, .offsets = offsets };
    struct frame frame = {
        .channels = &channel, .channel_count = 1, .period_factor = 1, .cloud_token = ""
    };
    struct delivery delivery = { .kind = DELIVERY_MEASUREMENTS, .payload = bytes };

    frame.serial = serial_from_number(next_number(&data, &size));
    frame.period_base = next_number(&data, &size);
    frame.next_transmission_at = next_number(&data, &size);
    channel.timestamp = (int32_t)next_number(&data, &size);
    channel.type = (int32_t)next_number(&data, &size);
    if (channel_type(channel.type)->kind != CHANNEL_CONTINUOUS)
        channel.type = 1;
    channel.start_point = (int32_t)next_number(&data, &size);
    while (size && channel.offset_count < MOST_OFFSETS)
        offsets[channel.offset_count++] = (int32_t)next_number(&data, &size);

    size_t encoded = frame_encode(bytes, sizeof bytes, &frame);
    must(encoded > 0);
    arena_init(&samples, 1 << 20);
    delivery.payload_size = encoded;
    enum status status = decode_delivery(&delivery, decoder, &samples, NULL);
    bool has_period = frame.period_base > 0 || channel.offset_count <= 1;
    must(status == (has_period ? STATUS_OK : STATUS_MALFORMED));
    if (status) {
        arena_clear(&samples);
        return;
    }
    must(serial_number(delivery.serial) == serial_number(frame.serial));
    must(delivery.period_seconds == frame.period_base);
    must(delivery.next_transmission_at == frame.next_transmission_at);
    must(delivery.sample_count == channel.offset_count);
    for (size_t i = 0; i < delivery.sample_count; i++) {
        const struct sample *sample = &delivery.samples[i];
        int64_t at = channel.timestamp + (int64_t)i * frame.period_base;

        must(sample->at == (at < DECODE_LAST_TIME ? at : DECODE_LAST_TIME));
        must(sample->type == channel.type);
        if (sample_is_error(offsets[i]))
            must(sample->kind == SAMPLE_ERROR && sample->raw == offsets[i]);
        else
            must(sample->kind == SAMPLE_VALUE
                 && sample->raw == (int64_t)channel.start_point + offsets[i]);
    }
    arena_clear(&samples);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!decoder)
        decoder = decoder_open();
    decode_anything(data, size);
    encode_and_decode(data, size);
    return 0;
}
