#include "edge/outgoing/relay_url.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { HOST_MOST_BYTES = 253 };

struct scheme {
    const char *prefix, *written;
    int port, port_with_user;
    bool plain;
};

static const struct scheme schemes[] = {
    { "smtp://", "smtp", 25, 587, false },
    { "smtps://", "smtps", 465, 465, false },
    { "smtp+plain://", "smtp", 25, 0, true },
    { .prefix = NULL },
};

static enum status
relay_url_bad(struct fault *fault, const char *why)
{
    return fail(fault, STATUS_INVALID, "bad_setting", "smtp", "--smtp: %s", why);
}

/* False: a wrong escape, a control character, or a text that is too long. */
static bool
read_user(char out[RELAY_USER_SIZE], const char *text, size_t length)
{
    size_t size = 0;

    for (size_t i = 0; i < length; i++) {
        char symbol = text[i];
        if (symbol == '%') {
            int byte = text_percent_byte(text + i, length - i);
            if (byte < 0)
                return false;
            symbol = (char)byte;
            i += 2;
        }
        if (size + 1 >= RELAY_USER_SIZE || !symbol)
            return false;
        out[size++] = symbol;
    }
    out[size] = '\0';
    return size > 0 && !text_has_control(out, size);
}

/* "host", "host:25", "[::1]:25". *port is 0 if there is none. */
static bool
relay_url_read_host(const char *text, size_t *length, int64_t *port)
{
    static const char name[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
    size_t size = *text == '[' ? 1 + strspn(text + 1, "0123456789abcdefABCDEF:.")
                               : strspn(text, name);

    if (*text == '[' && (size < 3 || text[size++] != ']'))
        return false;
    *length = size;
    *port = 0;
    if (size == 0 || size > HOST_MOST_BYTES)
        return false;
    return !text[size]
           || (text[size] == ':'
               && text_to_int64(port, text + size + 1, strlen(text + size + 1), 1, 65535));
}

enum status
relay_url_read(struct relay_url *out, const char *text, struct fault *fault)
{
    const struct scheme *scheme = schemes;
    size_t length;
    int64_t port;

    while (scheme->prefix && strncmp(text, scheme->prefix, strlen(scheme->prefix)))
        scheme++;
    if (!scheme->prefix)
        return relay_url_bad(fault, "it must begin with smtp://, smtps:// or smtp+plain://");
    *out = (struct relay_url){ .plain = scheme->plain };
    text += strlen(scheme->prefix);
    const char *at = strrchr(text, '@');
    const char *host = at ? at + 1 : text;
    if (at && memchr(text, ':', (size_t)(at - text)))
        return relay_url_bad(fault, "put the password into --smtp-password-file instead");
    if (at && scheme->plain)
        return relay_url_bad(
            fault, "a password is never sent in the clear: smtp:// or smtps:// takes a user");
    if (at && !read_user(out->user, text, (size_t)(at - text)))
        return relay_url_bad(fault, "the part before the @ is not a user name");
    if (!relay_url_read_host(host, &length, &port))
        return relay_url_bad(
            fault,
            "after that it names a host, and perhaps a port: smtps://USER@mail.example.com:465");
    if (!port)
        port = at ? scheme->port_with_user : scheme->port;
    snprintf(out->url, sizeof out->url, "%s://%.*s:%d", scheme->written, (int)length, host,
             (int)port);
    return STATUS_OK;
}
