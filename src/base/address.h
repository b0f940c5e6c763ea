/*
 * address.h - numeric IP addresses with a port.
 *
 * Names are not resolved: a listening address must not depend on a name server.
 */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

#include "base/status.h"

struct address {
    struct sockaddr_storage storage;
    socklen_t size; /* used bytes of `storage` */
};

enum { ADDRESS_TEXT_SIZE = 64 }; /* "[IPv6%scope]:65535" and NUL */

/* Parses "127.0.0.1:8080" or "[::]:5683"; the system chooses for port 0. False, with *out
 * unchanged, for other texts. */
bool address_parse(struct address *out, const char *text);

/* Parses "127.0.0.1", "::1" or "[::1]", with port 0. False as above. */
bool address_parse_host(struct address *out, const char *text);

/* Writes the form that address_parse() reads. */
void address_format(char out[ADDRESS_TEXT_SIZE], const struct address *address);

/* Writes the network to which strangers' tries count: the /24 of an IPv4 address, the /64 of an
 * IPv6 address. One customer often has that many addresses. An IPv4 address inside an IPv6 one
 * (mapped, RFC 4291, section 2.5.5.2; NAT64, RFC 6052, section 2.1) counts as IPv4. A text that is
 * no IP address is copied, and cut if it is long. */
void address_network(char out[ADDRESS_TEXT_SIZE], const char *host);

/* The port, in host order. */
void address_set_port(struct address *address, unsigned port);
unsigned address_port(const struct address *address);

/* The fault of a socket that cannot listen, from errno. `field` is also the name of the flag.
 * `what` begins with the protocol: "UDP [::]:5683".
 *   STATUS_INVALID  not an address of this machine, or a port that this user may not open
 *   STATUS_BROKEN   another program has the port, or another error of the system */
enum status address_fail_listen(struct fault *fault, const char *field, const char *what);

#endif
