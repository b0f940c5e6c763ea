/*
 * bare.c - the ceiling: a loop that answers each datagram with the 2.01 that a
 * sensor waits for, and does nothing else.
 *
 * Prints its port; ends on SIGTERM.
 */
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/utc.h"
#include "edge/coap/answer.h"
#include "edge/coap/packet.h"

enum { BATCH = 256, BUFFER_BYTES = 4 * 1024 * 1024 };

static struct mmsghdr in[BATCH], out[BATCH];
static struct iovec in_places[BATCH], out_places[BATCH];
static struct sockaddr_in peers[BATCH];
static uint8_t bytes[BATCH][PACKET_MOST_BYTES];
static struct answer answers[BATCH];
static volatile sig_atomic_t stopping;

static void
stop(int signal_number)
{
    (void)signal_number;
    stopping = 1;
}

static int
open_socket(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    int buffer = BUFFER_BYTES, fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address)
        || getsockname(fd, (struct sockaddr *)&address, &size))
        return -1;
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer))
        (void)!setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    printf("%u\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

static void
answer(size_t i)
{
    struct packet packet;

    if (packet_parse(&packet, bytes[i], in[i].msg_len) != PACKET_READ)
        return;
    answer_verdict(&answers[i], &packet.id, INGEST_DONE, utc_now(), 0);
    out_places[i] = (struct iovec){ answers[i].bytes, answers[i].size };
}

int
main(void)
{
    struct sigaction action = { .sa_handler = stop };
    int fd = open_socket();

    if (fd < 0) {
        perror("bench_bare");
        return 1;
    }
    sigaction(SIGTERM, &action, NULL);
    for (size_t i = 0; i < BATCH; i++) {
        in_places[i] = (struct iovec){ bytes[i], PACKET_MOST_BYTES };
        in[i].msg_hdr =
            (struct msghdr){ .msg_iov = &in_places[i], .msg_iovlen = 1, .msg_name = &peers[i] };
        out[i].msg_hdr = (struct msghdr){ .msg_iov = &out_places[i],
                                          .msg_iovlen = 1,
                                          .msg_name = &peers[i],
                                          .msg_namelen = sizeof peers[i] };
    }
    while (!stopping) {
        for (size_t i = 0; i < BATCH; i++)
            in[i].msg_hdr.msg_namelen = sizeof peers[i];
        int count = recvmmsg(fd, in, BATCH, MSG_WAITFORONE, NULL);
        for (int i = 0; i < count; i++)
            answer((size_t)i);
        for (int sent = 0; sent < count;) {
            int now = sendmmsg(fd, out + sent, (unsigned)(count - sent), 0);
            sent += now > 0 ? now : 1;
        }
    }
    close(fd);
    return 0;
}
