#include "edge/coap/decode.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "config.pb-c.h"
#include "device_info.pb-c.h"
#include "domain/channel.h"
#include "measurements.pb-c.h"

enum {
    /* protobuf-c takes at most this for 1,500 bytes: about 100 for each field of two bytes. */
    SCRATCH_BYTES = 160 * 1024,
    BINARY_PERIOD_FACTOR = 14,
    SIGNAL_MOST = 63,
};

/* protobuf-c allocates in `scratch` and never frees: each message starts with all of it. */
struct decoder {
    ProtobufCAllocator allocator;
    size_t used;
    max_align_t scratch[SCRATCH_BYTES / sizeof(max_align_t)];
};

static void *
scratch_new(void *context, size_t size)
{
    struct decoder *decoder = context;
    const size_t grain = _Alignof(max_align_t);

    if (size > SCRATCH_BYTES - decoder->used) /* both are whole grains, so rounding up fits too */
        return NULL;                          /* protobuf-c then refuses the message */
    void *memory = (char *)decoder->scratch + decoder->used;
    decoder->used += (size + grain - 1) / grain * grain;
    return memory;
}

static void
scratch_free(void *context, void *memory)
{
    (void)context;
    (void)memory;
}

struct decoder *
decoder_open(void)
{
    struct decoder *decoder = memory_must(malloc(sizeof *decoder));
    decoder->used = 0;
    decoder->allocator = (ProtobufCAllocator){ scratch_new, scratch_free, decoder };
    return decoder;
}

void
decoder_close(struct decoder *decoder)
{
    free(decoder);
}

static enum status
decode_identity(struct delivery *out, ProtobufCBinaryData serial, ProtobufCBinaryData token,
                struct fault *fault)
{
    if (serial.len != sizeof out->serial.bytes)
        return fail(fault, STATUS_MALFORMED, "", "serial", "the serial number has %zu bytes, not 6",
                    serial.len);
    memcpy(out->serial.bytes, serial.data, serial.len);
    if (token.len >= sizeof out->cloud_token)
        return fail(fault, STATUS_MALFORMED, "", "cloud_token",
                    "the cloud token has %zu bytes, more than 36", token.len);
    if (token.len && memchr(token.data, 0, token.len))
        return fail(fault, STATUS_MALFORMED, "", "cloud_token", "the cloud token contains a NUL");
    if (token.len)
        memcpy(out->cloud_token, token.data, token.len); /* zeroed before: the NUL is there */
    return STATUS_OK;
}

/* Writes the samples of one channel at `out` and returns their end. */
static struct sample *
decode_channel(struct sample *out, const Device__Channel *channel, size_t number, uint32_t period)
{
    enum channel_kind kind = channel_type(channel->type)->kind;

    for (size_t i = 0; i < channel->n_offsets && kind != CHANNEL_NONE; i++) {
        int64_t offset = channel->offsets[i];
        struct sample sample = {
            .channel = (uint8_t)number,
            .type = channel->type,
            .at = channel->timestamp,
        };

        if (kind == CHANNEL_BINARY && offset == 0)
            continue;
        if (kind == CHANNEL_CONTINUOUS)
            sample.at += (int64_t)i * period;
        if (sample_is_error(offset)) {
            sample.kind = SAMPLE_ERROR;
            sample.raw = offset;
        } else if (kind == CHANNEL_BINARY) {
            sample.kind = SAMPLE_STATE;
            sample.raw = offset > 0;
            sample.at += (offset > 0 ? offset : -offset) - 1;
        } else {
            sample.kind = SAMPLE_VALUE;
            sample.raw = (int64_t)channel->start_point + offset;
        }
        if (sample.at > DECODE_LAST_TIME)
            sample.at = DECODE_LAST_TIME;
        *out++ = sample;
    }
    return out;
}

/* *most: the message has at most this many samples. *binary: one of its channels is binary. */
static enum status
check_channels(const Device__Measurements *message, size_t *most, bool *binary, struct fault *fault)
{
    *binary = false;
    *most = 0;
    if (message->n_channels > SAMPLE_MOST_CHANNELS)
        return fail(fault, STATUS_MALFORMED, "", "channels", "there are %zu channels, more than %d",
                    message->n_channels, SAMPLE_MOST_CHANNELS);
    for (size_t i = 0; i < message->n_channels; i++) {
        const Device__Channel *channel = message->channels[i];

        *binary = *binary || channel_type(channel->type)->kind == CHANNEL_BINARY;
        *most += channel->n_offsets;
    }
    assert(*most <= DECODE_MOST_SAMPLES);
    return STATUS_OK;
}

/* Without a period all samples of a continuous channel would have one time, and all but the first
 * would be lost. */
static enum status
check_period_is_there(const Device__Measurements *message, struct fault *fault)
{
    for (size_t i = 0; i < message->n_channels; i++) {
        const Device__Channel *channel = message->channels[i];

        if (channel_type(channel->type)->kind == CHANNEL_CONTINUOUS && channel->n_offsets > 1)
            return fail(fault, STATUS_MALFORMED, "", "period_base",
                        "there is no period between the %zu samples of channel %zu",
                        channel->n_offsets, i + 1);
    }
    return STATUS_OK;
}

