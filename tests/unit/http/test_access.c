#include "edge/http/access.h"

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
        { "HTTPS://B.example:443", "x", "https://b.example", true },
        { "https://b.example.", "x", "https://b.example", true },
        { "http://a.example", "A.example.:80", NULL, true },
        { "https://a.example", "a.example:443", NULL, true },
        { "https://a.example", "a.example:80", NULL, false },
        { "http://[::1]:8080", "[0:0::1]:8080", NULL, true },
        { "https://bücher.example", "x", "https://xn--bcher-kva.example", true },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check_row(rows[i].origin);
        check_int(access_origin_accepted(rows[i].origin, rows[i].host, rows[i].public_url),
                  rows[i].accepted);
    }
}
