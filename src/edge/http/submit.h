/* submit.h - submits a request to a worker and the writer, under its Idempotency-Key. */
#ifndef EDGE_HTTP_SUBMIT_H
#define EDGE_HTTP_SUBMIT_H

#include "edge/http/route.h"

/* Checks the header Idempotency-Key and hashes the request.
 *   STATUS_MALFORMED  not 1 to 255 visible characters of ASCII */
enum status submit_check_key(struct http_request *http);

/* Suspends the request and submits it to a worker or to the writer. Its resume() always follows,
 * with http->status and http->call.db.fault set. False, with nothing done: the server is stopping.
 */
bool submit_request(struct http_request *http);

#endif
