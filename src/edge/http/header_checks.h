/* header_checks.h - refuses headers that two programs could read in two ways. */
#ifndef EDGE_HTTP_HEADER_CHECKS_H
#define EDGE_HTTP_HEADER_CHECKS_H

#include "edge/http/request.h"

/* NULL: the header is absent. */
struct header_checks {
    const char *length;    /* Content-Length */
    const char *coding;    /* Transfer-Encoding */
    const char *forwarded; /* the last X-Forwarded-For: a proxy adds its own behind the client's */
    int lengths, codings, hosts; /* of headers that must be unique */
};

/* Adds one header of the request. It keeps a pointer to the value. */
void header_checks_add(struct header_checks *checks, const char *name, const char *value);

/* Refuses a request whose length is ambiguous, against request smuggling (RFC 9112, section 6.3),
 * and a body that is too long. True: http->answer is the refusal. */
bool header_checks_refuse(struct http_request *http, const struct header_checks *checks);

#endif
