#include "base/web_url.h"

#include <string.h>

#include "support/check.h"

TEST(an_address_of_the_web_is_taken_apart)
{
    static const struct {
        const char *text, *host;
        bool secure, numeric;
        unsigned port;
    } rows[] = {
        { "https://example.com", "example.com", true, false, 443 },
        { "http://example.com", "example.com", false, false, 80 },
        { "HTTPS://Example.COM:8443/a/b?c=d&e=%20f", "Example.COM", true, false, 8443 },
        { "https://example.com?q", "example.com", true, false, 443 },
        { "https://example.com./", "example.com.", true, false, 443 },
        { "http://a-b_c.example:1/", "a-b_c.example", false, false, 1 },
        { "http://localhost:65535/", "localhost", false, false, 65535 },
        { "http://192.0.2.7:8080/x", "192.0.2.7", false, true, 8080 },
        { "http://[2001:db8::7]/x", "2001:db8::7", false, true, 80 },
        { "https://[::ffff:10.0.0.1]:444", "::ffff:10.0.0.1", true, true, 444 },
        { "http://2130706433/", "2130706433", false, false,
          80 }, /* a name, until it is looked up */
        { "https://example.com/@you:me", "example.com", true, false, 443 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct web_url url = { .host = "" };
        check_row(rows[i].text);
        check_int(web_url_parse(&url, rows[i].text, strlen(rows[i].text)), WEB_URL_OK);
        check_text(url.host, rows[i].host);
        check_int(url.secure, rows[i].secure);
        check_int(url.numeric, rows[i].numeric);
        check_int(url.port, rows[i].port);
        if (url.numeric)
            check_int(address_port(&url.address), rows[i].port);
    }
}

TEST(what_is_no_address_of_the_web_is_refused_with_its_reason)
{
    static const struct {
        const char *text;
        enum web_url_flaw want;
    } rows[] = {
        { "", WEB_URL_SCHEME },
        { "example.com", WEB_URL_SCHEME },
        { "//example.com", WEB_URL_SCHEME },
        { "ftp://example.com", WEB_URL_SCHEME },
        { "file:///etc/passwd", WEB_URL_SCHEME },
        { "https:/example.com", WEB_URL_SCHEME },
        { " https://example.com", WEB_URL_SCHEME },
        { "https://", WEB_URL_SCHEME },
        { "https:///path", WEB_URL_HOST },
        { "https://?q", WEB_URL_HOST },
        { "https://:443/", WEB_URL_HOST },
        { "https://.example.com", WEB_URL_HOST },
        { "https://a..b", WEB_URL_HOST },
        { "https://exa mple.com", WEB_URL_HOST },
        { "https://ex%61mple.com", WEB_URL_HOST },
        { "https://b\xc3\xbc"
          "cher.example",
          WEB_URL_HOST },
        { "https://[::1", WEB_URL_HOST },
        { "https://[]/", WEB_URL_HOST },
        { "https://[fe80::1%25eth0]/", WEB_URL_HOST },
        { "https://[127.0.0.1]/", WEB_URL_HOST },
        { "https://example.com\\@internal/", WEB_URL_USER },
        { "https://user@example.com/", WEB_URL_USER },
        { "https://user:secret@example.com/", WEB_URL_USER },
        { "https://@example.com/", WEB_URL_USER },
        { "https://example.com:/", WEB_URL_PORT },
        { "https://example.com:0/", WEB_URL_PORT },
        { "https://example.com:65536/", WEB_URL_PORT },
        { "https://example.com:080/", WEB_URL_PORT },
        { "https://example.com:8o/", WEB_URL_PORT },
        { "https://[::1]x/", WEB_URL_PORT },
        { "https://example.com/#part", WEB_URL_FRAGMENT },
        { "https://example.com#part", WEB_URL_FRAGMENT },
        { "https://example.com/a b", WEB_URL_SYMBOL },
        { "https://example.com/a\r\nHost: b", WEB_URL_SYMBOL },
        { "https://example.com/\x7f", WEB_URL_SYMBOL },
        { "https://example.com/\xc3\xbc", WEB_URL_SYMBOL },
        { "https://example.com/%", WEB_URL_SYMBOL },
        { "https://example.com/%2", WEB_URL_SYMBOL },
        { "https://example.com/%2x", WEB_URL_SYMBOL },
        { "https://example.com/<a>", WEB_URL_SYMBOL },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct web_url url = { .port = 7 };
        check_row(rows[i].text);
        check_int(web_url_parse(&url, rows[i].text, strlen(rows[i].text)), rows[i].want);
        check_int(url.port, 7);
    }
    for (int flaw = 0; flaw < WEB_URL_FLAW_COUNT; flaw++)
        check(*web_url_flaw_sentence((enum web_url_flaw)flaw));
}

TEST(an_address_of_the_web_has_a_limit)
{
    char text[WEB_URL_MOST_BYTES + 2] = "https://example.com/", host[300] = "https://";
    struct web_url url;

    memset(text + strlen(text), 'a', WEB_URL_MOST_BYTES - strlen(text));
    check_int(web_url_parse(&url, text, WEB_URL_MOST_BYTES), WEB_URL_OK);
    text[WEB_URL_MOST_BYTES] = 'a';
    check_int(web_url_parse(&url, text, WEB_URL_MOST_BYTES + 1), WEB_URL_TOO_LONG);
    memset(host + 8, 'a', 64);
    check_int(web_url_parse(&url, host, 8 + 63), WEB_URL_OK);
    check_int(web_url_parse(&url, host, 8 + 64), WEB_URL_HOST);
    for (size_t i = 8; i < sizeof host; i++)
        host[i] = (i - 8) % 50 == 49 ? '.' : 'a';
    check_int(web_url_parse(&url, host, 8 + 254), WEB_URL_OK);
    check_int(web_url_parse(&url, host, 8 + 255), WEB_URL_HOST);
}
