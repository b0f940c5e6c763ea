#include "edge/http/server.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "edge/http/answer.h"
#include "edge/http/bulk_places.h"
#include "edge/http/client_address.h"
#include "edge/http/dispatch.h"
#include "edge/http/header_checks.h"
#include "edge/http/listener.h"
#include "edge/http/route.h"
#include "edge/http/traffic.h"

enum {
    THREADS = 4,
    CONNECTIONS = 1024,
    PASSWORD_THREADS = 2,
    PASSWORDS_WAITING = 64,
    IDLE_SECONDS = 30,
    CONNECTION_BYTES = 32 * 1024, /* must hold the request line and the headers */
    DRAIN_BYTES = 1024 * 1024,    /* of a body that is too large, before it cuts the connection */
    BLOCK_BYTES = 64 * 1024,      /* of the answer to a bulk request */
};

struct http_server {
    struct http_context context; /* its functions find the server through an exchange */
    struct MHD_Daemon *daemon;
    int listening;
    struct address bound;
    atomic_bool stopping;
    struct bulk_places bulk; /* of the context */
    struct traffic traffic;
};

/* One request of a connection, from its first line to the end of its answer. */
struct exchange {
    struct http_request http;
    struct http_server *server;
    struct MHD_Connection *connection;
    char client[INET6_ADDRSTRLEN];
    size_t drained;
    enum { EXCHANGE_NEW, EXCHANGE_READING, EXCHANGE_WAITS, EXCHANGE_ANSWERED } stage;
};

static bool
suspend(struct http_request *http)
{
    struct exchange *exchange = (struct exchange *)http;

    if (!traffic_enter(&exchange->server->traffic, TRAFFIC_SUSPENDED))
        return false;
    exchange->stage = EXCHANGE_WAITS;
    MHD_suspend_connection(exchange->connection);
    return true;
}

static void
resume(struct http_request *http)
{
    struct exchange *exchange = (struct exchange *)http;
    struct http_server *server = exchange->server;

    MHD_resume_connection(exchange->connection); /* from here on the exchange may be freed */
    traffic_leave(&server->traffic, TRAFFIC_SUSPENDED);
}

/* Only this callback gets the target still encoded. */
static void *
begin_exchange(void *with, const char *target, struct MHD_Connection *connection)
{
    struct http_server *server = with;
    struct exchange *exchange = memory_new(1, sizeof *exchange);
    http_init(&exchange->http, &server->context);
    exchange->server = server;
    exchange->connection = connection;
    http_set_target(&exchange->http, target);
    traffic_enter(&server->traffic, TRAFFIC_BEGUN);
    return exchange;
}

static void
end_exchange(void *with, struct MHD_Connection *connection, void **of_request,
             enum MHD_RequestTerminationCode why)
{
    struct exchange *exchange = *of_request;
    struct http_server *server = with;

    (void)connection;
    (void)why;
    if (!exchange)
        return;
    *of_request = NULL;
    http_clear(&exchange->http);
    free(exchange);
    traffic_leave(&server->traffic, TRAFFIC_BEGUN);
}

/* The library asks for each byte of a bulk answer once, in order. The request gives its place back
 * with the last block: a client that has the whole answer may send the next request at once. */
static ssize_t
give_block(void *with, uint64_t at, char *block, size_t most)
{
    struct exchange *exchange = with;
    const struct buffer *body = &exchange->http.answer.body;
    size_t left = body->size - (size_t)at, size = left < most ? left : most;

    memcpy(block, body->bytes + at, size);
    if (size == left)
        http_clear(&exchange->http);
    return (ssize_t)size;
}

static struct MHD_Response *
make_response(struct exchange *exchange)
{
    const struct http_answer *answer = &exchange->http.answer;
    const void *bytes = answer->bytes ? answer->bytes : answer->body.bytes;
    size_t size = answer->bytes ? answer->size : answer->body.size;

    if (exchange->http.bulk)
        return MHD_create_response_from_callback(answer->body.size, BLOCK_BYTES, give_block,
                                                 exchange, NULL);
    return MHD_create_response_from_buffer(size, (void *)(uintptr_t)bytes, MHD_RESPMEM_PERSISTENT);
}

