/* engine.h - the HTTP library: one thread reads requests and sends answers, and never waits. */
#ifndef EDGE_HTTP_ENGINE_H
#define EDGE_HTTP_ENGINE_H

#include "edge/http/connections.h"
#include "edge/http/request.h"
#include "edge/http/traffic.h"

struct http_engine;

/* All outlive the engine. */
struct http_engine_options {
    const struct http_context *context; /* its suspend and resume are this header's */
    struct connections *connections;
    struct traffic *traffic;
    size_t most_connections; /* as the connections have */
    int listening;           /* the engine's until engine_quiesce() */
};

/* The caller stops it. STATUS_BROKEN: the system gives no thread. */
enum status engine_start(struct http_engine **out, const struct http_engine_options *options,
                         struct fault *fault);
/* Accepts no new connection. Returns the listening socket. */
int engine_quiesce(struct http_engine *engine);
/* Cuts the answers that are still being sent. No request is suspended. */
void engine_stop(struct http_engine *engine);

/* For the context: request.h. */
bool engine_suspend(struct http_request *http);
void engine_resume(struct http_request *http);

#endif
