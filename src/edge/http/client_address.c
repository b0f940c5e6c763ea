#include "edge/http/client_address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/address.h"

/* Writes an IPv4 address inside an IPv6 one (mapped, NAT64) as IPv4. */
static void
host_text(char out[INET6_ADDRSTRLEN], const struct sockaddr *host, bool network)
{
    static const uint8_t nat64[12] = { 0x00, 0x64, 0xff, 0x9b }; /* RFC 6052, section 2.1 */
    struct sockaddr_in four;
    struct sockaddr_in6 six;

    snprintf(out, INET6_ADDRSTRLEN, "unknown");
    if (host && host->sa_family == AF_INET) {
        memcpy(&four, host, sizeof four);
        inet_ntop(AF_INET, &four.sin_addr, out, INET6_ADDRSTRLEN);
    }
    if (!host || host->sa_family != AF_INET6)
        return;
    memcpy(&six, host, sizeof six);
    if (IN6_IS_ADDR_V4MAPPED(&six.sin6_addr)
        || !memcmp(six.sin6_addr.s6_addr, nat64, sizeof nat64)) {
        inet_ntop(AF_INET, &six.sin6_addr.s6_addr[12], out, INET6_ADDRSTRLEN);
        return;
    }
    if (network)
        memset(&six.sin6_addr.s6_addr[8], 0, 8);
    inet_ntop(AF_INET6, &six.sin6_addr, out, INET6_ADDRSTRLEN);
}

bool
client_address_is_proxy(const struct client_address_from *from)
{
    char peer[INET6_ADDRSTRLEN], trusted[INET6_ADDRSTRLEN];
    struct address proxy;

    if (!from->trusted_proxy || !address_parse_host(&proxy, from->trusted_proxy))
        return false;
    host_text(peer, from->peer, false);
    host_text(trusted, (const struct sockaddr *)&proxy.storage, false);
    return !strcmp(peer, trusted);
}

/* Some proxies add the port. */
static bool
client_address_read_last(struct address *out, const char *forwarded)
{
    const char *comma = strrchr(forwarded, ','), *last = comma ? comma + 1 : forwarded;
    char text[ADDRESS_TEXT_SIZE];

    last += strspn(last, " \t");
    size_t length = strcspn(last, " \t");
    if (length >= sizeof text || last[length + strspn(last + length, " \t")])
        return false;
    memcpy(text, last, length);
    text[length] = '\0';
    return address_parse_host(out, text) || address_parse(out, text);
}

void
client_address_text(char out[INET6_ADDRSTRLEN], const struct client_address_from *from)
{
    struct address client;
    bool forwarded = from->forwarded && client_address_is_proxy(from)
                     && client_address_read_last(&client, from->forwarded);

    host_text(out, forwarded ? (const struct sockaddr *)&client.storage : from->peer, true);
}
