/* bulk_places.h - the places of the running bulk requests. Memory allows a few at a time, and one
 * organization may take half of the places. */
#ifndef EDGE_HTTP_BULK_PLACES_H
#define EDGE_HTTP_BULK_PLACES_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BULK_PLACES = 4, BULK_PLACES_OF_SOURCE = 2 };

struct bulk_places {
    pthread_mutex_t lock;
    int64_t sources[BULK_PLACES];
    size_t count;
};

void bulk_places_init(struct bulk_places *places);
void bulk_places_clear(struct bulk_places *places);

/* `source`: http_source(). False: no place is left for this source. */
bool bulk_places_enter(struct bulk_places *places, int64_t source);
void bulk_places_leave(struct bulk_places *places, int64_t source); /* one that has entered */

#endif
