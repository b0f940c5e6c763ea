#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>

void *
memory_new(size_t count, size_t size)
{
    return memory_must(calloc(count, size));
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