static enum MHD_Result
send_answer(struct exchange *exchange)
{
    struct http_answer *answer = &exchange->http.answer;
    struct MHD_Response *response = make_response(exchange);

    if (!response)
        return MHD_NO;
    answer_add_common_headers(&exchange->http);
    for (size_t i = 0; i < answer->header_count; i++)
        MHD_add_response_header(response, answer->headers[i].name, answer->headers[i].value);
    if (atomic_load(&exchange->server->stopping))
        MHD_add_response_header(response, "Connection", "close");

    exchange->stage = EXCHANGE_ANSWERED;
    enum MHD_Result result =
        MHD_queue_response(exchange->connection, (unsigned)answer->code, response);
    MHD_destroy_response(response);
    return result;
}

static const char *
header_of(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static enum MHD_Result
check_header(void *head, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    if (value)
        header_checks_add(head, name, value);
    return MHD_YES;
}

static void
read_head(struct exchange *exchange, const char *method, struct header_checks *head)
{
    struct http_request *http = &exchange->http;
    struct MHD_Connection *connection = exchange->connection;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

    http->head = !strcmp(method, "HEAD");
    http->method = http->head ? HTTP_GET : http_method_parse(method);
    http->headers = (struct http_headers){
        .host = header_of(connection, "Host"),
        .origin = header_of(connection, "Origin"),
        .content_type = header_of(connection, "Content-Type"),
        .accept = header_of(connection, "Accept"),
        .accept_encoding = header_of(connection, "Accept-Encoding"),
        .if_none_match = header_of(connection, "If-None-Match"),
        .idempotency_key = header_of(connection, "Idempotency-Key"),
        .session = MHD_lookup_connection_value(connection, MHD_COOKIE_KIND, "tenure_session"),
        .browsers = MHD_lookup_connection_value(connection, MHD_COOKIE_KIND, "tenure_browser"),
    };
    *head = (struct header_checks){ .length = NULL };
    MHD_get_connection_values(connection, MHD_HEADER_KIND, check_header, head);
    client_address_text(exchange->client, &(struct client_address_from){
                                              .peer = info ? info->client_addr : NULL,
                                              .trusted_proxy = http->context->trusted_proxy,
                                              .forwarded = head->forwarded,
                                          });
    http->client = exchange->client;
}

static enum MHD_Result
append_body(struct exchange *exchange, const char *bytes, size_t *size)
{
    struct buffer *body = &exchange->http.body;

    buffer_append(body, bytes, *size);
    exchange->http.body_too_large = body->overflow;
    if (body->overflow)
        exchange->drained += *size;
    *size = 0;
    return exchange->drained > DRAIN_BYTES ? MHD_NO : MHD_YES;
}

static enum MHD_Result
handle(void *with, struct MHD_Connection *connection, const char *url, const char *method,
       const char *version, const char *upload, size_t *upload_size, void **of_request)
{
    struct exchange *exchange = *of_request;

    (void)with;
    (void)connection;
    (void)url;
    (void)version;
    if (exchange->stage == EXCHANGE_NEW) { /* the body follows */
        struct header_checks head;
        exchange->stage = EXCHANGE_READING;
        read_head(exchange, method, &head);
        return header_checks_refuse(&exchange->http, &head) ? send_answer(exchange) : MHD_YES;
    }
    if (*upload_size > 0)
        return append_body(exchange, upload, upload_size);
    if (exchange->stage == EXCHANGE_WAITS)
        http_finish(&exchange->http);
    else if (http_begin(&exchange->http) == HTTP_WAITS)
        return MHD_YES;
    return send_answer(exchange);
}

static void
log_library(void *with, const char *format, va_list args)
{
    char text[512];

    (void)with;
    int length = vsnprintf(text, sizeof text, format, args);
    while (length > 0 && length < (int)sizeof text && text[length - 1] == '\n')
        text[--length] = '\0';
    log_line(LOG_DEBUG, "http.library", "says=\"%s\"", text);
}

static enum status
start_daemon(struct http_server *server, const struct http_server_options *options,
             struct fault *fault)
{
    const unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_USE_ERROR_LOG
                           | MHD_ALLOW_SUSPEND_RESUME;
    struct MHD_OptionItem pool[] = {
        /* a pool has two threads or more */
        { options->threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END,
          (intptr_t)options->threads, NULL },
        { MHD_OPTION_END, 0, NULL },
    };

    server->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, handle, server, MHD_OPTION_EXTERNAL_LOGGER, log_library, NULL,
        MHD_OPTION_ARRAY, pool, MHD_OPTION_LISTEN_SOCKET, server->listening,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)options->most_connections, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES, MHD_OPTION_URI_LOG_CALLBACK,
        begin_exchange, server, MHD_OPTION_NOTIFY_COMPLETED, end_exchange, server, MHD_OPTION_END);
    if (!server->daemon)
        return fail(fault, STATUS_BROKEN, "", "http", "the HTTP server cannot be started: %s",
                    strerror(errno));
    server->listening = -1; /* the library owns it until MHD_quiesce_daemon() */
    return STATUS_OK;
}

