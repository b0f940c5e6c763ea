#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *
memory_new(size_t count, size_t size)
{
    return memory_must(calloc(count, size));
}

void *
memory_grow(void *items, size_t *count, size_t index, size_t size)
{
    size_t old = *count;

    if (index < old)
        return items;
    *count = 2 * (index + 64);
    char *grown = memory_must(realloc(items, *count * size));
    memset(grown + old * size, 0, (*count - old) * size);
    return grown;
}

void *
memory_must(void *memory)
{
    if (!memory) {
        perror("memory");
        abort();
    }
    return memory;
}
