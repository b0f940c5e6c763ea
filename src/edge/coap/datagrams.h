/*
 * datagrams.h - a UDP socket that receives and sends many messages with one call
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
    DATAGRAMS_RECEIVE_BYTES = 4 * 1024 * 1024, /* the buffer in the kernel, for datagrams that come
                                                  while the writer has every batch */
    DATAGRAMS_CONTROL_BYTES = 64,              /* holds the address that a message was sent to */
};

/* One batch of datagrams, and their answers: about half a megabyte. */
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

/* Opens a socket on `address`. "[::]:5683" includes IPv4; on a machine without IPv6 it means IPv4
 * alone. *bound has the port that the system chose for port 0. The caller closes the socket.
 *   STATUS_INVALID  not a numeric address with a port
 *   STATUS_BROKEN   the port is in use or not allowed, or the address is not of this machine */
enum status datagrams_open(int *out, struct address *bound, const char *address,
                           struct fault *fault);

void datagrams_init(struct datagrams *datagrams);

/* Receives the datagrams that are there, without waiting. False: the socket failed, with errno. */
bool datagrams_receive(struct datagrams *datagrams, int fd);

/* Room for an answer to message `index`. It goes out from the address that the message was sent to.
 * At most DATAGRAMS_MOST answers before datagrams_send(). */
struct answer *datagrams_answer(struct datagrams *datagrams, size_t index);

/* Sends the answers. Drops one that cannot be sent: the sensor repeats its message. */
void datagrams_send(struct datagrams *datagrams, int fd);

/* The sender of message `index`, for the log. */
void datagrams_peer(char out[ADDRESS_TEXT_SIZE], const struct datagrams *datagrams, size_t index);

#endif
