/* access.h - may a request use its route? */
#ifndef EDGE_HTTP_ACCESS_H
#define EDGE_HTTP_ACCESS_H

#include "edge/http/route.h"

/* Refuses writes that a browser sends from another site. The origin must be `public_url` or,
 * without one, name the request's host. A request without an Origin header comes from no browser,
 * unless Sec-Fetch-Site says that it is from another site. */
bool access_origin_accepted(const char *origin, const char *host, const char *public_url);

/* Sets http->who, ->actor, ->role, ->organization_id and ->serial.
 *   STATUS_FORBIDDEN     wrong_origin; the role is too low; no operator
 *   STATUS_UNAUTHORIZED  nobody is signed in
 *   STATUS_NOT_FOUND     not a member of {org}, or no such organization; no {serial} */
enum status access_check(struct http_request *http, struct call *call);

#endif
