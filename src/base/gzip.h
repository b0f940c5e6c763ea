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

struct gzip_input {
    const char *at;
    size_t size;
    bool last; /* the rest of the stream */
};

/* Takes bytes from the front of *input, and writes at most `most` compressed ones. Returns the
 * bytes written: fewer than `most` means that it needs more input or that the stream is over. */
size_t gzip_write(struct gzip *gzip, struct gzip_input *input, char *out, size_t most);

/* The whole stream has been written. */
bool gzip_is_over(const struct gzip *gzip);

#endif
