/*
 * base64.h - bytes as text (RFC 4648, section 4), with padding.
 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stddef.h>

/* Of the text and its NUL. */
#define BASE64_SIZE(bytes) (((bytes) + 2) / 3 * 4 + 1)

/* `out` has room for BASE64_SIZE(size). */
void base64_encode(char *out, const void *bytes, size_t size);

#endif
