#include "edge/http/session_cookie.h"

#include <stdio.h>
#include <string.h>

#include "base/web_host.h"

static unsigned
port_of(const struct http_context *context, const char *host)
{
    const char *url = context->public_url;
    bool is_set = url && *url;
    const char *text = is_set ? strstr(url, "://") + 3 : host;
    struct web_host read;

    if (text && web_host_read(&read, text, strlen(text)))
        return read.port;
    return is_set ? 0 : context->port;
}

void
session_cookie_name(char out[SESSION_COOKIE_NAME_SIZE], const struct http_context *context,
                    const char *host)
{
    bool secure = context->public_url && !strncmp(context->public_url, "https:", 6);
    unsigned port = port_of(context, host);
    bool own = port == 0 || port == (secure ? 443 : 80);
    char number[16] = "";

    if (!own)
        snprintf(number, sizeof number, "_%u", port);
    snprintf(out, SESSION_COOKIE_NAME_SIZE, "%s" SESSION_COOKIE_OLD "%s", secure ? "__Host-" : "",
             number);
}

bool
session_cookie_is_one(const char *name)
{
    size_t prefix = strlen("__Host-");

    name += strncmp(name, "__Host-", prefix) ? 0 : prefix;
    return !strncmp(name, SESSION_COOKIE_OLD, strlen(SESSION_COOKIE_OLD));
}
