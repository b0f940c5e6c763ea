/* buffer.h - a growing byte string with a limit. */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

struct buffer {
    char *bytes; /* NUL-terminated whenever size > 0 or buffer_text() was called */
    size_t size; /* without the NUL */
    size_t room;
    size_t limit;  /* most bytes that it may hold */
    bool overflow; /* something did not fit: the content is incomplete */
};

/* The owner calls buffer_clear(). `limit` excludes the NUL. */
void buffer_init(struct buffer *buffer, size_t limit);
void buffer_clear(struct buffer *buffer);   /* frees; can be used again */
void buffer_restart(struct buffer *buffer); /* empties, keeps the memory */

/* Beyond the limit they add nothing and set `overflow`, which stays set: one check after the last
 * call is enough. */
void buffer_append(struct buffer *buffer, const void *bytes, size_t size);
void buffer_text(struct buffer *buffer, const char *text);
void buffer_printf(struct buffer *buffer, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
