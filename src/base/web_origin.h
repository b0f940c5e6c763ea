/*
 * web_origin.h - the address of the pages: a scheme, a host and an optional port (RFC 6454, section
 * 6.2).
 */
#ifndef BASE_WEB_ORIGIN_H
#define BASE_WEB_ORIGIN_H

#include <stdbool.h>

enum { WEB_ORIGIN_SIZE = 268 }; /* "https://", 253 bytes, ":65535" and NUL */

/* Writes the origin as a browser sends it: domain_name.h converts a host with letters beyond ASCII.
 * False, with `out` undefined: it is not an http or https origin. */
bool web_origin_read(char out[WEB_ORIGIN_SIZE], const char *text);

#endif
