/*
 * client_address.h - who asks, as throttling knows him: an IPv4 address, or the /64 network of an
 * IPv6 one, since a client has a whole network to choose from.
 */
#ifndef EDGE_HTTP_CLIENT_ADDRESS_H
#define EDGE_HTTP_CLIENT_ADDRESS_H

#include <netinet/in.h>

struct client_address_from {
    const struct sockaddr *peer; /* who is connected; NULL: unknown */
    const char *trusted_proxy;   /* an IP address whose word is taken; NULL or "": nobody's */
    const char *forwarded;       /* X-Forwarded-For, the last of them; NULL: none */
};

/* The peer; or, where that is the trusted proxy, the last address in what it says: those before
 * it are what the client says of himself. The peer, too, where that is no IP address. */
void client_address_text(char out[INET6_ADDRSTRLEN], const struct client_address_from *from);

#endif