static struct http_server_options
with_defaults(struct http_server_options options)
{
    if (options.threads == 0)
        options.threads = THREADS;
    if (options.most_connections == 0)
        options.most_connections = CONNECTIONS;
    if (options.password_threads == 0)
        options.password_threads = PASSWORD_THREADS;
    return options;
}

static void
init_context(struct http_server *server, const struct http_server_options *options)
{
    server->context = (struct http_context){
        .stores = store_pool_open(options->store, options->threads),
        .writer = options->writer,
        .secret = options->secret,
        .journal_index = options->journal_index,
        .ledger_cache = options->ledger_cache,
        .sign_up = options->sign_up,
        .claim = options->claim,
        .set_up_token = options->set_up_token ? options->set_up_token : "",
        .public_url = options->public_url,
        .trusted_proxy = options->trusted_proxy,
        .link_url = options->link_url,
        .mail_is_set = options->mail_is_set,
        .webhook_private = options->webhook_private,
        .suspend = suspend,
        .resume = resume,
        .clock = options->clock,
        .stopping = &server->stopping,
        .bulk = &server->bulk,
    };
    atomic_init(&server->stopping, false);
}

static void
free_server(struct http_server *server)
{
    workers_stop(server->context.workers);
    store_pool_close(server->context.stores);
    if (server->listening >= 0)
        close(server->listening);
    traffic_clear(&server->traffic);
    bulk_places_clear(&server->bulk);
    free(server);
}

enum status
http_server_listen(struct http_server **out, const char *address, struct fault *fault)
{
    struct http_server *server = memory_new(1, sizeof *server);

    *out = NULL;
    server->listening = -1;
    traffic_init(&server->traffic);
    bulk_places_init(&server->bulk);
    enum status status = listener_open(&server->listening, &server->bound, address, fault);
    if (status)
        free_server(server);
    else
        *out = server;
    return status;
}

enum status
http_server_start(struct http_server *server, const struct http_server_options *wanted,
                  struct fault *fault)
{
    struct http_server_options options = with_defaults(*wanted);

    init_context(server, &options);
    enum status status =
        workers_start(&server->context.workers, options.password_threads, PASSWORDS_WAITING, fault);
    return status ? status : start_daemon(server, &options, fault);
}

void
http_server_stop(struct http_server *server)
{
    if (!server)
        return;
    if (!server->daemon) { /* never started */
        free_server(server);
        return;
    }
    int64_t until = monotonic_nanoseconds() + HTTP_STOP_SECONDS * INT64_C(1000000000);
    atomic_store(&server->stopping, true);
    server->listening = MHD_quiesce_daemon(server->daemon);
    traffic_wait(&server->traffic, TRAFFIC_BEGUN, until);
    /* The library aborts if it stops with a suspended connection. */
    if (!traffic_close(&server->traffic, TRAFFIC_SUSPENDED, until)) {
        /* Leave it running: the end of the process frees it. */
        log_line(LOG_WARNING, "http.stuck", "requests still wait for the writer");
        return;
    }
    MHD_stop_daemon(server->daemon);
    free_server(server);
}

void
http_server_address(const struct http_server *server, char out[ADDRESS_TEXT_SIZE])
{
    address_format(out, &server->bound);
}
