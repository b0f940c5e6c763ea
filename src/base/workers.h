/* workers.h - a few threads for long work without a store: password hashes, the dialogue of a mail
 * with its relay. */
#ifndef BASE_WORKERS_H
#define BASE_WORKERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fair_queue.h"
#include "base/status.h"

struct workers;

/* The caller owns it until a worker calls `run`. */
struct work_item {
    struct fair_item place;
    void (*run)(struct work_item *item);
    void *owner;
};

/* The caller stops them. STATUS_BROKEN: the system gives no thread; *out is NULL. */
enum status workers_start(struct workers **out, size_t threads, size_t most_waiting,
                          struct fault *fault);
/* Runs the waiting items, then ends the threads. NULL is allowed. */
void workers_stop(struct workers *workers);

/* Queues an item; workers take the items of each source in order, and the sources in turn. Does not
 * wait. False: `most_waiting` items wait, or half as many of this source, or the workers stop. The
 * caller then keeps the item. */
bool workers_put(struct workers *workers, struct work_item *item);

#endif
