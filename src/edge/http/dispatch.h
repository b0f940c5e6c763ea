/*
 * dispatch.h - the steps of a request: route, access, input, handler, answer.
 *
 *     http thread:  begin --(read)-----------------------------> answer
 *                     +- suspend -> writer -> resume -> finish --> answer
 *                     +- before - suspend -> worker -> writer -> resume -> finish
 */
#ifndef EDGE_HTTP_DISPATCH_H
#define EDGE_HTTP_DISPATCH_H

#include "edge/http/request.h"

enum http_progress {
    HTTP_ANSWERED, /* send http->answer */
    HTTP_WAITS,    /* the request is suspended; call http_finish() after its resume() */
};

/* Prepares a request. The caller sets the fields as received, and calls http_clear() once the
 * answer is sent; again does nothing. */
void http_init(struct http_request *http, const struct http_context *context);
void http_clear(struct http_request *http);

/* The target of the request line: "/path?query" or, for proxies, "http://host/path?query" (RFC
 * 9112, section 3.2.2). It ignores that host. */
void http_set_target(struct http_request *http, const char *target);

/* Checks access before a body of more than HTTP_BODY_MOST_BYTES is read: only the headers are
 * there. False: http->answer is the refusal. */
bool http_admit_long_body(struct http_request *http);

/* Runs a request that is complete. */
enum http_progress http_begin(struct http_request *http);
/* Send http->answer afterwards. */
void http_finish(struct http_request *http);

/* Answers with a failure. */
void http_refuse(struct http_request *http, enum status status, const char *code,
                 const char *reason);

#endif
