#include "base/web_origin.h"

#include <string.h>

#include "support/check.h"

TEST(web_origins_are_as_a_browser_sends_them)
{
    static const struct {
        const char *text, *origin; /* NULL: none */
    } rows[] = {
        { "https://licenses.example.com", "https://licenses.example.com" },
        { "http://127.0.0.1:8080", "http://127.0.0.1:8080" },
        { "https://[::1]:8443", "https://[::1]:8443" },
        { "http://tenure_web:8080", "http://tenure_web:8080" },
        { "https://Lizenzen.Bücher.example", "https://lizenzen.xn--bcher-kva.example" },
        { "https://bu\u0308cher.example:8443", "https://xn--bcher-kva.example:8443" },
        { "https://xn--bcher-kva.example", "https://xn--bcher-kva.example" },
        { "licenses.example.com", NULL },
        { "ftp://example.com", NULL },
        { "https://", NULL },
        { "https://example.com/path", NULL },
        { "https://example.com/", "https://example.com" },
        { " https://example.com// ", "https://example.com" },
        { "HTTPS://Example.COM.:443/", "https://example.com" },
        { "http://example.com:80", "http://example.com" },
        { "http://example.com:443", "http://example.com:443" },
        { "https://[2001:DB8:0::1]", "https://[2001:db8::1]" },
        { "https://example.com?x", NULL },
        { "https://example.com/#x", NULL },
        { "https://example.com:0", NULL },
        { "https://example.com:65536", NULL },
        { "https:// example.com", NULL },
        { "https://a..example", NULL },
        { "https:///", NULL },
        { "https://[::1", NULL },
        { "https://::1", NULL },
        { "https://user@example.com", NULL },
        { "https://bücher.example/", "https://xn--bcher-kva.example" },
        { "https://bücher_1.example", NULL },
        { "https://bücher.example:８０", NULL },
        { "https://ü\u202E.example", NULL },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char origin[WEB_ORIGIN_SIZE];
        check_row(rows[i].text);
        check_int(web_origin_read(origin, rows[i].text), rows[i].origin != NULL);
        if (rows[i].origin)
            check_text(origin, rows[i].origin);
    }
}

TEST(web_origins_have_a_limit)
{
    char text[400] = "https://", origin[WEB_ORIGIN_SIZE];

    memset(text + 8, 'a', 253);
    check(web_origin_read(origin, text));
    check_text(origin, text);
    text[8 + 253] = 'a';
    check(!web_origin_read(origin, text));
}
