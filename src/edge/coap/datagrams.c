#include "edge/coap/datagrams.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    SEND_BUFFER_BYTES = 1024 * 1024,
    SEND_WAIT_MILLISECONDS = 20,
};

/* Only a privileged process can exceed the system's limit; others get the limit. */
static void
set_buffer(int fd, int forced, int plain, int bytes)
{
    if (setsockopt(fd, SOL_SOCKET, forced, &bytes, sizeof bytes))
        (void)!setsockopt(fd, SOL_SOCKET, plain, &bytes, sizeof bytes);
}

/* A sensor accepts an answer only from the address that it sent to (RFC 7252,
 * section 5.3.2), and a machine may have several. */
static int
set_options(int fd, int family)
{
    const int on = 1, off = 0;

    set_buffer(fd, SO_RCVBUFFORCE, SO_RCVBUF, DATAGRAMS_RECEIVE_BYTES);
    set_buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, SEND_BUFFER_BYTES);
    if (family == AF_INET)
        return setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
    if (setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off))
        return -1;
    return setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
}

/* Returns the socket, or -1 with errno. */
static int
open_bound(struct address *address)
{
    int family = address->storage.ss_family;
    int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    if (set_options(fd, family) || bind(fd, (struct sockaddr *)&address->storage, address->size)
        || getsockname(fd, (struct sockaddr *)&address->storage, &address->size)) {
        int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

static bool
is_any_ipv6(const struct address *address)
{
    const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&address->storage;

    return address->storage.ss_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&in6->sin6_addr);
}

enum status
datagrams_open(int *out, struct address *bound, const char *text, struct fault *fault)
{
    char what[ADDRESS_TEXT_SIZE + 4];
    struct address address;

    if (!address_parse(&address, text))
        return fail(fault, STATUS_INVALID, "", "coap",
                    "\"%s\" is not an address with a port, as in [::]:5683 or 127.0.0.1:5683",
                    text);
    int fd = open_bound(&address);
    if (fd < 0 && is_any_ipv6(&address) && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL)) {
        unsigned port = address_port(&address);
        bool parsed = address_parse(&address, "0.0.0.0:0");
        assert(parsed);
        address_set_port(&address, port);
        fd = open_bound(&address);
    }
    if (fd < 0) {
        snprintf(what, sizeof what, "UDP %s", text);
        return address_fail_listen(fault, "coap", what);
    }
    *out = fd;
    *bound = address;
    return STATUS_OK;
}

static void
reset_header(struct datagrams *datagrams, size_t i)
{
    struct msghdr *header = &datagrams->headers[i].msg_hdr;

    header->msg_namelen = sizeof datagrams->peers[i];
    header->msg_controllen = sizeof datagrams->controls[i];
    header->msg_flags = 0;
}

void
datagrams_init(struct datagrams *datagrams)
{
    datagrams->count = 0;
    datagrams->answer_count = 0;
    for (size_t i = 0; i < DATAGRAMS_MOST; i++) {
        struct msghdr *header = &datagrams->headers[i].msg_hdr;

        datagrams->places[i] = (struct iovec){ datagrams->bytes[i], PACKET_MOST_BYTES };
        *header = (struct msghdr){ .msg_name = &datagrams->peers[i],
                                   .msg_iov = &datagrams->places[i],
                                   .msg_iovlen = 1,
                                   .msg_control = datagrams->controls[i] };
        reset_header(datagrams, i);
    }
}

bool
datagrams_receive(struct datagrams *datagrams, int fd)
{
    for (size_t i = 0; i < datagrams->count; i++)
        reset_header(datagrams, i);
    datagrams->count = 0;

    /* MSG_TRUNC: msg_len is the size as sent. */
    int count = recvmmsg(fd, datagrams->headers, DATAGRAMS_MOST, MSG_DONTWAIT | MSG_TRUNC, NULL);
    if (count < 0)
        return errno == EAGAIN || errno == EINTR;
    datagrams->count = (size_t)count;
    return true;
}

/* The same control message holds the address that a message was sent to, and the address that its
 * answer comes from. The kernel's routes choose the interface. */
static void
forget_interface(struct msghdr *header)
{
    struct cmsghdr *control = CMSG_FIRSTHDR(header);

    if (control && control->cmsg_level == IPPROTO_IPV6 && control->cmsg_type == IPV6_PKTINFO)
        ((struct in6_pktinfo *)CMSG_DATA(control))->ipi6_ifindex = 0;
    else if (control && control->cmsg_level == IPPROTO_IP && control->cmsg_type == IP_PKTINFO)
        ((struct in_pktinfo *)CMSG_DATA(control))->ipi_ifindex = 0;
}

struct answer *
datagrams_answer(struct datagrams *datagrams, size_t index)
{
    size_t slot = datagrams->answer_count++;
    struct answer *answer = &datagrams->answers[slot];
    struct msghdr *header = &datagrams->answer_headers[slot].msg_hdr;

    assert(index < datagrams->count && slot < DATAGRAMS_MOST);
    *header = datagrams->headers[index].msg_hdr;
    datagrams->answer_places[slot].iov_base = answer->bytes;
    header->msg_iov = &datagrams->answer_places[slot];
    header->msg_flags = 0;
    forget_interface(header);
    return answer;
}

/* True: try again. */
static bool
wait_for_room(int fd)
{
    struct pollfd room = { .fd = fd, .events = POLLOUT };

    return errno == EINTR || (errno == EAGAIN && poll(&room, 1, SEND_WAIT_MILLISECONDS) == 1);
}

void
datagrams_send(struct datagrams *datagrams, int fd)
{
    size_t count = datagrams->answer_count, sent = 0;

    for (size_t i = 0; i < count; i++)
        datagrams->answer_places[i].iov_len = datagrams->answers[i].size;
    while (sent < count) {
        int now =
            sendmmsg(fd, datagrams->answer_headers + sent, (unsigned)(count - sent), MSG_DONTWAIT);
        if (now > 0)
            sent += (size_t)now;
        else if (!wait_for_room(fd))
            sent++; /* this one cannot be sent; the next may */
    }
    datagrams->answer_count = 0;
}

void
datagrams_peer(char out[ADDRESS_TEXT_SIZE], const struct datagrams *datagrams, size_t index)
{
    const struct sockaddr_in6 *peer = &datagrams->peers[index];
    struct address address = { .size = datagrams->headers[index].msg_hdr.msg_namelen };

    memcpy(&address.storage, peer, sizeof *peer);
    if (peer->sin6_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&peer->sin6_addr)) {
        struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = peer->sin6_port };

        memcpy(&in.sin_addr, peer->sin6_addr.s6_addr + 12, sizeof in.sin_addr);
        memcpy(&address.storage, &in, sizeof in);
        address.size = sizeof in;
    }
    address_format(out, &address);
}
