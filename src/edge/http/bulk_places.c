#include "edge/http/bulk_places.h"

#include <assert.h>

void
bulk_places_init(struct bulk_places *places)
{
    pthread_mutex_init(&places->lock, NULL);
    places->count = 0;
}

void
bulk_places_clear(struct bulk_places *places)
{
    pthread_mutex_destroy(&places->lock);
}

bool
bulk_places_enter(struct bulk_places *places, int64_t source)
{
    size_t of_source = 0;

    pthread_mutex_lock(&places->lock);
    for (size_t i = 0; i < places->count; i++)
        of_source += places->sources[i] == source;
    bool enters = places->count < BULK_PLACES && of_source < BULK_PLACES_OF_SOURCE;
    if (enters)
        places->sources[places->count++] = source;
    pthread_mutex_unlock(&places->lock);
    return enters;
}

void
bulk_places_leave(struct bulk_places *places, int64_t source)
{
    size_t at = 0;

    pthread_mutex_lock(&places->lock);
    while (at < places->count && places->sources[at] != source)
        at++;
    assert(at < places->count);
    places->sources[at] = places->sources[--places->count];
    pthread_mutex_unlock(&places->lock);
}
