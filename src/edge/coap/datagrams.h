/*
 * datagrams.h - a UDP socket that receives and answers many messages a call
 * (recvmmsg, sendmmsg).
 */
#ifndef EDGE_COAP_DATAGRAMS_H
#define EDGE_COAP_DATAGRAMS_H

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/address.h"
#include "base/status.h"
#include "edge/coap/answer.h"

enum {
    DATAGRAMS_MOST = 256,
    DATAGRAMS_CONTROL_BYTES = 64, /* holds the address that a message was sent to */
};

/* About half a megabyte: one batch as it came, and its answers. */
struct datagrams {
    size_t count;
    struct mmsghdr headers[DATAGRAMS_MOST]; /* msg_len: the size sent, also when it was cut */
    struct iovec places[DATAGRAMS_MOST];
    struct sockaddr_in6 peers[DATAGRAMS_MOST];
    _Alignas(max_align_t) uint8_t controls[DATAGRAMS_MOST][DATAGRAMS_CONTROL_BYTES];
    uint8_t bytes[DATAGRAMS_MOST][PACKET_MOST_BYTES];

    size_t answer_count;
    struct mmsghdr answer_headers[DATAGRAMS_MOST];
    struct iovec answer_places[DATAGRAMS_MOST];
    struct answer answers[DATAGRAMS_MOST];
};

/* Opens a socket on `address` ("[::]:5683" takes IPv4 too, and IPv4 alone on a
 * machine without IPv6). *bound has the port that the system chose for port 0.
 * The caller closes the socket.
 *   STATUS_INVALID  not a numeric address with a port
 *   STATUS_BROKEN   the port is in use or not allowed, or the address is not of this machine */
enum status datagrams_open(int *out, struct address *bound, const char *address,
                           struct fault *fault);

void datagrams_init(struct datagrams *datagrams);

/* Takes what is there, without waiting. False when the socket failed; errno says why. */
bool datagrams_receive(struct datagrams *datagrams, int fd);

/* Room for an answer to message `index`, from the address that it was sent to.
 * At most DATAGRAMS_MOST before datagrams_send(). */
struct answer *datagrams_answer(struct datagrams *datagrams, size_t index);

/* Sends the answers. One that cannot be sent is dropped: the sensor asks again. */
void datagrams_send(struct datagrams *datagrams, int fd);

/* Of message `index`, for the log. */
void datagrams_peer(char out[ADDRESS_TEXT_SIZE], const struct datagrams *datagrams, size_t index);

#endif
