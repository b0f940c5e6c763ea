/* router.h - finds the route of a method and a path. */
#ifndef EDGE_HTTP_ROUTER_H
#define EDGE_HTTP_ROUTER_H

#include "edge/http/route.h"

enum { ROUTER_MOST_SEGMENTS = 12 };

/* Sets http->route and http->path_values by http->method and http->target.
 *   STATUS_MALFORMED  the path is not percent-encoded UTF-8;
 *                     method_not_allowed: *allowed has a bit (1 << method) for each allowed one
 *   STATUS_NOT_FOUND  no route has this path */
enum status router_find(struct http_request *http, const struct http_route *const *tables,
                        unsigned *allowed, struct fault *fault);

#endif
