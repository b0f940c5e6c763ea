#include "edge/http/library_answers.h"

#include <dlfcn.h>
#include <microhttpd.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"
#include "edge/http/answer.h"
#include "edge/http/connections.h"
#include "edge/http/dispatch.h"

typedef enum MHD_Result queue_function(struct MHD_Connection *connection, unsigned code,
                                       struct MHD_Response *response);

/* The function of the library. */
static queue_function *
library_queue(void)
{
    void *found = dlsym(RTLD_NEXT, "MHD_queue_response");
    queue_function *function;

    memcpy(&function, &found, sizeof function);
    return function;
}

static void
add_headers(struct MHD_Response *response, const struct http_answer *answer)
{
    for (size_t i = 0; i < answer->header_count; i++)
        MHD_add_response_header(response, answer->headers[i].name, answer->headers[i].value);
}

bool
library_answers_queue(struct MHD_Connection *connection, const struct http_answer *answer,
                      struct MHD_Response *response)
{
    add_headers(response, answer);
    return library_queue()(connection, (unsigned)answer->code, response) == MHD_YES;
}

static void
refuse(struct http_request *http, unsigned code)
{
    static const struct {
        unsigned http;
        enum status status;
        const char *code, *reason;
    } rows[] = {
        { MHD_HTTP_BAD_REQUEST, STATUS_MALFORMED, "",
          "the request line, a header or a chunk is not HTTP" },
        { MHD_HTTP_CONTENT_TOO_LARGE, STATUS_TOO_LARGE, "", "the body is too large" },
        { MHD_HTTP_URI_TOO_LONG, STATUS_MALFORMED, "target_too_long", "the address is too long" },
        { MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE, STATUS_TOO_LARGE, "headers_too_large",
          "the headers are larger than 32 KiB" },
        { MHD_HTTP_HTTP_VERSION_NOT_SUPPORTED, STATUS_MALFORMED, "version_not_supported",
          "this server speaks HTTP/1.1" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].http == code) {
            http_refuse(http, rows[i].status, rows[i].code, rows[i].reason);
            return;
        }
    }
    http_refuse(http, STATUS_BROKEN, "", "the HTTP library has a fault");
}

/* With these, libmicrohttpd 0.9.75 goes on after its answer and sends the head of it twice: a
 * Content-Length that it cannot read, and cookies for which a connection has no memory left. */
static bool
repeats_head(struct MHD_Connection *connection, unsigned code)
{
    const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Length");
    int64_t bytes;

    return code == MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE
           || (length
               && (*length < '0' || *length > '9'
                   || !text_to_int64(&bytes, length, strlen(length), 0, INT64_MAX)));
}

/* Sends the answer past the library, which then only ends the connection. It fits into the socket's
 * buffer, or the client has not read earlier answers and loses this one. */
static void
send_past(struct MHD_Connection *connection, const struct http_answer *answer)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct buffer out;

    buffer_init(&out, HTTP_BODY_MOST_BYTES);
    buffer_printf(&out, "HTTP/1.1 %d %s\r\nConnection: close\r\nContent-Length: %zu\r\n",
                  answer->code, MHD_get_reason_phrase_for((unsigned)answer->code),
                  answer->body.size);
    for (size_t i = 0; i < answer->header_count; i++)
        buffer_printf(&out, "%s: %s\r\n", answer->headers[i].name, answer->headers[i].value);
    buffer_text(&out, "\r\n");
    buffer_append(&out, answer->body.bytes, answer->body.size);
    if (info)
        (void)!send(info->connect_fd, out.bytes, out.size, MSG_DONTWAIT | MSG_NOSIGNAL);
    buffer_clear(&out);
}

static bool
queue_problem(struct MHD_Connection *connection, const struct http_answer *answer)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(
        answer->body.size, answer->body.bytes, MHD_RESPMEM_MUST_COPY);

    if (!response)
        return false;
    bool queued = library_answers_queue(connection, answer, response);
    MHD_destroy_response(response);
    return queued;
}

/* libmicrohttpd calls it, in place of its own, with an answer of its own. */
enum MHD_Result
MHD_queue_response(struct MHD_Connection *connection, unsigned code, struct MHD_Response *response)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct http_request http;

    if (!info || !info->socket_context)
        return library_queue()(connection, code, response);
    http_init(&http, connection_context(info->socket_context));
    refuse(&http, code);
    answer_add_common_headers(&http);
    bool past = repeats_head(connection, code);
    if (past)
        send_past(connection, &http.answer);
    bool queued = !past && queue_problem(connection, &http.answer);
    http_clear(&http);
    return queued ? MHD_YES : MHD_NO;
}
