/* fuzz_client_address.c - no X-Forwarded-For may crash client_address_text(); it is heard from the
 * trusted proxy alone, and what a client writes before the proxy's word changes nothing. */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "base/arena.h"
#include "edge/http/client_address.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const hosts[] = { "127.0.0.1", "192.0.2.7", "::1", "2001:db8:1:2:3:4:5:6",
                                     "::ffff:127.0.0.1" };

static void
must(bool truth)
{
    if (!truth)
        abort();
}

static void
text_of(char out[INET6_ADDRSTRLEN], const char *peer, const char *trusted, const char *forwarded)
{
    struct address address;

    must(address_parse_host(&address, peer));
    memset(out, 'x', INET6_ADDRSTRLEN);
    client_address_text(out, &(struct client_address_from){
                                 .peer = (const struct sockaddr *)&address.storage,
                                 .trusted_proxy = trusted,
                                 .forwarded = forwarded,
                             });
}

/* An IPv4 address or the /64 network of an IPv6 one, in the one form of inet_ntop(). */
static void
check_form(const char *text)
{
    static const uint8_t none[8];
    struct in_addr four;
    struct in6_addr six;
    char again[INET6_ADDRSTRLEN];

    must(memchr(text, '\0', INET6_ADDRSTRLEN) != NULL);
    if (inet_pton(AF_INET, text, &four) == 1) {
        must(inet_ntop(AF_INET, &four, again, sizeof again) && !strcmp(again, text));
        return;
    }
    must(inet_pton(AF_INET6, text, &six) == 1 && !IN6_IS_ADDR_V4MAPPED(&six));
    must(!memcmp(&six.s6_addr[8], none, sizeof none));
    must(inet_ntop(AF_INET6, &six, again, sizeof again) && !strcmp(again, text));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { HOSTS = sizeof hosts / sizeof hosts[0] };
    char said[INET6_ADDRSTRLEN], bare[INET6_ADDRSTRLEN], longer[INET6_ADDRSTRLEN];
    struct arena arena;

    if (size < 2 || size > 4096)
        return 0;
    const char *peer = hosts[data[0] % HOSTS], *trusted = hosts[data[1] % HOSTS];
    bool same = !strcmp(peer, trusted)
                || (data[0] % HOSTS % 4 == 0 && data[1] % HOSTS % 4 == 0); /* mapped */
    arena_init(&arena, 64 * 1024);
    char *forwarded = arena_text(&arena, (const char *)data + 2, size - 2);
    char *after = arena_new(&arena, size + 32);
    snprintf(after, size + 32, "198.51.100.9, x,%s", forwarded);

    text_of(said, peer, trusted, forwarded);
    text_of(bare, peer, trusted, NULL);
    text_of(longer, peer, trusted, after);
    check_form(said);
    check_form(bare);
    must(same || !strcmp(said, bare));
    must(!strcmp(said, longer));
    text_of(longer, peer, NULL, forwarded);
    must(!strcmp(longer, bare));
    arena_clear(&arena);
    return 0;
}
