#include "edge/http/places.h"

#include <assert.h>

void
places_init(struct places *places, size_t most, size_t most_of_source)
{
    assert(most <= PLACES_MOST);
    pthread_mutex_init(&places->lock, NULL);
    places->most = most;
    places->most_of_source = most_of_source;
    places->count = 0;
}

void
places_clear(struct places *places)
{
    pthread_mutex_destroy(&places->lock);
}

enum places_answer
places_enter(struct places *places, int64_t source)
{
    enum places_answer answer = PLACES_ENTERED;
    size_t of_source = 0;

    pthread_mutex_lock(&places->lock);
    for (size_t i = 0; i < places->count; i++)
        of_source += places->sources[i] == source;
    if (of_source >= places->most_of_source)
        answer = PLACES_SOURCE_FULL;
    else if (places->count >= places->most)
        answer = PLACES_FULL;
    else
        places->sources[places->count++] = source;
    pthread_mutex_unlock(&places->lock);
    return answer;
}

void
places_leave(struct places *places, int64_t source)
{
    size_t at = 0;

    pthread_mutex_lock(&places->lock);
    while (at < places->count && places->sources[at] != source)
        at++;
    assert(at < places->count);
    places->sources[at] = places->sources[--places->count];
    pthread_mutex_unlock(&places->lock);
}
