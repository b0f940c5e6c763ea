#include "edge/http/body_memory.h"

void
body_memory_init(struct body_memory *memory)
{
    pthread_mutex_init(&memory->lock, NULL);
    memory->first = NULL;
    memory->bytes = 0;
}

void
body_memory_clear(struct body_memory *memory)
{
    pthread_mutex_destroy(&memory->lock);
}

bool
body_memory_take(struct body_memory *memory, struct body_share *share, int64_t source, size_t bytes)
{
    size_t of_source = 0;

    pthread_mutex_lock(&memory->lock);
    for (const struct body_share *one = memory->first; one; one = one->next)
        of_source += one->source == source ? one->bytes : 0;
    bool fits = of_source + bytes <= BODY_MEMORY_MOST_BYTES_OF_SOURCE
                && memory->bytes + bytes <= BODY_MEMORY_MOST_BYTES;
    if (fits && !share->source) {
        share->source = source;
        share->next = memory->first;
        memory->first = share;
    }
    if (fits) {
        share->bytes += bytes;
        memory->bytes += bytes;
    }
    pthread_mutex_unlock(&memory->lock);
    return fits;
}

void
body_memory_give_back(struct body_memory *memory, struct body_share *share)
{
    struct body_share **place = &memory->first;

    if (!share->source)
        return;
    pthread_mutex_lock(&memory->lock);
    while (*place != share)
        place = &(*place)->next;
    *place = share->next;
    memory->bytes -= share->bytes;
    pthread_mutex_unlock(&memory->lock);
    *share = (struct body_share){ .source = 0 };
}
