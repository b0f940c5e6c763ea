/*
 * memory.h - memory that its owner frees, for what outlives a call.
 *
 * Without any left the process ends: what counts is in the store, and what a client could ask for
 * is bounded before.
 */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>

/* Zeroed, aligned for any type, never NULL. free() gives it back. */
void *memory_new(size_t count, size_t size);

/* What malloc(), realloc() or strdup() gave, which is not NULL. */
void *memory_must(void *memory);

#endif
