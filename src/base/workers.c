#include "base/workers.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct workers {
    pthread_mutex_t lock;
    pthread_cond_t filled; /* an item is queued, or the workers stop */
    bool stopping;
    struct fair_queue queue;
    size_t most_waiting;
    size_t count;
    pthread_t threads[];
};

/* Waits for an item. NULL: the workers stop and no item is left. */
static struct work_item *
workers_take(struct workers *workers)
{
    pthread_mutex_lock(&workers->lock);
    while (!workers->queue.first && !workers->stopping)
        pthread_cond_wait(&workers->filled, &workers->lock);
    struct work_item *item = (struct work_item *)fair_queue_take(&workers->queue, 1);
    pthread_mutex_unlock(&workers->lock);
    return item;
}

static void *
workers_run(void *with)
{
    struct workers *workers = with;
    struct work_item *item;

    while ((item = workers_take(workers)) != NULL)
        item->run(item);
    return NULL;
}

enum status
workers_start(struct workers **out, size_t threads, size_t most_waiting, struct fault *fault)
{
    struct workers *workers = memory_new(1, sizeof *workers + threads * sizeof workers->threads[0]);

    *out = NULL;
    pthread_mutex_init(&workers->lock, NULL);
    pthread_cond_init(&workers->filled, NULL);
    fair_queue_init(&workers->queue);
    workers->most_waiting = most_waiting;
    for (; workers->count < threads; workers->count++) {
        int error = pthread_create(&workers->threads[workers->count], NULL, workers_run, workers);
        if (error) {
            workers_stop(workers);
            return fail(fault, STATUS_BROKEN, "", "", "a thread cannot be started: %s",
                        strerror(error));
        }
    }
    *out = workers;
    return STATUS_OK;
}

void
workers_stop(struct workers *workers)
{
    if (!workers)
        return;
    pthread_mutex_lock(&workers->lock);
    workers->stopping = true;
    pthread_cond_broadcast(&workers->filled);
    pthread_mutex_unlock(&workers->lock);
    for (size_t i = 0; i < workers->count; i++)
        pthread_join(workers->threads[i], NULL);
    pthread_cond_destroy(&workers->filled);
    pthread_mutex_destroy(&workers->lock);
    free(workers);
}

bool
workers_put(struct workers *workers, struct work_item *item)
{
    pthread_mutex_lock(&workers->lock);
    bool fits = !workers->stopping
                && fair_queue_has_room(&workers->queue, item->place.source, workers->most_waiting);
    if (fits) {
        fair_queue_put(&workers->queue, &item->place);
        pthread_cond_signal(&workers->filled);
    }
    pthread_mutex_unlock(&workers->lock);
    return fits;
}
