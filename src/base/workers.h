/* workers.h - a few threads for long work, which take the items of each source in turn: reads,
 * password hashes, the dialogue of a mail with its relay. */
#ifndef BASE_WORKERS_H
#define BASE_WORKERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fair_queue.h"
#include "base/status.h"

struct workers;

/* The caller owns it until a worker calls `run`, or `refuse`. */
struct work_item {
    struct fair_item place;
    void (*run)(struct work_item *item);
    /* Gives back an item that waits: a source with fewer items takes its room, or the workers stop.
     * NULL: the item keeps its room, and runs before the workers stop. */
    void (*refuse)(struct work_item *item);
    void *owner;
};

struct workers_options {
    size_t threads;
    size_t most_waiting;
    size_t most_waiting_of_source; /* 0: half of most_waiting */
    size_t most_running_of_source; /* 0: all threads may run items of one source */
};

/* The caller stops them. STATUS_BROKEN: the system gives no thread; *out is NULL. */
enum status workers_start(struct workers **out, const struct workers_options *options,
                          struct fault *fault);
/* Runs or refuses the waiting items, then ends the threads. NULL is allowed. workers_put() refuses
 * all items meanwhile. */
void workers_stop(struct workers *workers);
/* The same in two steps: items may be put, and are refused, until the workers are freed. */
void workers_end(struct workers *workers);
void workers_free(struct workers *workers); /* after workers_end(); NULL is allowed */

/* Queues an item; workers take the items of each source in order, and the sources in turn. Does not
 * wait. A full queue gives the room of the last item of the source with the most items to a source
 * with fewer. False: there is no room, or the workers stop. The caller then keeps the item. */
bool workers_put(struct workers *workers, struct work_item *item);

#endif
