/*
 * load.c - many sensors that post as fast as they are answered.
 *
 *   bench_load PORT SENSORS OUTSTANDING SECONDS [RATE]
 *
 * Keeps OUTSTANDING confirmable messages of 2 channels with 12 samples each on
 * their way to 127.0.0.1:PORT, checks every answer, and prints one line of JSON.
 * With a RATE it sends as many a second, and no more than OUTSTANDING are on their way.
 */
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/utc.h"
#include "bench/histogram.h"
#include "edge/coap/answer.h"
#include "edge/coap/frame.h"
#include "edge/coap/packet.h"

enum {
    MOST_OUTSTANDING = 4096,
    MOST_SECONDS = 3600,
    BATCH = 256,
    CHANNEL_SAMPLES = 12,
    PERIOD_SECONDS = 1,
    MESSAGE_BYTES = 128,
    LOST_AFTER_SECONDS = 5,
    STRIDE = 7919, /* a prime: neighbours in time are of different organizations */
};

#define FIRST_SERIAL UINT64_C(0x282C02000000) /* as in seed.c */
#define SECOND       INT64_C(1000000000)

/* One message on its way. */
struct slot {
    int64_t sent_at;
    uint16_t message_id;
    uint16_t generation; /* with the slot's number it is the token */
    size_t size;
    uint8_t bytes[MESSAGE_BYTES];
};

struct load {
    int fd;
    uint64_t sensors, sent;
    int64_t pause, next_at; /* between two messages, by the monotonic clock; 0: none */
    size_t outstanding;
    utc_seconds started;
    struct slot slots[MOST_OUTSTANDING];
    struct histogram times;
    int64_t longest;
    uint64_t wrong, lost;
    int64_t began;
    uint64_t a_second[MOST_SECONDS]; /* acknowledged in the first, the second, ... */

    struct mmsghdr out[BATCH], in[BATCH];
    struct iovec out_places[BATCH], in_places[BATCH];
    uint8_t in_bytes[BATCH][ANSWER_MOST_BYTES];
    size_t out_count;
};

static void
fill_slot(struct load *load, size_t number)
{
    static const int32_t temperature[CHANNEL_SAMPLES] = { 0, 1, 1, 2, 1, 0, -1, -2, -1, 0, 1, 3 };
    static const int32_t humidity[CHANNEL_SAMPLES] = { 0, 0, 1, 1, 0, -1, -1, 0, 0, 1, 2, 1 };
    struct slot *slot = &load->slots[number];
    uint64_t sequence = load->sent++;
    utc_seconds at = load->pause ? utc_now()
                                 : load->started
                                       + (utc_seconds)(sequence / load->sensors) * CHANNEL_SAMPLES
                                             * PERIOD_SECONDS;
    const struct frame_channel channels[] = {
        { .type = 1,
          .timestamp = (int32_t)at,
          .start_point = 215,
          .offsets = temperature,
          .offset_count = CHANNEL_SAMPLES },
        { .type = 2,
          .timestamp = (int32_t)at,
          .start_point = 45,
          .offsets = humidity,
          .offset_count = CHANNEL_SAMPLES },
    };
    const struct frame frame = {
        .serial = serial_from_number(FIRST_SERIAL + sequence * STRIDE % load->sensors),
        .battery_ok = true,
        .period_base = PERIOD_SECONDS,
        .period_factor = 1,
        .next_transmission_at = (uint32_t)at + CHANNEL_SAMPLES * PERIOD_SECONDS,
        .signal = 30,
        .cloud_token = "",
        .channels = channels,
        .channel_count = 2,
    };
    struct packet header = { .type = PACKET_CON, .code = PACKET_POST, .id.token_size = 4 };

    slot->generation++;
    slot->message_id = (uint16_t)sequence;
    header.id.message_id = slot->message_id;
    header.id.token[0] = (uint8_t)(number >> 8);
    header.id.token[1] = (uint8_t)number;
    memcpy(header.id.token + 2, &slot->generation, 2);
    slot->size = packet_write_request(slot->bytes, MESSAGE_BYTES, &header, "m");
    slot->bytes[slot->size++] = PACKET_PAYLOAD_MARKER;
    size_t payload = frame_encode(slot->bytes + slot->size, MESSAGE_BYTES - slot->size, &frame);
    assert(payload > 0);
    slot->size += payload;
}

static void
flush(struct load *load)
{
    size_t sent = 0;

    while (sent < load->out_count) {
        int now = sendmmsg(load->fd, load->out + sent, (unsigned)(load->out_count - sent), 0);
        if (now < 0 && errno != EINTR && errno != EAGAIN) {
            perror("bench_load: sendmmsg");
            exit(1);
        }
        sent += now > 0 ? (size_t)now : 0;
    }
    load->out_count = 0;
}

static void
send_slot(struct load *load, size_t number)
{
    struct slot *slot = &load->slots[number];

    fill_slot(load, number);
    slot->sent_at = monotonic_nanoseconds();
    load->out_places[load->out_count++] = (struct iovec){ slot->bytes, slot->size };
    if (load->out_count == BATCH)
        flush(load);
}

/* Is this the 2.01 to the message in its slot? Sets the slot's number. */
static bool
answer_is_right(const struct load *load, const uint8_t *bytes, size_t size, size_t *number)
{
    struct packet packet;

    if (packet_parse(&packet, bytes, size) != PACKET_READ || packet.id.token_size != 4)
        return false;
    *number = (size_t)(packet.id.token[0] << 8 | packet.id.token[1]);
    if (*number >= load->outstanding)
        return false;
    const struct slot *slot = &load->slots[*number];
    return packet.type == PACKET_ACK && packet.code == ANSWER_CREATED
           && packet.id.message_id == slot->message_id
           && !memcmp(packet.id.token + 2, &slot->generation, 2) && packet.payload_size >= 2
           && packet.payload[0] == 8 << 3;
}

