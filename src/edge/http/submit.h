/* submit.h - submits a request to the threads that run it: a reader, a long runner, a hasher, the
 * writer. */
#ifndef EDGE_HTTP_SUBMIT_H
#define EDGE_HTTP_SUBMIT_H

#include "edge/http/route.h"

/* Suspends the request and submits it. Its resume() always follows, with http->status and
 * http->call.db.fault set. False, with nothing done: the server is stopping. */
bool submit_request(struct http_request *http);

/* The same for the check of access before a long body is read: run_admission(). */
bool submit_admission(struct http_request *http);

#endif
