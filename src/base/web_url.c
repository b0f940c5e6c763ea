#include "base/web_url.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

enum { HTTP_PORT = 80, HTTPS_PORT = 443, MOST_PORT = 65535, LABEL_MOST_BYTES = 63 };

static bool
web_url_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
web_url_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Labels of letters, digits, hyphens and low lines between dots; one dot may stand behind them. */
static bool
web_url_name_is_good(const char *name, size_t length)
{
    size_t label = 0;

    for (size_t i = 0; i < length; i++) {
        if (name[i] == '.' && label == 0)
            return false;
        label = name[i] == '.' ? 0 : label + 1;
        if (label > LABEL_MOST_BYTES
            || !(web_url_is_letter(name[i]) || web_url_is_digit(name[i]) || strchr(".-_", name[i])))
            return false;
    }
    return length > 0 && length < WEB_URL_HOST_SIZE - 1;
}

static bool
take_numeric(struct web_url *out, int family)
{
    struct sockaddr_in *ipv4 = (struct sockaddr_in *)&out->address.storage;
    struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)&out->address.storage;
    void *at = family == AF_INET6 ? (void *)&ipv6->sin6_addr : (void *)&ipv4->sin_addr;

    if (inet_pton(family, out->host, at) != 1)
        return false;
    out->numeric = true;
    out->address.storage.ss_family = (sa_family_t)family;
    out->address.size = family == AF_INET6 ? sizeof *ipv6 : sizeof *ipv4;
    return true;
}

/* `text` is the host and, behind it, the port. */
static enum web_url_flaw
web_url_read_host(struct web_url *out, const char *text, size_t length, size_t *read)
{
    bool bracketed = length > 0 && text[0] == '[';
    const char *end = memchr(text, bracketed ? ']' : ':', length);
    size_t size = end ? (size_t)(end - text) : length;

    if (bracketed && (!end || size - 1 >= sizeof out->host))
        return WEB_URL_HOST;
    if (!bracketed && !web_url_name_is_good(text, size))
        return WEB_URL_HOST;
    *read = bracketed ? size + 1 : size;
    memcpy(out->host, text + bracketed, size - bracketed);
    if (bracketed)
        return strlen(out->host) == size - 1 && take_numeric(out, AF_INET6) ? WEB_URL_OK
                                                                            : WEB_URL_HOST;
    (void)take_numeric(out, AF_INET);
    return WEB_URL_OK;
}

static enum web_url_flaw
read_port(struct web_url *out, const char *text, size_t length)
{
    int64_t port = out->secure ? HTTPS_PORT : HTTP_PORT;

    if (length > 0 && (text[0] != ':' || !text_to_int64(&port, text + 1, length - 1, 1, MOST_PORT)))
        return WEB_URL_PORT;
    out->port = (unsigned)port;
    if (out->numeric)
        address_set_port(&out->address, out->port);
    return WEB_URL_OK;
}

/* Path and query. */
static enum web_url_flaw
check_rest(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '#')
            return WEB_URL_FRAGMENT;
        if (text[i] <= ' ' || text[i] > '~' || strchr("\"<>\\^`{|}", text[i]))
            return WEB_URL_SYMBOL;
        if (text[i] == '%' && text_percent_byte(text + i, length - i) < 0)
            return WEB_URL_SYMBOL;
    }
    return WEB_URL_OK;
}

static size_t
scheme_length(struct web_url *out, const char *text, size_t length)
{
    static const char http[] = "http://", https[] = "https://";

    out->secure = length > sizeof https - 1 && !strncasecmp(text, https, sizeof https - 1);
    if (out->secure)
        return sizeof https - 1;
    return length > sizeof http - 1 && !strncasecmp(text, http, sizeof http - 1) ? sizeof http - 1
                                                                                 : 0;
}

enum web_url_flaw
web_url_parse(struct web_url *out, const char *text, size_t length)
{
    struct web_url made = { 0 };
    size_t before = scheme_length(&made, text, length), size, read = 0;

    if (length > WEB_URL_MOST_BYTES)
        return WEB_URL_TOO_LONG;
    if (before == 0)
        return WEB_URL_SCHEME;
    text += before;
    length -= before;
    for (size = 0; size < length && !strchr("/?#", text[size]);)
        size++;
    if (memchr(text, '@', size))
        return WEB_URL_USER;
    enum web_url_flaw flaw = web_url_read_host(&made, text, size, &read);
    if (!flaw)
        flaw = read_port(&made, text + read, size - read);
    if (!flaw)
        flaw = check_rest(text + size, length - size);
    if (!flaw)
        *out = made;
    return flaw;
}

static const char *const sentences[] = {
    [WEB_URL_OK] = "the address is fine",
    [WEB_URL_TOO_LONG] = "an address has at most 2048 bytes",
    [WEB_URL_SCHEME] = "an address begins with https:// or http:// and names a host",
    [WEB_URL_USER] = "an address contains no user name and no password",
    [WEB_URL_HOST] = "the address names no host",
    [WEB_URL_PORT] = "the port is a number from 1 to 65535",
    [WEB_URL_FRAGMENT] = "the part after # is never sent: leave it out",
    [WEB_URL_SYMBOL] =
        "the address contains a character that has to be written as % and two hexadecimal digits",
};
_Static_assert(sizeof sentences / sizeof sentences[0] == WEB_URL_FLAW_COUNT,
               "a flaw has no sentence");

const char *
web_url_flaw_sentence(enum web_url_flaw flaw)
{
    assert((unsigned)flaw < WEB_URL_FLAW_COUNT);
    return sentences[flaw];
}
