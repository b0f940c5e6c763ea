/* fuzz_web_url.c - no text may crash web_url_parse(); what it takes holds nothing that ends a line
 * of a request, and names one host. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/web_url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct web_url url;

    if (web_url_parse(&url, text, size))
        return 0;
    const char *host = text + (url.secure ? 8 : 7);
    size_t length = strlen(url.host), left = size - (size_t)(host - text);

    for (size_t i = 0; i < size; i++)
        if (data[i] <= ' ' || data[i] > '~' || data[i] == '\\')
            abort();
    if (length == 0 || length >= sizeof url.host || url.port < 1 || url.port > 65535)
        abort();
    if (memcmp(host + (host[0] == '['), url.host, length))
        abort();
    for (size_t i = 0; i < left && host[i] != '/' && host[i] != '?'; i++)
        if (host[i] == '@')
            abort();
    return 0;
}
