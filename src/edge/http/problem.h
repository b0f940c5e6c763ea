/* problem.h - failures as problem details (RFC 9457). */
#ifndef EDGE_HTTP_PROBLEM_H
#define EDGE_HTTP_PROBLEM_H

#include "edge/http/request.h"

/* The meaning of a stable code; problem_codes.c has the table. */
struct problem_code {
    const char *code;
    int http;           /* HTTP status code; 0: the status's */
    const char *title;  /* a few words */
    const char *advice; /* the next step, in whole sentences */
};

extern const struct problem_code problem_codes[]; /* by code; ends with a NULL code */

/* The row of a code; NULL for an unknown one. */
const struct problem_code *problem_code_find(const char *code);

/* The code of a fault without one. */
const char *problem_word(enum status status);
/* The HTTP status code of a fault. */
int problem_http_code(const struct fault *fault);

/* Puts "detail": the reason with a capital letter and a full stop. */
void problem_put_detail(struct json_writer *json, const char *reason);

/* Adds Retry-After, counted from `now`, to a fault that passes with time. */
void problem_put_retry_after(struct http_request *http, const struct fault *fault, utc_seconds now);

/* Replaces the answer by the problem of a fault, with Retry-After where it helps. */
void problem_answer(struct http_request *http, const struct fault *fault, utc_seconds now);

#endif
