#include "edge/coap/simulator.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/memory.h"
#include "edge/coap/curve.h"
#include "edge/coap/frame.h"
#include "edge/coap/packet.h"
#include "edge/coap/route.h"

enum {
    DEFAULT_PERIOD_SECONDS = 60,
    MESSAGE_PERIODS = 120, /* four channels of these stay below 1,400 bytes */
    MESSAGE_BYTES = 1400,
    MOST_BINARY_OFFSETS = 200, /* a message ends earlier when a door is that busy */
    PATH_BYTES = ROUTE_MOST_PREFIX_BYTES + 3,
    ACK_TIMEOUT_SECONDS = 2, /* RFC 7252, section 4.8 */
    MAX_RETRANSMIT = 4,
    PAUSE_SECONDS = 10, /* after a message without acknowledgement */
    TICK_MILLISECONDS = 500,
    BATTERY_LEVEL = 2160, /* 3.60 V, not rechargeable */
};

/* One sensor sends one message at a time. */
struct sender {
    struct simulated_sensor sensor;
    utc_seconds acknowledged_until; /* the server has the measurements up to here */
    utc_seconds sending_until;      /* the same for the message on its way; 0: there is none */
    uint16_t message_id;
    uint32_t token;
    unsigned tries;   /* of the message on its way */
    uint32_t retries; /* messages without one since the last acknowledgement */
    int64_t next_try; /* monotonic nanoseconds */
    size_t size;
    uint8_t bytes[MESSAGE_BYTES];
};

struct simulator {
    int fd, stop_fd;
    pthread_t thread;
    utc_seconds (*now)(void);
    utc_seconds period;
    char path[PATH_BYTES];
    char *cloud_token;
    uint16_t next_message_id;
    struct sender *senders;
    size_t count;
};

static int64_t
seconds_from_now(int64_t seconds)
{
    return monotonic_nanoseconds() + seconds * INT64_C(1000000000);
}

/* The offsets of one channel. */
struct draft {
    int32_t offsets[MESSAGE_PERIODS > MOST_BINARY_OFFSETS ? MESSAGE_PERIODS : MOST_BINARY_OFFSETS];
};

static void
draft_continuous(struct frame_channel *channel, struct draft *draft, const struct sender *sender,
                 size_t index, utc_seconds period)
{
    utc_seconds first = channel->timestamp;

    channel->start_point = curve_at(&sender->sensor, index, first);
    for (utc_seconds at = first; at <= sender->sending_until; at += period)
        draft->offsets[channel->offset_count++] = curve_at(&sender->sensor, index, at)
                                                  - channel->start_point;
}

/* The state at the start, each change, and the state at the end. */
static void
draft_binary(struct frame_channel *channel, struct draft *draft, struct sender *sender,
             size_t index)
{
    int32_t before = -1;

    for (utc_seconds at = channel->timestamp; at <= sender->sending_until; at++) {
        int32_t state = curve_at(&sender->sensor, index, at);
        int32_t distance = (int32_t)(at - channel->timestamp) + 1;

        if (state != before || at == sender->sending_until)
            draft->offsets[channel->offset_count++] = state ? distance : -distance;
        before = state;
        if (channel->offset_count == MOST_BINARY_OFFSETS)
            sender->sending_until = at;
    }
}

/* Writes the next message of a sensor with measurements up to `until`. */
static void
compose(struct simulator *simulator, struct sender *sender, utc_seconds until)
{
    static const uint16_t binary_types[] = { 5, 7 };
    uint16_t types[SAMPLE_MOST_CHANNELS];
    struct draft drafts[SAMPLE_MOST_CHANNELS];
    struct frame_channel channels[SAMPLE_MOST_CHANNELS];
    size_t count = curve_channels(types, sender->sensor.kind);
    utc_seconds last = sender->acknowledged_until + MESSAGE_PERIODS * simulator->period;

    sender->sending_until = until < last ? until : last;
    for (size_t i = 0; i < count; i++) {
        channels[i] = (struct frame_channel){
            .type = types[i],
            .timestamp = (int32_t)(sender->acknowledged_until + simulator->period),
            .offsets = drafts[i].offsets,
        };
        if (types[i] == binary_types[0] || types[i] == binary_types[1])
            draft_binary(&channels[i], &drafts[i], sender, i);
        else
            draft_continuous(&channels[i], &drafts[i], sender, i, simulator->period);
    }

    struct packet header = { .type = PACKET_CON,
                             .code = PACKET_POST,
                             .id = { .message_id = simulator->next_message_id++,
                                     .token_size = sizeof sender->token } };
    sender->token++;
    memcpy(header.id.token, &sender->token, sizeof sender->token);
    sender->message_id = header.id.message_id;
    sender->tries = 0;
    size_t head = packet_write_request(sender->bytes, MESSAGE_BYTES, &header, simulator->path);
    sender->bytes[head] = PACKET_PAYLOAD_MARKER;

    struct frame frame = {
        .serial = sender->sensor.serial,
        .battery_ok = true,
        .period_base = (uint32_t)simulator->period,
        .period_factor = 1,
        .next_transmission_at = (uint32_t)(until + simulator->period),
        .transfer_reason = (sender->retries < 31 ? sender->retries : 31) << 3,
        .signal = 18 + (uint32_t)serial_number(sender->sensor.serial) % 30,
        .battery_level = BATTERY_LEVEL,
        .cloud_token = simulator->cloud_token,
        .channels = channels,
        .channel_count = count,
    };
    size_t body = frame_encode(sender->bytes + head + 1, MESSAGE_BYTES - head - 1, &frame);
    assert(head && body);
    sender->size = head + 1 + body;
}

