/* head.h - reads the head of a request from the HTTP library. */
#ifndef EDGE_HTTP_HEAD_H
#define EDGE_HTTP_HEAD_H

#include "edge/http/header_checks.h"

struct MHD_Connection;

/* The texts of the request line, where the library has them. */
struct head_line {
    const char *method, *version;
    const char *target; /* as it was received: only its place counts */
    size_t target_size;
};

/* Sets http->method, ->head and ->headers, and *checks for header_checks_refuse(). */
void head_read(struct http_request *http, struct MHD_Connection *connection,
               const struct head_line *line, struct header_checks *checks);

#endif
