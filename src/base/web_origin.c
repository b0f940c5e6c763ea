#include "base/web_origin.h"

#include <stdio.h>
#include <string.h>

#include "base/domain_name.h"
#include "base/text.h"

bool
web_origin_read(char out[WEB_ORIGIN_SIZE], const char *text)
{
    int scheme = !strncmp(text, "https://", 8) ? 8 : !strncmp(text, "http://", 7) ? 7 : 0;
    const char *host = text + scheme;
    char ascii[DOMAIN_NAME_SIZE];
    size_t length = strlen(host);

    if (scheme == 0 || length == 0 || strcspn(host, "/?#@\\ \"<>") != length)
        return false;
    if (text_is_ascii(host, length))
        return snprintf(out, WEB_ORIGIN_SIZE, "%s", text) - scheme <= 253 + 6;
    size_t name = strcspn(host, ":");
    if (!text_is_ascii(host + name, length - name) || !domain_name_to_ascii(ascii, host, name))
        return false;
    return snprintf(out, WEB_ORIGIN_SIZE, "%.*s%s%s", scheme, text, ascii, host + name)
           < WEB_ORIGIN_SIZE;
}
