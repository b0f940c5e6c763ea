/*
 * encoding.h - which answers are compressed (RFC 9110, section 8.4).
 *
 * Texts of 1 KiB or more are, for clients that accept gzip. An answer that holds a secret is not:
 * its length would tell how much of the secret a guess in the same answer repeats (BREACH). Secrets
 * are in answers to writes, which are compressed for bulk routes only, and in those of routes with
 * `has_secret`.
 */
#ifndef EDGE_HTTP_ENCODING_H
#define EDGE_HTTP_ENCODING_H

#include "edge/http/request.h"

/* Does the header Accept-Encoding, or NULL, accept gzip (section 12.5.3)? */
bool encoding_accepts_gzip(const char *accept_encoding);

/* Sets http->answer.gzip, and adds Vary and Content-Encoding, to an answer that is complete. */
void encoding_choose(struct http_request *http);

#endif
