#include "base/web_host.h"

#include <string.h>

#include "support/check.h"

TEST(two_spellings_of_a_host_are_one)
{
    static const struct {
        const char *text, *written; /* NULL: no host */
    } rows[] = {
        { "example.com", "example.com" },
        { "EXAMPLE.com.", "example.com" },
        { " example.com:8080\t", "example.com:8080" },
        { "example.com:", "example.com" },
        { "bücher.example", "xn--bcher-kva.example" },
        { "tenure_web:80", "tenure_web:80" },
        { "127.0.0.1:1", "127.0.0.1:1" },
        { "[0:0:0:0:0:0:0:1]", "[::1]" },
        { "[2001:DB8::1]:443", "[2001:db8::1]:443" },
        { "[::ffff:127.0.0.1]", "127.0.0.1" },
        { "", NULL },
        { " ", NULL },
        { ".", NULL },
        { "a..b", NULL },
        { "a..", NULL },
        { ":80", NULL },
        { "a:b", NULL },
        { "a:-1", NULL },
        { "a:65536", NULL },
        { "a b", NULL },
        { "a/b", NULL },
        { "user@a", NULL },
        { "a,b", NULL },
        { "::1", NULL },
        { "[::1]x", NULL },
        { "[::1", NULL },
        { "[]", NULL },
        { "[fe80::1%25eth0]", NULL },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char written[WEB_HOST_TEXT_SIZE];
        struct web_host host;

        check_row(rows[i].text);
        bool read = web_host_read(&host, rows[i].text, strlen(rows[i].text));
        check_int(read, rows[i].written != NULL);
        if (!read)
            continue;
        web_host_write(written, &host);
        check_text(written, rows[i].written);
    }
}
