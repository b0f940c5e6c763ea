#include "edge/http/header_checks.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "edge/http/dispatch.h"

void
header_checks_add(struct header_checks *checks, const char *name, const char *value)
{
    if (!strcasecmp(name, "Content-Length")) {
        checks->length = value;
        checks->lengths++;
    } else if (!strcasecmp(name, "Transfer-Encoding")) {
        checks->coding = value;
        checks->codings++;
    } else if (!strcasecmp(name, "X-Forwarded-For")) {
        checks->forwarded = value;
    } else if (!strcasecmp(name, "Host")) {
        checks->hosts++;
    }
}

static void
refuse_body(struct http_request *http)
{
    http_refuse(http, STATUS_TOO_LARGE, "",
                http->body.limit > HTTP_BODY_MOST_BYTES ? "the body is larger than 16 MiB"
                                                        : "the body is larger than 64 KiB");
}

static bool
header_checks_too_long(struct http_request *http, int64_t bytes, const char *coding)
{
    http_find_body_limit(http, bytes > HTTP_BODY_MOST_BYTES || coding);
    return bytes > (int64_t)http->body.limit;
}

bool
header_checks_refuse(struct http_request *http, const struct header_checks *checks)
{
    const char *length = checks->length, *coding = checks->coding;
    int64_t bytes = 0;

    if (checks->lengths > 1 || checks->codings > 1 || checks->hosts > 1)
        http_refuse(http, STATUS_MALFORMED, "", "a header that may appear once appears twice");
    else if (coding && (length || strcasecmp(coding, "chunked") != 0))
        http_refuse(http, STATUS_MALFORMED, "", "the length of the body is ambiguous");
    else if (length && !text_to_int64(&bytes, length, strlen(length), 0, INT64_MAX))
        http_refuse(http, STATUS_MALFORMED, "", "the header Content-Length is not a number");
    else if (atomic_load(http->context->stopping))
        http_refuse(http, STATUS_BUSY, "", "the server is stopping");
    else if (header_checks_too_long(http, bytes, coding))
        refuse_body(http);
    else
        return false;
    return true;
}
