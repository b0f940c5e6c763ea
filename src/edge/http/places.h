/* places.h - the places of requests that need much memory: bulk requests, and long reads. There are
 * a few, and one source may take a part of them. */
#ifndef EDGE_HTTP_PLACES_H
#define EDGE_HTTP_PLACES_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PLACES_MOST = 16 };

struct places {
    pthread_mutex_t lock;
    size_t most, most_of_source;
    int64_t sources[PLACES_MOST];
    size_t count;
};

enum places_answer {
    PLACES_ENTERED,
    PLACES_SOURCE_FULL, /* this source has its part */
    PLACES_FULL,
};

/* most: at most PLACES_MOST. */
void places_init(struct places *places, size_t most, size_t most_of_source);
void places_clear(struct places *places);

enum places_answer places_enter(struct places *places, int64_t source);
void places_leave(struct places *places, int64_t source); /* one that has entered */

#endif
