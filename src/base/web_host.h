/* web_host.h - the host of an address, with an optional port: what the header Host holds (RFC 9110,
 * section 7.2). */
#ifndef BASE_WEB_HOST_H
#define BASE_WEB_HOST_H

#include <stdbool.h>
#include <stddef.h>

enum { WEB_HOST_SIZE = 254, WEB_HOST_TEXT_SIZE = WEB_HOST_SIZE + 8 };

/* Two spellings of one host have the same name and port. */
struct web_host {
    char name[WEB_HOST_SIZE]; /* lower case, IDNA, without a last dot; IPv6 without brackets */
    unsigned port;            /* 0: none is written */
    bool numeric;             /* an IP address, in the form of inet_ntop() */
};

/* Reads "Example.com.", "example.com:8080", "192.0.2.1" or "[2001:db8::1]:443", with spaces and
 * tabs around. False, with *out undefined, for anything else. */
bool web_host_read(struct web_host *out, const char *text, size_t length);

/* Writes "name", or "name:port" unless the port is 0; IPv6 in brackets. */
void web_host_write(char out[WEB_HOST_TEXT_SIZE], const struct web_host *host);

#endif
