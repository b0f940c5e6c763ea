/*
 * web_origin.h - where people reach the pages: a scheme, a host, perhaps a port (RFC 6454, section
 * 6.2).
 */
#ifndef BASE_WEB_ORIGIN_H
#define BASE_WEB_ORIGIN_H

#include <stdbool.h>

enum { WEB_ORIGIN_SIZE = 268 }; /* "https://", 253 bytes, ":65535" and NUL */

/* The origin as a browser sends it: a host with letters beyond ASCII in the form of domain_name.h,
 * any other as it is. False, with `out` undefined, for what is no http or https origin. */
bool web_origin_read(char out[WEB_ORIGIN_SIZE], const char *text);

#endif
