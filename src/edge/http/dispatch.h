/*
 * dispatch.h - the way of a request: route, access, input, handler, answer.
 *
 *     http thread:  begin --(read)-----------------------------> answer
 *                     +- suspend -> writer -> resume -> finish --> answer
 *                     +- before - suspend -> worker -> writer -> resume -> finish
 */
#ifndef EDGE_HTTP_DISPATCH_H
#define EDGE_HTTP_DISPATCH_H

#include "edge/http/request.h"

enum http_progress {
    HTTP_ANSWERED, /* http->answer is to be sent */
    HTTP_WAITS,    /* it was suspended; after its resume() call http_finish() */
};

/* Zeroed but for what came; the owner calls http_clear() once the answer is sent. */
void http_init(struct http_request *http, const struct http_context *context);
void http_clear(struct http_request *http);

/* What stands in the request's first line: "/path?query", or the form for proxies,
 * "http://host/path?query" (RFC 9112, section 3.2.2), whose host is not looked at. */
void http_set_target(struct http_request *http, const char *target);

/* After the headers of a request whose body may be longer than HTTP_BODY_MOST_BYTES: checks the
 * access before the body is read. False: http->answer has the reason. */
bool http_admit_long_body(struct http_request *http);

/* All of the request is there. */
enum http_progress http_begin(struct http_request *http);
/* Afterwards http->answer is to be sent. */
void http_finish(struct http_request *http);

/* An answer without looking at the request any further. */
void http_refuse(struct http_request *http, enum status status, const char *code,
                 const char *reason);

#endif
