/* listener.h - a listening TCP socket. */
#ifndef EDGE_HTTP_LISTENER_H
#define EDGE_HTTP_LISTENER_H

#include "base/address.h"
#include "base/status.h"

/* Opens a non-blocking socket, which the caller closes. *bound is its address, with the port that
 * the system chose for port 0. "[::]" accepts IPv4 too.
 *   STATUS_INVALID  field "http": no address, or not one of this machine
 *   STATUS_BROKEN   in use, or the system gives no socket */
enum status listener_open(int *out, struct address *bound, const char *address,
                          struct fault *fault);

#endif
