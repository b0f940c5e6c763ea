/* head.h - what the head of a request says of its length, and of who asks, in one way only. */
#ifndef EDGE_HTTP_HEADER_CHECKS_H
#define EDGE_HTTP_HEADER_CHECKS_H

#include "edge/http/request.h"

/* As sent; NULL: not there. */
struct http_head {
    const char *length; /* Content-Length */
    const char *coding; /* Transfer-Encoding */
    const char
        *forwarded; /* X-Forwarded-For, the last: a proxy may add its own behind the client's */
    int lengths, codings, hosts; /* how often those stand there that may stand once only */
};

/* One header more; what it is not about is left out. The texts are not copied. */
void http_head_note(struct http_head *head, const char *name, const char *value);

/* What can be read in two ways by two programs is how requests are smuggled (RFC 9112, section
 * 6.3). True: it was refused, as was what is too long. */
bool http_head_refuse(struct http_request *http, const struct http_head *head);

#endif
