/*
 * gzip.h - compresses a stream of bytes as gzip (RFC 1952), lightly.
 *
 * Only gzip.c knows zlib.
 */
#ifndef BASE_GZIP_H
#define BASE_GZIP_H

#include <stdbool.h>
#include <stddef.h>

struct gzip;

/* The caller ends it; about 270 KiB. */
struct gzip *gzip_begin(void);
void gzip_end(struct gzip *gzip); /* NULL is allowed */

/* Takes bytes from *in, and writes at most `most` compressed ones. Advances *in and *size by the
 * bytes taken. With `last`, *in is the rest of the stream. Returns the bytes written: fewer than
 * `most` means that it needs more input or, with `last`, that the stream is over. */
size_t gzip_write(struct gzip *gzip, const char **in, size_t *size, bool last, char *out,
                  size_t most);

/* The whole stream has been written. */
bool gzip_is_over(const struct gzip *gzip);

#endif
