/* submit_key.h - the header Idempotency-Key of a write. */
#ifndef EDGE_HTTP_SUBMIT_KEY_H
#define EDGE_HTTP_SUBMIT_KEY_H

#include "edge/http/request.h"

/* Does the key count? It belongs to its user: nobody gets the answer of another user. */
bool submit_has_key(const struct http_request *http);

/* Checks the key and hashes the request.
 *   STATUS_MALFORMED  not 1 to 255 visible characters of ASCII */
enum status submit_check_key(struct http_request *http);

#endif
