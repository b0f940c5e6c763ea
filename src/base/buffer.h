/*
 * buffer.h - a growing run of bytes with a limit.
 */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

struct buffer {
    char *bytes; /* NUL-terminated whenever size > 0 or buffer_text() was called */
    size_t size; /* without the NUL */
    size_t room;
    size_t limit;  /* most bytes it may ever hold */
    bool overflow; /* something did not fit: the content is not whole */
};

/* The owner calls buffer_clear(). `limit` is without the closing NUL. */
void buffer_init(struct buffer *buffer, size_t limit);
void buffer_clear(struct buffer *buffer);   /* frees; can be used again */
void buffer_restart(struct buffer *buffer); /* empties, keeps the memory */

/* Past the limit nothing is added and `overflow` is set, once and for all: who
 * writes much looks once, at the end. */
void buffer_append(struct buffer *buffer, const void *bytes, size_t size);
void buffer_text(struct buffer *buffer, const char *text);
void buffer_printf(struct buffer *buffer, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
