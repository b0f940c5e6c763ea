#include "edge/http/head.h"

#include <microhttpd.h>
#include <string.h>

#include "edge/http/head_layout.h"
#include "edge/http/route.h"
#include "edge/http/session_cookie.h"

/* Later versions refuse such heads themselves, and cut the spaces behind a value. */
enum { LIBRARY_DROPS_BYTES = MHD_VERSION < 0x00097600 };

struct head_reader {
    struct header_checks *checks;
    struct head_layout layout;
};

static const char *
header_of(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static enum MHD_Result
head_read_one(void *with, enum MHD_ValueKind kind, const char *name, size_t name_size,
              const char *value, size_t value_size)
{
    struct head_reader *reader = with;

    (void)kind;
    head_layout_add(&reader->layout, (struct head_text){ name, name_size },
                    (struct head_text){ value, value_size });
    header_checks_add(reader->checks, name, value ? value : "");
    return MHD_YES;
}

static void
head_read_all(struct MHD_Connection *connection, const struct head_line *line,
              struct header_checks *checks)
{
    struct head_reader reader = { .checks = checks };
    const union MHD_ConnectionInfo *size =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);

    head_layout_begin(&reader.layout, (struct head_text){ line->method, strlen(line->method) },
                      (struct head_text){ line->target, line->target_size },
                      (struct head_text){ line->version, strlen(line->version) });
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, head_read_one, &reader);
    if (LIBRARY_DROPS_BYTES && size && !head_layout_end(&reader.layout, size->header_size))
        checks->bytes_dropped = true;
}

/* Keeps the session of another port: a server that moves to another port keeps its sessions. The
 * last one is the newest (RFC 6265, section 5.4). */
static enum MHD_Result
head_find_session(void *session, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    if (session_cookie_is_one(name) && value)
        memcpy(session, &value, sizeof value);
    return MHD_YES;
}

static const char *
head_read_session(struct http_request *http, struct MHD_Connection *connection)
{
    session_cookie_name(http->cookie, http->context, http->headers.host);
    const char *token = MHD_lookup_connection_value(connection, MHD_COOKIE_KIND, http->cookie);

    if (!token)
        token = MHD_lookup_connection_value(connection, MHD_COOKIE_KIND, SESSION_COOKIE_OLD);
    if (!token)
        MHD_get_connection_values(connection, MHD_COOKIE_KIND, head_find_session, &token);
    return token;
}

void
head_read(struct http_request *http, struct MHD_Connection *connection,
          const struct head_line *line, struct header_checks *checks)
{
    http->head = !strcmp(line->method, "HEAD");
    http->method = http->head ? HTTP_GET : http_method_parse(line->method);
    http->headers = (struct http_headers){
        .host = header_of(connection, "Host"),
        .origin = header_of(connection, "Origin"),
        .fetch_site = header_of(connection, "Sec-Fetch-Site"),
        .content_type = header_of(connection, "Content-Type"),
        .accept = header_of(connection, "Accept"),
        .accept_encoding = header_of(connection, "Accept-Encoding"),
        .if_none_match = header_of(connection, "If-None-Match"),
        .idempotency_key = header_of(connection, "Idempotency-Key"),
    };
    http->headers.session = head_read_session(http, connection);
    http->headers.browsers =
        MHD_lookup_connection_value(connection, MHD_COOKIE_KIND, "tenure_browser");
    *checks = (struct header_checks){ .version = line->version };
    head_read_all(connection, line, checks);
}