/* RFC 7252, section 4.2, without its random factor. */
static void
transmit(struct simulator *simulator, struct sender *sender)
{
    (void)!send(simulator->fd, sender->bytes, sender->size, MSG_DONTWAIT);
    sender->next_try = seconds_from_now((int64_t)ACK_TIMEOUT_SECONDS << sender->tries);
    sender->tries++;
}

/* Gives the message up. A later message contains its measurements. */
static void
give_up(struct sender *sender)
{
    sender->sending_until = 0;
    sender->retries++;
    sender->next_try = seconds_from_now(PAUSE_SECONDS);
}

static void
simulator_advance(struct simulator *simulator, struct sender *sender)
{
    utc_seconds until = simulator->now() / simulator->period * simulator->period;

    if (monotonic_nanoseconds() < sender->next_try)
        return;
    if (sender->sending_until && sender->tries > MAX_RETRANSMIT) {
        give_up(sender);
        return;
    }
    if (!sender->sending_until) {
        if (sender->acknowledged_until >= until)
            return;
        compose(simulator, sender, until);
    }
    transmit(simulator, sender);
}

static void
simulator_take_answer(struct simulator *simulator, const uint8_t *bytes, size_t size)
{
    struct packet packet;

    if (packet_parse(&packet, bytes, size) != PACKET_READ
        || (packet.type != PACKET_ACK && packet.type != PACKET_RST))
        return;
    for (size_t i = 0; i < simulator->count; i++) {
        struct sender *sender = &simulator->senders[i];

        if (!sender->sending_until || sender->message_id != packet.id.message_id)
            continue;
        if (packet.code >> 5 == 2) {
            sender->acknowledged_until = sender->sending_until;
            sender->sending_until = 0;
            sender->retries = 0;
            sender->next_try = 0;
        } else {
            give_up(sender);
        }
        return;
    }
}

static void *
simulator_run(void *argument)
{
    struct simulator *simulator = argument;
    struct pollfd polls[] = { { .fd = simulator->fd, .events = POLLIN },
                              { .fd = simulator->stop_fd, .events = POLLIN } };
    uint8_t bytes[PACKET_MOST_BYTES];

    pthread_setname_np(pthread_self(), "simulator");
    while (polls[1].revents == 0) {
        for (size_t i = 0; i < simulator->count; i++)
            simulator_advance(simulator, &simulator->senders[i]);
        (void)poll(polls, 2, TICK_MILLISECONDS);

        ssize_t size;
        while ((size = recv(simulator->fd, bytes, sizeof bytes, MSG_DONTWAIT)) >= 0)
            simulator_take_answer(simulator, bytes, (size_t)size);
    }
    return NULL;
}

static void
simulator_release(struct simulator *simulator)
{
    if (simulator->fd >= 0)
        close(simulator->fd);
    if (simulator->stop_fd >= 0)
        close(simulator->stop_fd);
    free(simulator->cloud_token);
    free(simulator->senders);
    free(simulator);
}

static void
simulator_fill(struct simulator *simulator, const struct simulator_options *options)
{
    utc_seconds now = options->now();

    simulator->now = options->now;
    simulator->period = options->period_seconds ? options->period_seconds : DEFAULT_PERIOD_SECONDS;
    simulator->next_message_id = (uint16_t)now;
    simulator->cloud_token = memory_must(strdup(options->cloud_token ? options->cloud_token : ""));
    simulator->count = options->sensor_count;
    simulator->senders = memory_new(options->sensor_count + 1, sizeof *simulator->senders);
    for (size_t i = 0; i < simulator->count; i++) {
        struct sender *sender = &simulator->senders[i];

        sender->sensor = options->sensors[i];
        sender->token = (uint32_t)(now * 64 + (utc_seconds)i);
        sender->acknowledged_until = (now - UTC_DAY) / simulator->period * simulator->period;
    }
}

static enum status
open_all(struct simulator *simulator, const struct simulator_options *options, struct fault *fault)
{
    const struct address *server = &options->server;
    struct route_prefix prefix;
    enum status status = route_prefix_set(&prefix, options->prefix, fault);

    if (status)
        return status;
    snprintf(simulator->path, PATH_BYTES, "%s%sm", prefix.text, prefix.size ? "/" : "");
    simulator->fd = socket(server->storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    simulator->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (simulator->fd < 0 || simulator->stop_fd < 0
        || connect(simulator->fd, (const struct sockaddr *)&server->storage, server->size))
        return fail(fault, STATUS_BROKEN, "", "", "cannot open a UDP socket: %s", strerror(errno));

    int error = pthread_create(&simulator->thread, NULL, simulator_run, simulator);
    if (error)
        return fail(fault, STATUS_BROKEN, "", "", "cannot start a thread: %s", strerror(error));
    return STATUS_OK;
}

enum status
simulator_start(struct simulator **out, const struct simulator_options *options,
                struct fault *fault)
{
    struct simulator *simulator = memory_new(1, sizeof *simulator);
    simulator->fd = -1;
    simulator->stop_fd = -1;
    simulator_fill(simulator, options);

    enum status status = open_all(simulator, options, fault);
    if (status) {
        simulator_release(simulator);
        return status;
    }
    *out = simulator;
    return STATUS_OK;
}

void
simulator_stop(struct simulator *simulator)
{
    if (!simulator)
        return;
    (void)!eventfd_write(simulator->stop_fd, 1);
    pthread_join(simulator->thread, NULL);
    simulator_release(simulator);
}
