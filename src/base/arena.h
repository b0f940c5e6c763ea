/*
 * arena.h - memory that lives as long as one call.
 *
 * One request, packet batch or tick owns one arena. Nobody frees what came out
 * of it; the owner clears it once the answer is written.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *blocks; /* newest first */
    size_t limit;               /* most bytes it may ever hold */
    size_t used;                /* bytes handed out, padding included */
};

/* `limit` is a promise to the operator: no single call can take more. */
void arena_init(struct arena *arena, size_t limit);

/* Frees everything at once. The arena can be used again. */
void arena_clear(struct arena *arena);

/* Zeroed memory, aligned for any type. NULL only when `limit` would be passed,
 * which the caller reports as STATUS_TOO_LARGE. If the machine is
 * out of memory the process ends. */
void *arena_new(struct arena *arena, size_t size);

/* Items that stand one behind the other, with room for one more than `count`: `items`, or a copy
 * with twice the room, which *room (0 at first) counts in items. NULL as arena_new. */
void *arena_grow(struct arena *arena, void *items, size_t item_size, size_t count, size_t *room);

/* A NUL-terminated copy of `length` bytes of `text`; NULL as arena_new. */
char *arena_text(struct arena *arena, const char *text, size_t length);

#endif
