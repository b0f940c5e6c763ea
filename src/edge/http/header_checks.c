#include "edge/http/header_checks.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "edge/http/dispatch.h"
#include "edge/http/own_hosts.h"

/* RFC 9110, section 5.6.2 */
static bool
is_token(const char *text)
{
    static const char symbols[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    return *text != '\0' && text[strspn(text, symbols)] == '\0';
}

static bool
has_control(const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if ((c < 0x20 && c != '\t') || c == 0x7F)
            return true;
    }
    return false;
}

/* A proxy may read the first one, and we the last. */
static void
header_checks_count(struct header_checks *checks, const char *name)
{
    static const char *const once[] = { "Host",          "Content-Length", "Transfer-Encoding",
                                        "Content-Type",  "Origin",         "Sec-Fetch-Site",
                                        "Authorization", "Idempotency-Key" };

    checks->has_host |= !strcasecmp(name, once[0]);
    for (unsigned i = 0; i < sizeof once / sizeof once[0]; i++) {
        if (strcasecmp(name, once[i]) != 0)
            continue;
        checks->repeated |= (checks->present >> i & 1) != 0;
        checks->present |= 1U << i;
    }
}

void
header_checks_add(struct header_checks *checks, const char *name, const char *value)
{
    header_checks_count(checks, name);
    checks->bad_name |= !is_token(name);
    checks->bad_value |= has_control(value);
    if (!strcasecmp(name, "Content-Length")) {
        checks->length = value;
    } else if (!strcasecmp(name, "Transfer-Encoding")) {
        checks->coding = value;
    } else if (!strcasecmp(name, "X-Forwarded-For")) {
        checks->forwarded = value;
    }
}

/* NULL: none. */
static const char *
flaw_of_length(const struct header_checks *checks, int64_t *bytes)
{
    const char *length = checks->length, *coding = checks->coding;

    if (checks->repeated)
        return "a header appears twice that may appear only once";
    if (coding && (length || strcasecmp(coding, "chunked") != 0))
        return "the length of the body is ambiguous";
    if (coding && strcmp(checks->version, "HTTP/1.0") == 0)
        return "a request of HTTP/1.0 has no Transfer-Encoding";
    if (length
        && (*length < '0' || *length > '9'
            || !text_to_int64(bytes, length, strlen(length), 0, INT64_MAX)))
        return "the header Content-Length is not a number";
    return NULL;
}

static const char *
flaw_of_head(const struct http_request *http, const struct header_checks *checks, int64_t *bytes)
{
    if (checks->bad_name)
        return "the name of a header holds a space or another symbol that it may not hold";
    if (checks->bad_value)
        return "a header holds a control character";
    if (checks->bytes_dropped)
        return "the head holds a NUL, a folded line, a line without CRLF, or a space too many";
    if (http->target_malformed)
        return "the address of the request is malformed";
    if (!checks->has_host && strcmp(checks->version, "HTTP/1.0") != 0)
        return "the header Host is missing";
    return flaw_of_length(checks, bytes);
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

/* A host in the target counts in place of the header, which has to be right nevertheless. */
static bool
is_own_host(const struct http_request *http)
{
    const char *url = http->context->public_url;

    return (!http->headers.host || own_hosts_have(http->headers.host, url))
           && (!http->target_host || own_hosts_have(http->target_host, url));
}

bool
header_checks_refuse(struct http_request *http, const struct header_checks *checks)
{
    int64_t bytes = 0;
    const char *flaw = flaw_of_head(http, checks, &bytes);

    if (flaw)
        http_refuse(http, STATUS_MALFORMED, "", flaw);
    else if (!is_own_host(http))
        http_refuse(http, STATUS_MALFORMED, "wrong_host",
                    "the host of the request is not a name of this server: if people reach "
                    "it there, set --public-url");
    else if (atomic_load(http->context->stopping))
        http_refuse(http, STATUS_BUSY, "", "the server is stopping");
    else if (header_checks_too_long(http, bytes, checks->coding))
        refuse_body(http);
    else
        return false;
    return true;
}
