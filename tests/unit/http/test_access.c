#include "edge/http/access.h"

#include <arpa/inet.h>
#include <string.h>

#include "edge/http/listener.h"
#include "support/check.h"

TEST(a_write_has_the_origin_of_the_public_url_or_of_its_host)
{
    static const struct {
        const char *origin, *host, *public_url;
        bool accepted;
    } rows[] = {
        { NULL, "a.example", NULL, true },
        { NULL, "a.example", "https://b.example", true },
        { "http://a.example", "a.example", NULL, true },
        { "https://a.example", "a.example", NULL, true },
        { "http://A.example:8080", "a.example:8080", "", true },
        { "http://a.example:8080", "a.example", NULL, false },
        { "http://a.example.evil.example", "a.example", NULL, false },
        { "http://b.example", "a.example", NULL, false },
        { "http://a.example", NULL, NULL, false },
        { "null", "a.example", NULL, false },
        { "null", "null", NULL, false },
        { "", "", NULL, false },
        { "a.example", "a.example", NULL, false },
        { "https://b.example", "127.0.0.1:8080", "https://b.example", true },
        { "https://b.example", "127.0.0.1:8080", "https://b.example/", true },
        { "http://b.example", "b.example", "https://b.example", false },
        { "https://b.example:444", "b.example", "https://b.example", false },
        { "https://b.example.evil.example", "b.example", "https://b.example", false },
        { "http://127.0.0.1:8080", "127.0.0.1:8080", "https://b.example", false },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check_row(rows[i].origin);
        check_int(access_origin_accepted(rows[i].origin, rows[i].host, rows[i].public_url),
                  rows[i].accepted);
    }
}

TEST(a_client_of_ipv6_is_its_network)
{
    static const struct {
        const char *address, *text;
    } rows[] = {
        { "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::" },
        { "::ffff:192.0.2.7", "192.0.2.7" },
        { "::1", "::" },
    };
    char text[INET6_ADDRSTRLEN];

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
        check_row(rows[i].address);
        check_int(inet_pton(AF_INET6, rows[i].address, &six.sin6_addr), 1);
        listener_client_text(text, (const struct sockaddr *)&six);
        check_text(text, rows[i].text);
    }
    struct sockaddr_in four = { .sin_family = AF_INET };
    check_int(inet_pton(AF_INET, "192.0.2.8", &four.sin_addr), 1);
    listener_client_text(text, (const struct sockaddr *)&four);
    check_text(text, "192.0.2.8");
    listener_client_text(text, NULL);
    check_text(text, "unknown");
}
