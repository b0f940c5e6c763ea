/* problem.h - failures as the HTTP API tells them (RFC 9457). */
#ifndef EDGE_HTTP_PROBLEM_H
#define EDGE_HTTP_PROBLEM_H

#include "edge/http/request.h"

/* What a stable code means; the table is problem_codes.c. */
struct problem_code {
    const char *code;
    int http;           /* HTTP status code; 0: that of the status */
    const char *title;  /* a few words */
    const char *advice; /* what to do now; whole sentences */
};

extern const struct problem_code problem_codes[]; /* by code; ends with a NULL code */

/* The row of a code; NULL for a word that is none. */
const struct problem_code *problem_code_find(const char *code);

/* The code of a fault that names none. */
const char *problem_word(enum status status);
/* The HTTP status code of a fault. */
int problem_http_code(const struct fault *fault);

/* "detail": a reason, which is one sentence without its capital and its full stop, with both. */
void problem_put_detail(struct json_writer *json, const char *reason);

/* The header, for a fault that passes by itself; for others nothing. It counts from `now`. */
void problem_put_retry_after(struct http_request *http, const struct fault *fault, utc_seconds now);

/* Makes the request's answer out of a fault: problem+json, with Retry-After where it helps. */
void problem_answer(struct http_request *http, const struct fault *fault, utc_seconds now);

#endif
