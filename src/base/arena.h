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

/* A NUL-terminated copy of `length` bytes of `text`; NULL as arena_new. */
char *arena_text(struct arena *arena, const char *text, size_t length);

#endif
