/*
 * client_address.h - the client address that throttling counts: an IPv4 address or, because a
 * client chooses freely within it, the /64 network of an IPv6 address.
 */
#ifndef EDGE_HTTP_CLIENT_ADDRESS_H
#define EDGE_HTTP_CLIENT_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>

struct client_address_from {
    const struct sockaddr *peer; /* of the connection; NULL: unknown */
    const char *trusted_proxy;   /* an IP address; NULL or "": none */
    const char *forwarded;       /* the last X-Forwarded-For header; NULL: none */
};

/* Writes the peer or, if the peer is the trusted proxy, the last address that it forwards. The
 * client itself may have sent the addresses before. If the last one is no IP address, it is the
 * peer. */
void client_address_text(char out[INET6_ADDRSTRLEN], const struct client_address_from *from);

/* Is the peer the trusted proxy? */
bool client_address_is_proxy(const struct client_address_from *from);

#endif
