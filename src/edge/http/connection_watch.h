/* connection_watch.h - the thread that ends connections whose time is over. */
#ifndef EDGE_HTTP_CONNECTION_WATCH_H
#define EDGE_HTTP_CONNECTION_WATCH_H

#include "base/status.h"
#include "edge/http/connections.h"

struct connection_watch;

/* The connections outlive it; the caller stops it. STATUS_BROKEN: the system gives no thread; *out
 * is NULL. */
enum status connection_watch_start(struct connection_watch **out, struct connections *connections,
                                   struct fault *fault);
void connection_watch_stop(struct connection_watch *watch); /* NULL is allowed */

#endif
