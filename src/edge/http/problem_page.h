/* problem_page.h - a problem as a page, for people who open an address in a browser. */
#ifndef EDGE_HTTP_PROBLEM_PAGE_H
#define EDGE_HTTP_PROBLEM_PAGE_H

#include "edge/http/problem.h"

/* Does the client read with GET, and prefer HTML to JSON (RFC 9110, section 12.5.1)? */
bool problem_page_wanted(const struct http_request *http);

/* Replaces the answer by a page with the status `http_code`. `detail` is a sentence, or NULL. */
void problem_page_answer(struct http_request *http, int http_code, const struct problem_code *row,
                         const char *detail);

#endif
