#include "base/web_origin.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "base/web_host.h"

bool
web_origin_read(char out[WEB_ORIGIN_SIZE], const char *text)
{
    size_t length = strlen(text);
    char written[WEB_HOST_TEXT_SIZE];
    struct web_host host;

    text_trim(&text, &length);
    bool secure = length > 8 && !strncasecmp(text, "https://", 8);
    if (!secure && (length <= 7 || strncasecmp(text, "http://", 7) != 0))
        return false;
    size_t scheme = secure ? 8 : 7;
    while (length > scheme && text[length - 1] == '/')
        length--;
    if (length == scheme || strchr(" \t", text[scheme])
        || !web_host_read(&host, text + scheme, length - scheme))
        return false;
    if (host.port == (secure ? 443 : 80))
        host.port = 0;
    web_host_write(written, &host);
    snprintf(out, WEB_ORIGIN_SIZE, "%s://%s", secure ? "https" : "http", written);
    return true;
}
