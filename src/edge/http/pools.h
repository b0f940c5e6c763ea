/* pools.h - the threads that run requests, and the stores and places that they share. */
#ifndef EDGE_HTTP_POOLS_H
#define EDGE_HTTP_POOLS_H

#include "edge/http/places.h"
#include "edge/http/request.h"

enum {
    POOLS_LONG_RUNNERS = 2,
    POOLS_CHECKERS = 1,
    POOLS_BULK_PLACES = 4, /* an organization may take half */
    POOLS_LONG_PLACES = 16,
    POOLS_LONG_PLACES_OF_PERSON = 4, /* one runs; the others wait, or are sent */
};

struct http_pools {
    struct store_options store;
    struct deadline deadline; /* of the stores: the reads of a server that stops end early */
    struct places bulk, longs;
    struct body_memory bodies;
};

void http_pools_init(struct http_pools *pools);
void http_pools_clear(struct http_pools *pools);

struct http_pools_options {
    const struct store_options
        *store;              /* except mode and deadline; its pointers outlive the pools */
    size_t readers, hashers; /* 1 or more */
};

/* Opens the stores and starts the threads, into the context. The caller ends and frees them, even
 * after a failure.
 *   failures as store_open(); STATUS_BROKEN: the system gives no thread */
enum status http_pools_start(struct http_pools *pools, struct http_context *context,
                             const struct http_pools_options *options, struct fault *fault);
/* Refuses the requests that wait, ends the running reads within a second, and ends the threads.
 * Requests that come later are refused. */
void http_pools_end(struct http_pools *pools, struct http_context *context);
void http_pools_free(struct http_context *context); /* after http_pools_end() */

#endif
