/*
 * address.h - a numeric IP address with a port, as text and for the system.
 *
 * Names are not looked up: what a program listens on must not depend on a
 * name server.
 */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

struct address {
    struct sockaddr_storage storage;
    socklen_t size; /* of what is used in `storage` */
};

enum { ADDRESS_TEXT_SIZE = 64 }; /* "[IPv6%scope]:65535" and NUL */

/* "127.0.0.1:8080", "[::]:5683"; port 0 lets the system choose. False, with
 * *out as it was, for anything else. */
bool address_parse(struct address *out, const char *text);

/* "127.0.0.1", "::1", "[::1]": without a port, which is 0. The same failure. */
bool address_parse_host(struct address *out, const char *text);

/* The form that address_parse() reads. */
void address_format(char out[ADDRESS_TEXT_SIZE], const struct address *address);

/* The same address with this port; the port in host order. */
void address_set_port(struct address *address, unsigned port);
unsigned address_port(const struct address *address);

#endif
