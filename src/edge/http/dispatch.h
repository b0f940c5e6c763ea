/*
 * dispatch.h - the steps of a request: route, access, input, handler, answer.
 *
 *     http thread:  begin --(WORK_ALONE)---------------------------------------> answer
 *                     +- suspend -> reader ----------------> resume -> finish -> answer
 *                                     +-> long runner -+       |
 *                                     +----------------+-> writer
 *                                     +-> hasher ------+
 *
 * The HTTP thread never waits: it reads, sends, and answers WORK_ALONE.
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

/* Parts of http_clear(): once the answer waits to be sent, the request and the memory of its work;
 * once its last byte is taken, the place of a long request. */
void http_drop_request(struct http_request *http);
void http_leave_place(struct http_request *http);

/* The target of the request line: "/path?query" or, for proxies, "http://host/path?query" (RFC
 * 9112, section 3.2.2). */
void http_set_target(struct http_request *http, const char *target);

/* Sets the limit of the body by its route, when only the headers are there. Where the body may be
 * long, http->awaits_admission is set: http_admit() comes before the body. is_long: the body has
 * more than HTTP_BODY_MOST_BYTES, or its length is not known. */
void http_find_body_limit(struct http_request *http, bool is_long);

/* Checks access before a long body is read. As http_begin(). */
enum http_progress http_admit(struct http_request *http);

/* Adds a piece of the body. False: the body is too large, or there is no memory for it; it is
 * dropped, and http_begin() answers that. */
bool http_take_body(struct http_request *http, const char *bytes, size_t size);

/* Runs a request that is complete. */
enum http_progress http_begin(struct http_request *http);
/* Send http->answer afterwards. */
void http_finish(struct http_request *http);

/* Answers with a failure. */
void http_refuse(struct http_request *http, enum status status, const char *code,
                 const char *reason);

#endif
