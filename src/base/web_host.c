#include "base/web_host.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/domain_name.h"
#include "base/text.h"

/* An IPv4 address in its IPv6 form is written as IPv4. */
static bool
web_host_read_six(struct web_host *out, const char *text, size_t length)
{
    char copy[INET6_ADDRSTRLEN];
    struct in6_addr six;

    if (length >= sizeof copy)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (inet_pton(AF_INET6, copy, &six) != 1)
        return false;
    out->numeric = true;
    if (IN6_IS_ADDR_V4MAPPED(&six))
        return inet_ntop(AF_INET, &six.s6_addr[12], out->name, sizeof out->name);
    return inet_ntop(AF_INET6, &six, out->name, sizeof out->name);
}

/* Private networks have names with "_", which IDNA refuses. */
static bool
web_host_is_plain(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        bool symbol = c == '-' || c == '_' || (c >= '0' && c <= '9');
        bool dot = c == '.' && i > 0 && text[i - 1] != '.';
        if (!symbol && !dot && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z'))
            return false;
    }
    return length > 0 && text[length - 1] != '.' && length < WEB_HOST_SIZE;
}

static bool
web_host_read_name(struct web_host *out, const char *text, size_t length)
{
    struct in_addr four;

    length -= length > 0 && text[length - 1] == '.';
    if (web_host_is_plain(text, length))
        text_lower(out->name, text, length);
    else if (text_is_ascii(text, length) || !domain_name_to_ascii(out->name, text, length))
        return false;
    out->numeric = inet_pton(AF_INET, out->name, &four) == 1;
    return true;
}

/* Nothing, ":" or ":443". */
static bool
web_host_read_port(struct web_host *out, const char *text, size_t length)
{
    int64_t port = 0;

    if (length > 1 && !text_to_int64(&port, text + 1, length - 1, 1, UINT16_MAX))
        return false;
    out->port = (unsigned)port;
    return length == 0 || *text == ':';
}

bool
web_host_read(struct web_host *out, const char *text, size_t length)
{
    *out = (struct web_host){ .port = 0 };
    text_trim(&text, &length);
    const char *end = memchr(text, *text == '[' ? ']' : ':', length);
    size_t name = end ? (size_t)(end - text) : length;

    if (length == 0)
        return false;
    if (*text != '[')
        return web_host_read_name(out, text, name)
               && web_host_read_port(out, text + name, length - name);
    return end && web_host_read_six(out, text + 1, name - 1)
           && web_host_read_port(out, end + 1, length - name - 1);
}

void
web_host_write(char out[WEB_HOST_TEXT_SIZE], const struct web_host *host)
{
    bool six = strchr(host->name, ':') != NULL;
    int length =
        snprintf(out, WEB_HOST_TEXT_SIZE, "%s%s%s", six ? "[" : "", host->name, six ? "]" : "");

    if (host->port != 0)
        snprintf(out + length, WEB_HOST_TEXT_SIZE - (size_t)length, ":%u", host->port);
}
