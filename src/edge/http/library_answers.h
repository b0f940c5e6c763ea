/*
 * library_answers.h - answers that the HTTP library makes itself look like all others.
 *
 * libmicrohttpd answers some requests before they reach us: a request line or a header without its
 * parts, a head that is too long, chunks that are malformed. Its answers are bare HTML, and it has
 * no hook for them. It queues them by its own MHD_queue_response(), which the dynamic linker
 * resolves. This file defines that function, so the library calls it: it queues a problem in place
 * of the HTML.
 */
#ifndef EDGE_HTTP_LIBRARY_ANSWERS_H
#define EDGE_HTTP_LIBRARY_ANSWERS_H

#include "edge/http/request.h"

struct MHD_Connection;
struct MHD_Response;

/* Queues our own answer. False: the connection has to end. */
bool library_answers_queue(struct MHD_Connection *connection, const struct http_answer *answer,
                           struct MHD_Response *response);

#endif
