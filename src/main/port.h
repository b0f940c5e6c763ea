/* port.h - tests whether a port is free. */
#ifndef MAIN_PORT_H
#define MAIN_PORT_H

#include <stdbool.h>

/* True: a server could listen at this address (base/address.h) now. `type` is SOCK_STREAM or
 * SOCK_DGRAM. */
bool port_is_free(const char *address, int type);

/* Takes the port for an instant, as a server does. 0, or the error number. */
int port_try(const char *address, int type);

#endif
