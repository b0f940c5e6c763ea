/* listener.h - a TCP socket that listens. */
#ifndef EDGE_HTTP_LISTENER_H
#define EDGE_HTTP_LISTENER_H

#include "base/address.h"
#include "base/status.h"

/* *out is a non-blocking socket that the caller closes; *bound says its address, with the
 * port that the system chose for 0. "[::]" takes IPv4 too.
 *   STATUS_INVALID  field "http": no address, or not one of this machine
 *   STATUS_BROKEN   in use, or the system gives no socket */
enum status listener_open(int *out, struct address *bound, const char *address,
                          struct fault *fault);

#endif
