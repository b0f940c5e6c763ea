#include "base/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static bool
port_parse(unsigned *out, const char *text)
{
    size_t length = strlen(text);
    unsigned port = 0;

    if (length < 1 || length > 5)
        return false;
    for (const char *at = text; *at; at++) {
        if (*at < '0' || *at > '9')
            return false;
        port = port * 10 + (unsigned)(*at - '0');
    }
    *out = port;
    return port <= 65535;
}

static bool
host_parse(struct address *out, const char *host, size_t length)
{
    char text[INET6_ADDRSTRLEN] = "";
    struct sockaddr_in *ipv4 = (struct sockaddr_in *)&out->storage;
    struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)&out->storage;
    bool bracketed = length > 2 && host[0] == '[' && host[length - 1] == ']';

    if (bracketed) {
        host++;
        length -= 2;
    }
    if (length >= sizeof text)
        return false;
    memcpy(text, host, length);
    *out = (struct address){ .size = bracketed ? sizeof *ipv6 : sizeof *ipv4 };
    out->storage.ss_family = bracketed ? AF_INET6 : AF_INET;
    return inet_pton(out->storage.ss_family, text,
                     bracketed ? (void *)&ipv6->sin6_addr : (void *)&ipv4->sin_addr)
           == 1;
}

bool
address_parse(struct address *out, const char *text)
{
    const char *colon = strrchr(text, ':');
    struct address made;
    unsigned port;

    if (!colon || !port_parse(&port, colon + 1) || !host_parse(&made, text, (size_t)(colon - text)))
        return false;
    address_set_port(&made, port);
    *out = made;
    return true;
}

bool
address_parse_host(struct address *out, const char *text)
{
    char bracketed[INET6_ADDRSTRLEN + 2];
    bool is_bare_ipv6 = *text != '[' && strchr(text, ':');
    int length = snprintf(bracketed, sizeof bracketed, is_bare_ipv6 ? "[%s]" : "%s", text);
    struct address made;

    if (length >= (int)sizeof bracketed || !host_parse(&made, bracketed, (size_t)length))
        return false;
    *out = made;
    return true;
}

void
address_format(char out[ADDRESS_TEXT_SIZE], const struct address *address)
{
    const struct sockaddr_in *ipv4 = (const struct sockaddr_in *)&address->storage;
    const struct sockaddr_in6 *ipv6 = (const struct sockaddr_in6 *)&address->storage;
    bool is_ipv6 = address->storage.ss_family == AF_INET6;
    char host[INET6_ADDRSTRLEN] = "?";

    inet_ntop(address->storage.ss_family,
              is_ipv6 ? (const void *)&ipv6->sin6_addr : (const void *)&ipv4->sin_addr, host,
              sizeof host);
    snprintf(out, ADDRESS_TEXT_SIZE, is_ipv6 ? "[%s]:%u" : "%s:%u", host, address_port(address));
}

/* The 4 bytes of the IPv4 address in an IPv6 one; NULL: there is none. */
static const uint8_t *
ipv4_inside(const struct in6_addr *ipv6)
{
    static const uint8_t nat64[12] = { 0x00, 0x64, 0xff, 0x9b };

    return IN6_IS_ADDR_V4MAPPED(ipv6) || !memcmp(ipv6->s6_addr, nat64, sizeof nat64)
               ? &ipv6->s6_addr[12]
               : NULL;
}

void
address_network(char out[ADDRESS_TEXT_SIZE], const char *host)
{
    struct address address;
    struct in6_addr network = { 0 };
    char text[INET6_ADDRSTRLEN];

    if (!address_parse_host(&address, host)) {
        snprintf(out, ADDRESS_TEXT_SIZE, "%s", host);
        return;
    }
    const struct sockaddr_in6 *ipv6 = (const struct sockaddr_in6 *)&address.storage;
    const struct sockaddr_in *ipv4 = (const struct sockaddr_in *)&address.storage;
    const uint8_t *four = address.storage.ss_family == AF_INET6 ? ipv4_inside(&ipv6->sin6_addr)
                                                                : (const uint8_t *)&ipv4->sin_addr;
    if (four) {
        snprintf(out, ADDRESS_TEXT_SIZE, "%u.%u.%u.0/24", four[0], four[1], four[2]);
        return;
    }
    memcpy(&network, &ipv6->sin6_addr, 8);
    inet_ntop(AF_INET6, &network, text, sizeof text);
    snprintf(out, ADDRESS_TEXT_SIZE, "%s/64", text);
}

void
address_set_port(struct address *address, unsigned port)
{
    if (address->storage.ss_family == AF_INET6)
        ((struct sockaddr_in6 *)&address->storage)->sin6_port = htons((uint16_t)port);
    else
        ((struct sockaddr_in *)&address->storage)->sin_port = htons((uint16_t)port);
}

unsigned
address_port(const struct address *address)
{
    if (address->storage.ss_family == AF_INET6)
        return ntohs(((const struct sockaddr_in6 *)&address->storage)->sin6_port);
    return ntohs(((const struct sockaddr_in *)&address->storage)->sin_port);
}

enum status
address_fail_listen(struct fault *fault, const char *field, const char *what)
{
    switch (errno) {
    case EADDRINUSE:
        return fail(fault, STATUS_BROKEN, "", field,
                    "another program listens on %s; stop it, or choose another port with --%s",
                    what, field);
    case EADDRNOTAVAIL:
        return fail(fault, STATUS_INVALID, "", field,
                    "%s is not an address of this machine; choose one with --%s", what, field);
    case EACCES:
        return fail(fault, STATUS_INVALID, "", field,
                    "this user may not listen on %s; choose a port above 1023 with --%s", what,
                    field);
    default:
        return fail(fault, STATUS_BROKEN, "", field, "cannot listen on %s: %s", what,
                    strerror(errno));
    }
}
