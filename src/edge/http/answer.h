/* answer.h - what handlers write answers with. */
#ifndef EDGE_HTTP_ANSWER_H
#define EDGE_HTTP_ANSWER_H

#include "base/json_write.h"
#include "edge/http/request.h"

/* Forgets what was written so far. */
void answer_restart(struct http_request *http);

/* Both are copied into the arena. A header too many is a bug. */
void answer_header(struct http_request *http, const char *name, const char *value);

/* One JSON object as the answer: open, put members, `return answer_close(...)`. A dry run
 * answers 200 whatever `code` is, and says "dry_run": true. answer_close() is always STATUS_OK;
 * the dispatcher refuses an answer of more than HTTP_ANSWER_MOST_BYTES. */
void answer_open(struct http_request *http, struct json_writer *json, int code);
enum status answer_close(struct http_request *http, struct json_writer *json);

/* Inside it: the array "items", then "next" with its Link header. */
void answer_items_open(struct json_writer *json);
void answer_items_close(struct http_request *http, struct json_writer *json, const char *next);
/* Only the Link header; `next` NULL: none. */
void answer_link_next(struct http_request *http, const char *next);

/* No body. */
enum status answer_empty(struct http_request *http, int code);

/* The session's cookie; "" takes it away. */
void answer_session(struct http_request *http, const char *token);

/* What every answer has: security headers, X-Request-Id, Cache-Control, Content-Type. Once,
 * at the end. */
void answer_add_common_headers(struct http_request *http);

/* Who is signed in, with the cookie of a new session. */
enum status answer_signed_in(struct http_request *http, int code, const struct signed_in *who);

/* Each in an object that is open: what several routes write. */
struct license;
struct manager_row;
struct sample;
void write_license(struct json_writer *json, const struct license *license);
void write_manager_row(struct json_writer *json, const struct manager_row *row);
/* "channel", "type", "unit". */
void write_channel(struct json_writer *json, const struct sample *sample);
/* "at" and "value", "state" or "error_code", with "meta". */
void write_sample(struct json_writer *json, const struct sample *sample);

#endif
