#include "edge/http/server.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "edge/http/connection_watch.h"
#include "edge/http/engine.h"
#include "edge/http/listener.h"
#include "edge/http/pools.h"

enum {
    THREADS = 4,
    CONNECTIONS = 1024,
    PASSWORD_THREADS = 2,
};

struct http_server {
    struct http_context context; /* its functions find the server through a request */
    struct http_pools pools;     /* of the context */
    struct connections *connections;
    struct connection_watch *watch;
    struct traffic traffic;
    struct http_engine *engine;
    int listening;
    struct address bound;
    atomic_bool stopping;
    int64_t stops_at; /* monotonic nanoseconds: from then on answers are cut */
};

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
        .writer = options->writer,
        .secret = options->secret,
        .journal_index = options->journal_index,
        .ledger_cache = options->ledger_cache,
        .sign_up = options->sign_up,
        .claim = options->claim,
        .set_up_token = options->set_up_token ? options->set_up_token : "",
        .public_url = options->public_url,
        .port = address_port(&server->bound),
        .trusted_proxy = options->trusted_proxy,
        .link_url = options->link_url,
        .mail_is_set = options->mail_is_set,
        .webhook_private = options->webhook_private,
        .suspend = engine_suspend,
        .resume = engine_resume,
        .clock = options->clock,
        .stopping = &server->stopping,
    };
    atomic_init(&server->stopping, false);
}

static void
free_server(struct http_server *server)
{
    connection_watch_stop(server->watch);
    connections_close(server->connections);
    http_pools_free(&server->context);
    http_pools_clear(&server->pools);
    if (server->listening >= 0)
        close(server->listening);
    traffic_clear(&server->traffic);
    free(server);
}

enum status
http_server_listen(struct http_server **out, const char *address, struct fault *fault)
{
    struct http_server *server = memory_new(1, sizeof *server);

    *out = NULL;
    server->listening = -1;
    traffic_init(&server->traffic);
    http_pools_init(&server->pools);
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
    server->connections = connections_open(options.most_connections);
    const struct http_pools_options pools = { options.store, options.threads,
                                              options.password_threads };
    enum status status = http_pools_start(&server->pools, &server->context, &pools, fault);
    if (!status)
        status = connection_watch_start(&server->watch, server->connections, fault);
    if (status)
        return status;
    const struct http_engine_options engine = {
        .context = &server->context,
        .connections = server->connections,
        .traffic = &server->traffic,
        .most_connections = options.most_connections,
        .listening = server->listening,
    };
    status = engine_start(&server->engine, &engine, fault);
    if (!status)
        server->listening = -1; /* the engine's until engine_quiesce() */
    return status;
}

void
http_server_close(struct http_server *server)
{
    if (!server || server->stops_at)
        return;
    server->stops_at = monotonic_nanoseconds() + HTTP_STOP_SECONDS * INT64_C(1000000000);
    atomic_store(&server->stopping, true);
    if (server->engine)
        server->listening = engine_quiesce(server->engine);
    http_pools_end(&server->pools, &server->context);
}

void
http_server_stop(struct http_server *server)
{
    if (!server)
        return;
    http_server_close(server);
    if (server->engine) {
        traffic_wait(&server->traffic, TRAFFIC_BEGUN, server->stops_at);
        /* The library aborts if it stops with a suspended request. The writer has ended, and so
         * have all other threads that have one: a new one is resumed at once. */
        bool none = traffic_close(&server->traffic, TRAFFIC_SUSPENDED, INT64_MAX);
        assert(none);
        engine_stop(server->engine);
    }
    free_server(server);
}

void
http_server_address(const struct http_server *server, char out[ADDRESS_TEXT_SIZE])
{
    address_format(out, &server->bound);
}
