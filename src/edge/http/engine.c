#include "edge/http/engine.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gzip.h"
#include "base/log.h"
#include "base/memory.h"
#include "edge/http/answer.h"
#include "edge/http/client_address.h"
#include "edge/http/dispatch.h"
#include "edge/http/encoding.h"
#include "edge/http/head.h"
#include "edge/http/library_answers.h"

enum {
    MORE_CONNECTIONS = 64, /* of the library: those that have lost their place, but not yet ended */
    SILENCE_SECONDS = 60,  /* connections.h has shorter times for each phase */
    CONNECTION_BYTES = 32 * 1024, /* must hold the request line and the headers */
    DRAIN_BYTES = 1024 * 1024,    /* of a body that is too large, before it cuts the connection */
    BLOCK_BYTES = 64 * 1024,      /* of a longer answer */
};

struct http_engine {
    struct http_engine_options options;
    struct MHD_Daemon *daemon;
};

/* One request of a connection, from its first line to the end of its answer. */
struct exchange {
    struct http_request http;
    struct http_engine *engine;
    struct MHD_Connection *connection;
    struct http_connection *place; /* in the connections */
    char client[INET6_ADDRSTRLEN];
    const char *target; /* where it was received: head.h */
    size_t target_size;
    struct gzip *gzip; /* of an answer that is sent compressed */
    struct gzip_input plain;
    size_t drained;
    enum { EXCHANGE_NEW, EXCHANGE_READING, EXCHANGE_WAITS, EXCHANGE_ANSWERED } stage;
};

static void
exchange_enter(struct exchange *exchange, enum connection_phase phase)
{
    connection_enter(exchange->engine->options.connections, exchange->place, phase);
}

bool
engine_suspend(struct http_request *http)
{
    struct exchange *exchange = (struct exchange *)http;

    if (!traffic_enter(exchange->engine->options.traffic, TRAFFIC_SUSPENDED))
        return false;
    exchange->stage = EXCHANGE_WAITS;
    exchange_enter(exchange, PHASE_WORK);
    MHD_suspend_connection(exchange->connection);
    return true;
}

void
engine_resume(struct http_request *http)
{
    struct exchange *exchange = (struct exchange *)http;
    struct http_engine *engine = exchange->engine;

    MHD_resume_connection(exchange->connection); /* from here on the exchange may be freed */
    traffic_leave(engine->options.traffic, TRAFFIC_SUSPENDED);
}

/* *socket_context: the connection's place. */
static void
note_connection(void *with, struct MHD_Connection *connection, void **socket_context,
                enum MHD_ConnectionNotificationCode what)
{
    struct http_engine *engine = with;
    const union MHD_ConnectionInfo *socket =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    const union MHD_ConnectionInfo *client =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct client_address_from from = { .peer = client ? client->client_addr : NULL,
                                              .trusted_proxy =
                                                  engine->options.context->trusted_proxy };
    struct connection_peer peer = { .socket = socket ? socket->connect_fd : -1,
                                    .is_proxy = client_address_is_proxy(&from),
                                    .context = engine->options.context };

    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        connection_end(engine->options.connections, *socket_context);
        return;
    }
    client_address_text(peer.address, &from);
    *socket_context = connection_begin(engine->options.connections, &peer);
}

/* Only this callback gets the target still encoded. */
static void *
begin_exchange(void *with, const char *target, struct MHD_Connection *connection)
{
    struct http_engine *engine = with;
    struct exchange *exchange = memory_new(1, sizeof *exchange);
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    http_init(&exchange->http, engine->options.context);
    exchange->engine = engine;
    exchange->connection = connection;
    exchange->target = target;
    exchange->target_size = strlen(target);
    exchange->place = info->socket_context;
    exchange_enter(exchange, PHASE_HEAD);
    http_set_target(&exchange->http, target);
    traffic_enter(engine->options.traffic, TRAFFIC_BEGUN);
    return exchange;
}

static void
end_exchange(void *with, struct MHD_Connection *connection, void **of_request,
             enum MHD_RequestTerminationCode why)
{
    struct exchange *exchange = *of_request;
    struct http_engine *engine = with;

    (void)connection;
    (void)why;
    if (!exchange)
        return;
    *of_request = NULL;
    exchange_enter(exchange, PHASE_IDLE);
    http_clear(&exchange->http);
    gzip_end(exchange->gzip);
    free(exchange);
    traffic_leave(engine->options.traffic, TRAFFIC_BEGUN);
}

/* The library asks for each byte of a longer answer once, in order, when it has sent those before.
 * The request gives its place back with the last block: a client that has the whole answer may send
 * the next request at once. */
static ssize_t
give_block(void *with, uint64_t at, char *block, size_t most)
{
    struct exchange *exchange = with;
    const struct buffer *body = &exchange->http.answer.body;
    size_t left = body->size - (size_t)at, size = left < most ? left : most;

    memcpy(block, body->bytes + at, size);
    connection_progress(exchange->engine->options.connections, exchange->place, size);
    if (size == left)
        http_leave_place(&exchange->http);
    return (ssize_t)size;
}

/* The same for a compressed answer: its size is not known before its end. */
static ssize_t
give_packed(void *with, uint64_t at, char *block, size_t most)
{
    struct exchange *exchange = with;
    size_t size = gzip_write(exchange->gzip, &exchange->plain, block, most);

    (void)at;
    connection_progress(exchange->engine->options.connections, exchange->place, size);
    if (gzip_is_over(exchange->gzip))
        http_leave_place(&exchange->http);
    return size > 0 ? (ssize_t)size : MHD_CONTENT_READER_END_OF_STREAM;
}

