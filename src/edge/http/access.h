/* access.h - may this request do what its route does? */
#ifndef EDGE_HTTP_ACCESS_H
#define EDGE_HTTP_ACCESS_H

#include "edge/http/route.h"

/* A write that a browser sends from another site. With a `public_url` the origin has to be
 * that one, else that of the request's own host; without the header it is no browser. */
bool access_origin_accepted(const char *origin, const char *host, const char *public_url);

/* Who asks, and whether the route is for them: sets http->who, ->actor, ->role,
 * ->organization_id and ->serial.
 *   STATUS_FORBIDDEN     wrong_origin; the role is too low; no operator
 *   STATUS_UNAUTHORIZED  nobody is signed in
 *   STATUS_NOT_FOUND     not a member of {org}, or no such organization; no {serial} */
enum status access_check(struct http_request *http, struct call *call);

#endif
