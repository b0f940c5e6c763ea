#include "base/queue.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/memory.h"
#include "base/utc.h"

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t filled; /* an item came, or the queue was closed */
    bool closed;
    size_t room;
    size_t first; /* index of the oldest item */
    size_t count;
    void *items[]; /* a ring */
};

struct queue *
queue_open(size_t room)
{
    assert(room > 0);
    struct queue *queue = memory_new(1, sizeof *queue + room * sizeof queue->items[0]);
    queue->room = room;

    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&queue->filled, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&queue->lock, NULL);
    return queue;
}

void
queue_close(struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->closed = true;
    pthread_cond_broadcast(&queue->filled);
    pthread_mutex_unlock(&queue->lock);
}

void
queue_free(struct queue *queue)
{
    if (!queue)
        return;
    pthread_cond_destroy(&queue->filled);
    pthread_mutex_destroy(&queue->lock);
    free(queue);
}

bool
queue_put(struct queue *queue, void *item)
{
    pthread_mutex_lock(&queue->lock);
    bool fits = !queue->closed && queue->count < queue->room;
    if (fits) {
        queue->items[(queue->first + queue->count) % queue->room] = item;
        queue->count++;
        pthread_cond_signal(&queue->filled);
    }
    pthread_mutex_unlock(&queue->lock);
    return fits;
}

/* Under the lock: waits until there is an item, the queue is closed, or
 * `deadline` (NULL: none) has passed. */
static void
wait_for_item(struct queue *queue, const struct timespec *deadline)
{
    int failed = 0;

    while (queue->count == 0 && !queue->closed && !failed) {
        if (deadline)
            failed = pthread_cond_timedwait(&queue->filled, &queue->lock, deadline);
        else
            failed = pthread_cond_wait(&queue->filled, &queue->lock);
    }
}

static size_t
take(struct queue *queue, void **items, size_t room, const struct timespec *deadline)
{
    pthread_mutex_lock(&queue->lock);
    wait_for_item(queue, deadline);

    size_t taken = queue->count < room ? queue->count : room;
    for (size_t i = 0; i < taken; i++)
        items[i] = queue->items[(queue->first + i) % queue->room];
    queue->first = (queue->first + taken) % queue->room;
    queue->count -= taken;
    if (queue->count > 0)
        pthread_cond_signal(&queue->filled); /* for another one who waits */
    pthread_mutex_unlock(&queue->lock);
    return taken;
}

void *
queue_take(struct queue *queue)
{
    void *item = NULL;

    return take(queue, &item, 1, NULL) ? item : NULL;
}

size_t
queue_take_all(struct queue *queue, void **items, size_t room)
{
    return take(queue, items, room, NULL);
}

size_t
queue_take_within(struct queue *queue, void **items, size_t room, int64_t wait_milliseconds)
{
    int64_t until = monotonic_nanoseconds() + wait_milliseconds * 1000000;
    struct timespec deadline = {
        .tv_sec = (time_t)(until / 1000000000),
        .tv_nsec = (long)(until % 1000000000),
    };

    return take(queue, items, room, &deadline);
}

bool
queue_ended(struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    bool ended = queue->closed && queue->count == 0;
    pthread_mutex_unlock(&queue->lock);
    return ended;
}

size_t
queue_count(struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    size_t count = queue->count;
    pthread_mutex_unlock(&queue->lock);
    return count;
}
