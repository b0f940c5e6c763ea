/*
 * port.h - is a port free?
 */
#ifndef MAIN_PORT_H
#define MAIN_PORT_H

#include <stdbool.h>

/* Whether somebody could listen at this address (base/address.h) now; `type` is
 * SOCK_STREAM or SOCK_DGRAM. */
bool port_is_free(const char *address, int type);

#endif
