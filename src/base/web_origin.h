/*
 * web_origin.h - the address of the pages: a scheme, a host and an optional port (RFC 6454, section
 * 6.2).
 */
#ifndef BASE_WEB_ORIGIN_H
#define BASE_WEB_ORIGIN_H

#include <stdbool.h>

enum { WEB_ORIGIN_SIZE = 272 }; /* "https://", 253 bytes in brackets, ":65535" and NUL */

/* Writes the origin as a browser sends it: in lower case, a host with letters beyond ASCII as
 * domain_name.h converts it, without the scheme's own port. Spaces around and slashes at the end do
 * not count. False, with `out` undefined: it is not an http or https origin. */
bool web_origin_read(char out[WEB_ORIGIN_SIZE], const char *text);

#endif
