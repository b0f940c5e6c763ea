#include "edge/http/encoding.h"

#include <string.h>

#include "base/text.h"
#include "edge/http/answer.h"
#include "edge/http/route.h"

enum { LEAST_BYTES = 1024 };

/* Is the weight in "gzip;q=0.5" more than zero? It is 1 where none is written. */
static bool
encoding_has_weight(const char *text, size_t length)
{
    const char *at = memchr(text, '=', length);

    if (!at)
        return true;
    for (at++; at < text + length; at++) {
        if (*at >= '1' && *at <= '9')
            return true;
    }
    return false;
}

bool
encoding_accepts_gzip(const char *accept_encoding)
{
    bool any = false;

    for (const char *at = accept_encoding; at && *at;) {
        size_t length = strcspn(at, ","), name = strcspn(at, ",;");
        const char *word = at;
        bool has_weight = encoding_has_weight(at + name, length - name);

        text_trim(&word, &name);
        if (text_equal_nocase(word, name, "gzip") || text_equal_nocase(word, name, "x-gzip"))
            return has_weight;
        if (text_equal_nocase(word, name, "*"))
            any = has_weight;
        at += length + (at[length] == ',');
    }
    return any;
}

static bool
encoding_is_allowed(const struct http_request *http)
{
    const struct http_route *route = http->route;

    return !route || (!route->has_secret && (http->method == HTTP_GET || route->bulk));
}

void
encoding_choose(struct http_request *http)
{
    struct http_answer *answer = &http->answer;

    if (answer->bytes || answer->body.size < LEAST_BYTES || !encoding_is_allowed(http))
        return;
    answer_header(http, "Vary", "Accept-Encoding");
    answer->gzip = !http->head && encoding_accepts_gzip(http->headers.accept_encoding);
    if (answer->gzip)
        answer_header(http, "Content-Encoding", "gzip");
}
