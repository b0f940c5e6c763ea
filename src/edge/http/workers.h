/*
 * workers.h - a few threads for what takes long and needs no store: hashing
 * passwords (0.15 s and 64 MiB each, so few at once).
 */
#ifndef EDGE_HTTP_WORKERS_H
#define EDGE_HTTP_WORKERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

struct workers;

/* Owned by who puts it, until `run` is called on a worker. */
struct work_item {
    void (*run)(struct work_item *item);
    void *owner;
    struct work_item *next; /* the workers' */
};

/* The caller stops them. STATUS_BROKEN: the system gives no thread; *out is NULL. */
enum status workers_start(struct workers **out, size_t threads, size_t most_waiting,
                          struct fault *fault);
/* Runs what waits, then ends the threads. NULL is allowed. */
void workers_stop(struct workers *workers);

/* The workers begin items in the order in which they came. False, at once: `most_waiting` items
 * wait, or the workers stop; the item stays the caller's. */
bool workers_put(struct workers *workers, struct work_item *item);

#endif
