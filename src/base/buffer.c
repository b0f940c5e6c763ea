#include "base/buffer.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { FIRST_ROOM = 256 };

void
buffer_init(struct buffer *buffer, size_t limit)
{
    *buffer = (struct buffer){ .limit = limit };
}

void
buffer_clear(struct buffer *buffer)
{
    free(buffer->bytes);
    buffer_init(buffer, buffer->limit);
}

void
buffer_restart(struct buffer *buffer)
{
    buffer->size = 0;
    buffer->overflow = false;
    if (buffer->bytes)
        buffer->bytes[0] = '\0';
}

/* Makes room for `size` more bytes and NUL. False: beyond the limit. Memory doubles, so that an
 * append has a constant cost on average. */
static bool
buffer_make_room(struct buffer *buffer, size_t size)
{
    if (buffer->overflow || size > buffer->limit - buffer->size) {
        buffer->overflow = true;
        return false;
    }
    size_t needed = buffer->size + size + 1;
    if (needed <= buffer->room)
        return true;

    size_t room = buffer->room > 0 ? buffer->room : FIRST_ROOM;
    while (room < needed)
        room = room > SIZE_MAX / 2 ? needed : room * 2;
    char *bytes = memory_must(realloc(buffer->bytes, room));
    buffer->bytes = bytes;
    buffer->room = room;
    return true;
}

void
buffer_append(struct buffer *buffer, const void *bytes, size_t size)
{
    if (!buffer_make_room(buffer, size))
        return;
    if (size > 0)
        memcpy(buffer->bytes + buffer->size, bytes, size);
    buffer->size += size;
    buffer->bytes[buffer->size] = '\0';
}

void
buffer_text(struct buffer *buffer, const char *text)
{
    buffer_append(buffer, text, strlen(text));
}

void
buffer_printf(struct buffer *buffer, const char *format, ...)
{
    va_list args, again;

    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(length >= 0);
    if (buffer_make_room(buffer, (size_t)length)) {
        vsnprintf(buffer->bytes + buffer->size, (size_t)length + 1, format, again);
        buffer->size += (size_t)length;
    }
    va_end(again);
}
