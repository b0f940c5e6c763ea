/* write.h - a request on its way through workers and the writer, and its Idempotency-Key. */
#ifndef EDGE_HTTP_SUBMIT_H
#define EDGE_HTTP_SUBMIT_H

#include "edge/http/route.h"

/* Looks at the header Idempotency-Key, and makes the request's hash.
 *   STATUS_MALFORMED  not 1 to 255 visible characters of ASCII */
enum status write_check_key(struct http_request *http);

/* Suspends the request and hands it to a worker or to the writer. It is resumed in any
 * case, with http->status and http->call.db.fault set. False: nothing was done, for the server is
 * stopping. */
bool write_hand_on(struct http_request *http);

#endif