static void
take_answers(struct load *load, bool again)
{
    int count = recvmmsg(load->fd, load->in, BATCH, MSG_WAITFORONE, NULL);
    int64_t now = monotonic_nanoseconds();

    for (int i = 0; i < count; i++) {
        size_t number;

        if (!answer_is_right(load, load->in_bytes[i], load->in[i].msg_len, &number)) {
            load->wrong++;
            continue;
        }
        int64_t took = now - load->slots[number].sent_at;
        int64_t second = (now - load->began) / SECOND;
        histogram_add(&load->times, (uint64_t)took);
        if (second < MOST_SECONDS)
            load->a_second[second]++;
        load->longest = took > load->longest ? took : load->longest;
        load->slots[number].sent_at = 0;
        if (again && !load->pause)
            send_slot(load, number);
    }
    if (count > 0) {
        flush(load);
        return;
    }
    for (size_t i = 0; i < load->outstanding; i++) { /* nothing for a while */
        if (!load->slots[i].sent_at || now - load->slots[i].sent_at < LOST_AFTER_SECONDS * SECOND)
            continue;
        load->lost++;
        load->slots[i].sent_at = 0;
        if (again && !load->pause)
            send_slot(load, i);
    }
    flush(load);
}

/* Sends what is due by the rate, from slots that are free. */
static void
send_due(struct load *load)
{
    int64_t now = monotonic_nanoseconds();

    for (size_t i = 0; i < load->outstanding && load->next_at <= now; i++) {
        if (load->slots[i].sent_at)
            continue;
        send_slot(load, i);
        load->next_at += load->pause;
    }
    flush(load);
}

static void
open_socket(struct load *load, unsigned port)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct timeval wait = load->pause ? (struct timeval){ .tv_usec = 1000 }
                                      : (struct timeval){ .tv_sec = 1 };
    int bytes = 4 * 1024 * 1024;

    load->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (load->fd < 0 || connect(load->fd, (struct sockaddr *)&to, sizeof to)
        || setsockopt(load->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait)) {
        perror("bench_load");
        exit(1);
    }
    if (setsockopt(load->fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes))
        (void)!setsockopt(load->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    for (size_t i = 0; i < BATCH; i++) {
        load->out[i].msg_hdr.msg_iov = &load->out_places[i];
        load->out[i].msg_hdr.msg_iovlen = 1;
        load->in_places[i] = (struct iovec){ load->in_bytes[i], ANSWER_MOST_BYTES };
        load->in[i].msg_hdr.msg_iov = &load->in_places[i];
        load->in[i].msg_hdr.msg_iovlen = 1;
    }
}

static size_t
on_their_way(const struct load *load)
{
    size_t count = 0;

    for (size_t i = 0; i < load->outstanding; i++)
        count += load->slots[i].sent_at != 0;
    return count;
}

int
main(int argc, char **argv)
{
    static struct load load;

    if (argc < 5 || argc > 6) {
        fprintf(stderr, "usage: bench_load PORT SENSORS OUTSTANDING SECONDS [RATE]\n");
        return 2;
    }
    double rate = argc > 5 ? strtod(argv[5], NULL) : 0;
    load.pause = rate > 0 ? (int64_t)((double)SECOND / rate) : 0;
    open_socket(&load, (unsigned)strtoul(argv[1], NULL, 10));
    load.sensors = strtoull(argv[2], NULL, 10);
    load.outstanding = strtoul(argv[3], NULL, 10);
    double seconds = strtod(argv[4], NULL);
    assert(load.sensors > 0 && load.outstanding > 0 && load.outstanding <= MOST_OUTSTANDING);
    load.started = utc_now();

    int64_t start = monotonic_nanoseconds(), end = start + (int64_t)(seconds * 1e9);
    load.next_at = load.began = start;
    for (size_t i = 0; i < load.outstanding && !load.pause; i++)
        send_slot(&load, i);
    flush(&load);
    while (monotonic_nanoseconds() < end) {
        if (load.pause)
            send_due(&load);
        take_answers(&load, true);
    }
    double took = (double)(monotonic_nanoseconds() - start) / 1e9;
    uint64_t acknowledged = load.times.count;
    while (on_their_way(&load))
        take_answers(&load, false);

    printf("{\"acknowledged\": %llu, \"seconds\": %.3f, \"rate\": %.0f, \"p50_us\": %.1f, "
           "\"p99_us\": %.1f, \"longest_us\": %.1f, \"wrong\": %llu, \"lost\": %llu, \"all\": "
           "%llu, \"a_second\": [",
           (unsigned long long)acknowledged, took, (double)acknowledged / took,
           histogram_share(&load.times, 0.5) / 1000, histogram_share(&load.times, 0.99) / 1000,
           (double)load.longest / 1000, (unsigned long long)load.wrong,
           (unsigned long long)load.lost, (unsigned long long)load.times.count);
    for (size_t i = 0; i < MOST_SECONDS && (double)(i + 1) <= took; i++)
        printf("%s%llu", i ? ", " : "", (unsigned long long)load.a_second[i]);
    printf("]}\n");
    close(load.fd);
    return load.wrong || load.lost;
}
