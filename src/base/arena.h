/*
 * arena.h - memory that lives as long as one call.
 *
 * One request, packet batch or job owns one arena. Its memory is never freed piece by piece: the
 * owner clears the arena after the answer is written.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *blocks; /* newest first */
    size_t limit;               /* most bytes that it may hold */
    size_t used;                /* bytes handed out, padding included */
};

/* No call uses more than `limit` bytes. */
void arena_init(struct arena *arena, size_t limit);

/* Frees everything at once. The arena can be used again. */
void arena_clear(struct arena *arena);

/* Zeroed memory, aligned for any type. NULL: the limit is reached; the caller reports
 * STATUS_TOO_LARGE. The process ends if the machine is out of memory. */
void *arena_new(struct arena *arena, size_t size);

/* Makes room for one item after `count`: returns `items`, or a copy with twice the room. *room, at
 * first 0, counts items. NULL as arena_new(). */
void *arena_grow(struct arena *arena, void *items, size_t item_size, size_t count, size_t *room);

/* A NUL-terminated copy of `length` bytes of `text`; NULL as arena_new(). */
char *arena_text(struct arena *arena, const char *text, size_t length);

#endif
