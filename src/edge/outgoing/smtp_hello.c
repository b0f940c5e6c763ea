#include "edge/outgoing/smtp_hello.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/domain_name.h"

#define IPV6_TAG "IPv6:"

_Static_assert((int)SMTP_HELLO_SIZE >= (int)DOMAIN_NAME_SIZE, "a domain name fits");

/* "[192.0.2.1]" or "[IPv6:::1]": RFC 5321, section 4.1.3. */
static bool
is_literal(const char *text)
{
    char inside[INET6_ADDRSTRLEN];
    struct in_addr four;
    struct in6_addr six;
    size_t length = strlen(text), tag = strlen(IPV6_TAG);

    if (length < 3 || *text != '[' || text[length - 1] != ']')
        return false;
    bool is_six = !strncmp(text + 1, IPV6_TAG, tag);
    size_t skipped = is_six ? tag + 1 : 1;
    if (length - skipped > sizeof inside)
        return false;
    snprintf(inside, sizeof inside, "%.*s", (int)(length - skipped - 1), text + skipped);
    return is_six ? inet_pton(AF_INET6, inside, &six) == 1 : inet_pton(AF_INET, inside, &four) == 1;
}

enum status
smtp_hello_read(char out[SMTP_HELLO_SIZE], const char *text, struct fault *fault)
{
    if (!*text || is_literal(text)) {
        snprintf(out, SMTP_HELLO_SIZE, "%s", text);
        return STATUS_OK;
    }
    if (!domain_name_to_ascii(out, text, strlen(text)))
        return fail(fault, STATUS_INVALID, "bad_setting", "smtp-hello",
                    "--smtp-hello: it must be a host name, such as tenure.example.com, or an "
                    "address such as [192.0.2.1]");
    return STATUS_OK;
}

/* Is it a name with a domain? Names such as "localhost.localdomain" do not identify this host. */
static bool
take_full_name(char out[SMTP_HELLO_SIZE], const char *name)
{
    struct in_addr four;

    return name && strchr(name, '.') && strncmp(name, "localhost", 9) != 0
           && inet_pton(AF_INET, name, &four) != 1 && domain_name_to_ascii(out, name, strlen(name))
           && strchr(out, '.');
}

static bool
find_full_name(char out[SMTP_HELLO_SIZE])
{
    const struct addrinfo hints = { .ai_flags = AI_CANONNAME, .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL;
    char name[DOMAIN_NAME_SIZE];

    if (gethostname(name, sizeof name))
        return false;
    name[sizeof name - 1] = '\0';
    if (take_full_name(out, name))
        return true;
    bool is_full = !getaddrinfo(name, NULL, &hints, &found) && found
                   && take_full_name(out, found->ai_canonname);
    if (found)
        freeaddrinfo(found);
    return is_full;
}

static bool
write_literal(char out[SMTP_HELLO_SIZE], const struct sockaddr_storage *local)
{
    char text[INET6_ADDRSTRLEN];
    const struct sockaddr_in *four = (const struct sockaddr_in *)local;
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)local;
    const void *bytes = local->ss_family == AF_INET ? (const void *)&four->sin_addr
                                                    : (const void *)&six->sin6_addr;

    if (!inet_ntop(local->ss_family, bytes, text, sizeof text))
        return false;
    snprintf(out, SMTP_HELLO_SIZE, "[%s%s]", local->ss_family == AF_INET ? "" : IPV6_TAG, text);
    return true;
}

/* Connects a UDP socket, which sends nothing, to learn the local address. */
static bool
find_literal(char out[SMTP_HELLO_SIZE], const struct addrinfo *relay)
{
    struct sockaddr_storage local = { .ss_family = AF_UNSPEC };
    socklen_t size = sizeof local;
    int udp = socket(relay->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (udp < 0)
        return false;
    bool is_found = !connect(udp, relay->ai_addr, relay->ai_addrlen)
                    && !getsockname(udp, (struct sockaddr *)&local, &size)
                    && write_literal(out, &local);
    close(udp);
    return is_found;
}

/* The host and port of "smtp://host:25" or "smtp://[::1]:25". */
static struct addrinfo *
resolve_relay(const char *url)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_DGRAM };
    struct addrinfo *found = NULL;
    char host[DOMAIN_NAME_SIZE];
    const char *at = strstr(url, "://"), *port;

    if (!at || !(port = strrchr(at + 3, ':')))
        return NULL;
    at += 3;
    bool is_six = *at == '[';
    snprintf(host, sizeof host, "%.*s", (int)(port - at) - 2 * is_six, at + is_six);
    return getaddrinfo(host, port + 1, &hints, &found) ? NULL : found;
}

bool
smtp_hello_find(char out[SMTP_HELLO_SIZE], const char *url)
{
    if (find_full_name(out))
        return true;
    struct addrinfo *relay = resolve_relay(url);
    bool is_found = false;
    for (const struct addrinfo *to = relay; to && !is_found; to = to->ai_next)
        is_found = find_literal(out, to);
    if (relay)
        freeaddrinfo(relay);
    if (!is_found)
        snprintf(out, SMTP_HELLO_SIZE, "[127.0.0.1]");
    return false;
}