static enum status
decode_period(uint32_t *out, const Device__Measurements *message, bool binary, struct fault *fault)
{
    uint32_t factor = message->period_factor;

    if (factor == 0)
        factor = binary ? BINARY_PERIOD_FACTOR : 1;
    uint64_t seconds = (uint64_t)message->period_base * factor;
    if (seconds > UINT32_MAX)
        return fail(fault, STATUS_MALFORMED, "", "period_factor", "the period is too long");
    *out = (uint32_t)seconds;
    return seconds == 0 ? check_period_is_there(message, fault) : STATUS_OK;
}

/* Firmware from 7.0 leaves the signal out when it does not know it. */
static uint8_t
decode_signal(const Device__Measurements *message)
{
    if (message->signal_presence_case != DEVICE__MEASUREMENTS__SIGNAL_PRESENCE_SIGNAL)
        return SIGNAL_UNKNOWN;
    return message->signal <= SIGNAL_MOST ? (uint8_t)message->signal : SIGNAL_UNKNOWN;
}

static enum status
decode_measurements(struct delivery *out, const Device__Measurements *message,
                    struct arena *samples, struct fault *fault)
{
    size_t most;
    bool binary;
    enum status status = decode_identity(out, message->serial, message->cloud_token, fault);

    if (!status)
        status = check_channels(message, &most, &binary, fault);
    if (!status)
        status = decode_period(&out->period_seconds, message, binary, fault);
    if (status)
        return status;

    struct sample *first = most ? arena_new(samples, most * sizeof *first) : NULL;
    struct sample *end = first;
    if (most && !first)
        return fail(fault, STATUS_TOO_LARGE, "", "", "there are too many samples");
    for (size_t i = 0; most && i < message->n_channels; i++)
        end = decode_channel(end, message->channels[i], i + 1, out->period_seconds);
    out->samples = first;
    out->sample_count = most ? (size_t)(end - first) : 0;
    out->next_transmission_at = message->next_transmission_at;
    out->transfer_reason = message->transfer_reason;
    out->battery_level = message->battery_level;
    out->signal = decode_signal(message);
    out->battery_ok = message->battery_ok;
    return STATUS_OK;
}

/* Part 1 that is the last is a whole configuration. */
static enum status
decode_config(struct delivery *out, const Device__Config *config, struct fault *fault)
{
    int64_t part = config->part < 0 ? -(int64_t)config->part : config->part;

    if (part > CONFIG_MOST_PARTS)
        return fail(fault, STATUS_MALFORMED, "", "part",
                    "a configuration has at most %d parts, not %lld", CONFIG_MOST_PARTS,
                    (long long)part);
    out->part = config->part == 1 ? 0 : (uint8_t)part;
    out->is_last_part = config->part > 1;
    return decode_identity(out, config->serial, config->cloud_token, fault);
}

static const ProtobufCMessageDescriptor *const descriptors[] = {
    [DELIVERY_MEASUREMENTS] = &device__measurements__descriptor,
    [DELIVERY_DEVICE_INFO] = &device__device_info__descriptor,
    [DELIVERY_CONFIG] = &device__config__descriptor,
};
_Static_assert(sizeof descriptors / sizeof descriptors[0] == DELIVERY_KIND_COUNT,
               "every kind of delivery has a message");

enum status
decode_delivery(struct delivery *delivery, struct decoder *decoder, struct arena *samples,
                struct fault *fault)
{
    enum delivery_kind kind = delivery->kind;
    size_t size = delivery->payload_size;

    *delivery = (struct delivery){
        .kind = kind, .signal = SIGNAL_UNKNOWN, .payload = delivery->payload, .payload_size = size
    };
    if (size > DECODE_MOST_BYTES)
        return fail(fault, STATUS_TOO_LARGE, "", "", "the payload is longer than %d bytes",
                    DECODE_MOST_BYTES);

    decoder->used = 0;
    const ProtobufCMessage *message =
        protobuf_c_message_unpack(descriptors[kind], &decoder->allocator, size, delivery->payload);
    if (!message)
        return fail(fault, STATUS_MALFORMED, "", "",
                    "the payload is not the protobuf message expected");

    if (kind == DELIVERY_MEASUREMENTS)
        return decode_measurements(delivery, (const Device__Measurements *)message, samples, fault);
    if (kind == DELIVERY_DEVICE_INFO) {
        const Device__DeviceInfo *info = (const Device__DeviceInfo *)message;
        if (info->enclosure_tamper <= ENCLOSURE_WAS_OPEN)
            delivery->enclosure = (uint8_t)info->enclosure_tamper;
        return decode_identity(delivery, info->serial, info->cloud_token, fault);
    }
    return decode_config(delivery, (const Device__Config *)message, fault);
}