static struct MHD_Response *
make_packed(struct exchange *exchange)
{
    const struct buffer *body = &exchange->http.answer.body;

    exchange->gzip = gzip_begin();
    exchange->plain = (struct gzip_input){ body->bytes, body->size, true };
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_BYTES, give_packed, exchange,
                                             NULL);
}

static struct MHD_Response *
make_response(struct exchange *exchange)
{
    const struct http_answer *answer = &exchange->http.answer;
    const void *bytes = answer->bytes ? answer->bytes : answer->body.bytes;
    size_t size = answer->bytes ? answer->size : answer->body.size;

    if (answer->gzip)
        return make_packed(exchange);
    if (!answer->bytes && size > BLOCK_BYTES && !exchange->http.head)
        return MHD_create_response_from_callback(size, BLOCK_BYTES, give_block, exchange, NULL);
    http_leave_place(&exchange->http);
    return MHD_create_response_from_buffer(size, (void *)(uintptr_t)bytes, MHD_RESPMEM_PERSISTENT);
}

/* A daemon that stops takes no response, and calls again: the connection ends. */
static enum MHD_Result
send_answer(struct exchange *exchange)
{
    struct http_answer *answer = &exchange->http.answer;

    if (exchange->stage == EXCHANGE_ANSWERED)
        return MHD_NO;
    encoding_choose(&exchange->http);
    struct MHD_Response *response = make_response(exchange);
    if (!response)
        return MHD_NO;
    answer_add_common_headers(&exchange->http);
    if (atomic_load(exchange->http.context->stopping))
        MHD_add_response_header(response, "Connection", "close");

    exchange->stage = EXCHANGE_ANSWERED;
    exchange_enter(exchange, PHASE_ANSWER);
    bool queued = library_answers_queue(exchange->connection, answer, response);
    MHD_destroy_response(response);
    http_drop_request(&exchange->http); /* the response has copies of its headers */
    return queued ? MHD_YES : MHD_NO;
}

static void
read_head(struct exchange *exchange, const char *method, const char *version,
          struct header_checks *head)
{
    struct http_request *http = &exchange->http;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    struct head_line line = { method, version, exchange->target, exchange->target_size };

    head_read(http, exchange->connection, &line, head);
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
    connection_progress(exchange->engine->options.connections, exchange->place, *size);
    if (!http_take_body(&exchange->http, bytes, *size))
        exchange->drained += *size;
    *size = 0;
    return exchange->drained > DRAIN_BYTES ? MHD_NO : MHD_YES;
}

/* The headers are there; the body follows. */
static enum MHD_Result
handle_head(struct exchange *exchange, const char *method, const char *version)
{
    struct header_checks head;

    exchange->stage = EXCHANGE_READING;
    exchange_enter(exchange, PHASE_BODY);
    read_head(exchange, method, version, &head);
    if (header_checks_refuse(&exchange->http, &head))
        return send_answer(exchange);
    if (!exchange->http.awaits_admission || http_admit(&exchange->http) == HTTP_WAITS)
        return MHD_YES;
    return send_answer(exchange);
}

/* The request was suspended before its body. */
static enum MHD_Result
handle_admission(struct exchange *exchange)
{
    exchange->http.awaits_admission = false;
    http_finish(&exchange->http);
    if (exchange->http.status)
        return send_answer(exchange);
    exchange->stage = EXCHANGE_READING;
    exchange_enter(exchange, PHASE_BODY);
    return MHD_YES;
}

static enum MHD_Result
handle(void *with, struct MHD_Connection *connection, const char *url, const char *method,
       const char *version, const char *upload, size_t *upload_size, void **of_request)
{
    struct exchange *exchange = *of_request;

    (void)with;
    (void)connection;
    (void)url;
    if (exchange->stage == EXCHANGE_NEW)
        return handle_head(exchange, method, version);
    if (exchange->stage == EXCHANGE_WAITS && exchange->http.awaits_admission)
        return handle_admission(exchange);
    if (*upload_size > 0)
        return append_body(exchange, upload, upload_size);
    if (exchange->stage == EXCHANGE_WAITS)
        http_finish(&exchange->http);
    else if (exchange->stage == EXCHANGE_READING && http_begin(&exchange->http) == HTTP_WAITS)
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

enum status
engine_start(struct http_engine **out, const struct http_engine_options *options,
             struct fault *fault)
{
    const unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_USE_ERROR_LOG
                           | MHD_ALLOW_SUSPEND_RESUME;
    struct http_engine *engine = memory_new(1, sizeof *engine);

    *out = NULL;
    engine->options = *options;
    engine->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, handle, engine, MHD_OPTION_EXTERNAL_LOGGER, log_library, NULL,
        MHD_OPTION_LISTEN_SOCKET, options->listening, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)(options->most_connections + MORE_CONNECTIONS), MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)SILENCE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES,
        MHD_OPTION_NOTIFY_CONNECTION, note_connection, engine, MHD_OPTION_URI_LOG_CALLBACK,
        begin_exchange, engine, MHD_OPTION_NOTIFY_COMPLETED, end_exchange, engine, MHD_OPTION_END);
    if (!engine->daemon) {
        free(engine);
        return fail(fault, STATUS_BROKEN, "", "http", "the HTTP server cannot be started: %s",
                    strerror(errno));
    }
    *out = engine;
    return STATUS_OK;
}

int
engine_quiesce(struct http_engine *engine)
{
    return MHD_quiesce_daemon(engine->daemon);
}

void
engine_stop(struct http_engine *engine)
{
    MHD_stop_daemon(engine->daemon);
    free(engine);
}
