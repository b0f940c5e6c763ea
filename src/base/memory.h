/*
 * memory.h - memory that outlives a call and that its owner frees.
 *
 * The process ends when no memory is left: the store keeps all data, and limits bound all requests.
 */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>

/* Zeroed, aligned for any type, never NULL. The caller calls free(). */
void *memory_new(size_t count, size_t size);

/* Enlarges an array of *count items of `size` bytes so that it has an item `index`. New items are
 * zeroed. Returns the array, which may have moved. */
void *memory_grow(void *items, size_t *count, size_t index, size_t size);

/* Returns the result of malloc(), realloc() or strdup(), which is never NULL. */
void *memory_must(void *memory);

#endif
