/* header_checks.h - refuses heads that two programs could read in two ways, and hosts of others. */
#ifndef EDGE_HTTP_HEADER_CHECKS_H
#define EDGE_HTTP_HEADER_CHECKS_H

#include "edge/http/request.h"

/* NULL: the header is absent. */
struct header_checks {
    const char *version;   /* "HTTP/1.1" */
    const char *length;    /* Content-Length */
    const char *coding;    /* Transfer-Encoding */
    const char *forwarded; /* the last X-Forwarded-For: a proxy adds its own behind the client's */
    unsigned present;      /* a bit for each header that must be unique */
    bool repeated, has_host;
    bool bad_name, bad_value;
    bool bytes_dropped; /* head_layout.h */
};

/* Adds one header of the request. It keeps a pointer to the value. A name has to be a token, and a
 * value holds no control character but HTAB (RFC 9110, sections 5.1 and 5.5). */
void header_checks_add(struct header_checks *checks, const char *name, const char *value);

/* Refuses a head that is malformed or a length that is ambiguous, against request smuggling (RFC
 * 9112, section 6.3), a host that is not this server, and a body that is too long. True:
 * http->answer is the refusal; the connection must end with it. */
bool header_checks_refuse(struct http_request *http, const struct header_checks *checks);

#endif
