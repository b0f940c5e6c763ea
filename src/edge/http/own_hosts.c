#include "edge/http/own_hosts.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/web_host.h"
#include "base/web_origin.h"

enum { SCHEME_MOST = 8 };

/* The host has no scheme: it gets that of the public URL, so that their own ports compare. */
static bool
host_is_public(const char *host, const char *public_url)
{
    char wanted[WEB_ORIGIN_SIZE], got[WEB_ORIGIN_SIZE], text[WEB_HOST_TEXT_SIZE + SCHEME_MOST];
    size_t scheme = strcspn(public_url, "/");

    int length = snprintf(text, sizeof text, "%.*s//%s", (int)scheme, public_url, host);
    return length > 0 && (size_t)length < sizeof text && web_origin_read(wanted, public_url)
           && web_origin_read(got, text) && !strcmp(wanted, got);
}

/* A connection to the unspecified address reaches this machine, too. */
static bool
is_loopback(const struct web_host *host)
{
    static const char name[] = "localhost";
    size_t length = strlen(host->name), tail = sizeof name - 1;

    if (host->numeric)
        return !strncmp(host->name, "127.", 4) || !strcmp(host->name, "::1")
               || !strcmp(host->name, "0.0.0.0") || !strcmp(host->name, "::");
    if (length < tail || strcmp(host->name + length - tail, name) != 0)
        return false;
    return length == tail || host->name[length - tail - 1] == '.';
}

static bool
has_address(const struct ifaddrs *interface, const char *name)
{
    const struct sockaddr *address = interface->ifa_addr;
    char text[INET6_ADDRSTRLEN] = "";
    struct sockaddr_in6 six;
    struct sockaddr_in four;

    if (address && address->sa_family == AF_INET) {
        memcpy(&four, address, sizeof four);
        inet_ntop(AF_INET, &four.sin_addr, text, sizeof text);
    } else if (address && address->sa_family == AF_INET6) {
        memcpy(&six, address, sizeof six);
        inet_ntop(AF_INET6, &six.sin6_addr, text, sizeof text);
    }
    return !strcmp(text, name);
}

static bool
is_machine(const struct web_host *host)
{
    char name[WEB_HOST_SIZE] = "";
    struct ifaddrs *first;
    bool found = false;

    if (!host->numeric)
        return !gethostname(name, sizeof name - 1) && !strcasecmp(host->name, name);
    if (getifaddrs(&first))
        return false;
    for (const struct ifaddrs *at = first; at && !found; at = at->ifa_next)
        found = has_address(at, host->name);
    freeifaddrs(first);
    return found;
}

bool
own_hosts_have(const char *host, const char *public_url)
{
    struct web_host read;

    if (!web_host_read(&read, host, strlen(host)))
        return false;
    if (public_url && *public_url && host_is_public(host, public_url))
        return true;
    return is_loopback(&read) || is_machine(&read);
}
