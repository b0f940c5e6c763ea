/* base64.h - Base64 (RFC 4648), by libsodium. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the text and its NUL. */
#define BASE64_SIZE(bytes)    (((bytes) + 2) / 3 * 4 + 1)
#define BASE64URL_SIZE(bytes) (((bytes)*4 + 2) / 3 + 1)

/* Section 4, with padding. `out` has room for BASE64_SIZE(size). */
void base64_encode(char *out, const void *bytes, size_t size);

/* Section 5, for URLs, without padding. `out` has room for BASE64URL_SIZE(size). */
void base64url_encode(char *out, const void *bytes, size_t size);

/* *size counts the decoded bytes. False: base64url_encode() does not write such a text, or it has
 * more than `room` bytes. */
bool base64url_decode(void *out, size_t room, size_t *size, const char *text);

#endif
