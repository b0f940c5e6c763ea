/* prop_web_url.c - what is taken for an address of the web cannot be read in two ways: libcurl,
 * which sends the request, reads the same host and port. */
#include <arpa/inet.h>
#include <ctype.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/address_class.h"
#include "base/web_url.h"
#include "support/check.h"
#include "support/random.h"

/* Pieces that URLs are made of, and such as have led other readers astray. */
static const char *const pieces[] = {
    "http://",
    "https://",
    "HTTPS://",
    "example.com",
    "127.0.0.1",
    "[::1]",
    "[::ffff:10.0.0.1]",
    ":",
    "80",
    ":443",
    "/",
    "?",
    "#",
    "@",
    "\\",
    "%40",
    "%",
    "a",
    ".",
    "-",
    "_",
    " ",
    "\t",
    "\r\n",
    "\xe2\x81\x84",
    "[",
    "]",
    "0x7f",
    "127.1",
    "0177",
};

/* It takes "127.1" for an address at once; for us it is a name until it is looked up. */
static void
check_curl(const char *text, const struct web_url *url)
{
    char *host = NULL, *port = NULL, want[WEB_URL_HOST_SIZE + 2], number[16];
    bool bracketed = strchr(url->host, ':') != NULL;
    CURLU *read = curl_url();

    check_int(curl_url_set(read, CURLUPART_URL, text, 0), CURLUE_OK);
    check_int(curl_url_get(read, CURLUPART_HOST, &host, 0), CURLUE_OK);
    check_int(curl_url_get(read, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT), CURLUE_OK);
    snprintf(want, sizeof want, bracketed ? "[%s]" : "%s", url->host);
    snprintf(number, sizeof number, "%u", url->port);
    if (url->numeric || inet_pton(AF_INET, host, &(struct in_addr){ 0 }) != 1)
        check_text(host, want);
    check_text(port, number);
    curl_free(host);
    curl_free(port);
    curl_url_cleanup(read);
}

static void
check_laws(const char *text, size_t length)
{
    struct web_url url;

    if (web_url_parse(&url, text, length))
        return;
    const char *host = text + (url.secure ? 8 : 7);
    size_t authority = strcspn(host, "/?");

    check(!strncasecmp(text, url.secure ? "https://" : "http://", url.secure ? 8 : 7));
    check(url.port >= 1 && url.port <= 65535);
    for (size_t i = 0; i < length; i++)
        check(isgraph((unsigned char)text[i]) && text[i] != '\\' && text[i] != '#');
    check(!memchr(host, '@', authority));
    check(!strncmp(host + (host[0] == '['), url.host, strlen(url.host)));
    size_t end = strlen(url.host) + (host[0] == '[' ? 2 : 0);
    check(end == authority || host[end] == ':');
    if (url.numeric)
        check(address_class_of((const struct sockaddr *)&url.address.storage)
              < ADDRESS_CLASS_COUNT);
    check_curl(text, &url);
}

TEST(web_url_has_one_meaning)
{
    struct random random = random_seeded();

    for (int i = 0; i < 200000 && check_failures() == 0; i++) {
        char text[200] = "";
        size_t count = 1 + random_below(&random, 10);
        if (random_below(&random, 2))
            memcpy(text, "https://", 9);
        for (size_t k = 0; k < count; k++)
            strncat(text, pieces[random_below(&random, sizeof pieces / sizeof *pieces)], 20);
        check_row(text);
        check_laws(text, strlen(text));
    }
}
