#include "base/workers.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct worker {
    struct workers *workers;
    pthread_t thread;
    bool runs;
    int64_t source; /* of the item that it runs */
};

struct workers {
    struct workers_options options;
    pthread_mutex_t lock;
    pthread_cond_t changed; /* an item is queued, an item has run, or the workers stop */
    bool stopping;
    struct fair_queue queue;
    size_t count;
    struct worker all[];
};

static bool
workers_may_run(const struct workers *workers, int64_t source)
{
    size_t running = 0;

    if (workers->options.most_running_of_source == 0)
        return true;
    for (size_t i = 0; i < workers->count; i++)
        running += workers->all[i].runs && workers->all[i].source == source;
    return running < workers->options.most_running_of_source;
}

/* The first item whose source may run one more. */
static struct work_item *
workers_find(const struct workers *workers)
{
    struct fair_item *item = workers->queue.first;

    while (item && !workers_may_run(workers, item->source))
        item = item->next;
    return (struct work_item *)item;
}

/* Waits for an item. NULL: the workers stop and no item is left. */
static struct work_item *
workers_take(struct worker *worker)
{
    struct workers *workers = worker->workers;
    struct work_item *item;

    pthread_mutex_lock(&workers->lock);
    if (worker->runs)
        pthread_cond_broadcast(&workers->changed); /* the source may run its next item */
    worker->runs = false;
    while (!(item = workers_find(workers)) && !(workers->stopping && !workers->queue.first))
        pthread_cond_wait(&workers->changed, &workers->lock);
    if (item) {
        fair_queue_take_one(&workers->queue, &item->place);
        worker->runs = true;
        worker->source = item->place.source;
    }
    pthread_mutex_unlock(&workers->lock);
    return item;
}

static void *
workers_run(void *with)
{
    struct work_item *item;

    while ((item = workers_take(with)) != NULL)
        item->run(item);
    return NULL;
}

enum status
workers_start(struct workers **out, const struct workers_options *options, struct fault *fault)
{
    struct workers *workers =
        memory_new(1, sizeof *workers + options->threads * sizeof workers->all[0]);

    *out = NULL;
    workers->options = *options;
    if (workers->options.most_waiting_of_source == 0)
        workers->options.most_waiting_of_source = (options->most_waiting + 1) / 2;
    pthread_mutex_init(&workers->lock, NULL);
    pthread_cond_init(&workers->changed, NULL);
    fair_queue_init(&workers->queue);
    while (workers->count < options->threads) {
        struct worker *worker = &workers->all[workers->count];
        worker->workers = workers;
        int error = pthread_create(&worker->thread, NULL, workers_run, worker);
        if (error) {
            workers_stop(workers);
            return fail(fault, STATUS_BROKEN, "", "", "a thread cannot be started: %s",
                        strerror(error));
        }
        pthread_mutex_lock(&workers->lock);
        workers->count++;
        pthread_mutex_unlock(&workers->lock);
    }
    *out = workers;
    return STATUS_OK;
}

/* Takes the waiting items that may be refused, as a list. */
static struct work_item *
workers_take_refusable(struct workers *workers)
{
    struct fair_item *refused = NULL;

    for (struct fair_item *item = workers->queue.first, *next; item; item = next) {
        next = item->next;
        if (!((struct work_item *)item)->refuse)
            continue;
        fair_queue_remove(&workers->queue, item);
        item->next = refused;
        refused = item;
    }
    return (struct work_item *)refused;
}

void
workers_end(struct workers *workers)
{
    pthread_mutex_lock(&workers->lock);
    workers->stopping = true;
    struct work_item *refused = workers_take_refusable(workers);
    pthread_cond_broadcast(&workers->changed);
    pthread_mutex_unlock(&workers->lock);
    for (struct work_item *item = refused, *next; item; item = next) {
        next = (struct work_item *)item->place.next; /* after `refuse` it is its owner's again */
        item->refuse(item);
    }
    for (size_t i = 0; i < workers->count; i++)
        pthread_join(workers->all[i].thread, NULL);
    workers->count = 0;
}

void
workers_free(struct workers *workers)
{
    if (!workers)
        return;
    pthread_cond_destroy(&workers->changed);
    pthread_mutex_destroy(&workers->lock);
    free(workers);
}

void
workers_stop(struct workers *workers)
{
    if (!workers)
        return;
    workers_end(workers);
    workers_free(workers);
}

/* Makes room for an item of `source`. False: there is none. *displaced: the item that had it. */
static bool
workers_make_room(struct workers *workers, int64_t source, struct work_item **displaced)
{
    const struct workers_options *options = &workers->options;
    struct fair_queue *queue = &workers->queue;

    *displaced = NULL;
    if (workers->stopping || fair_queue_count_of(queue, source) >= options->most_waiting_of_source)
        return false;
    if (queue->count < options->most_waiting)
        return true;
    struct work_item *last = (struct work_item *)fair_queue_last_after(queue, source);
    if (!last || !last->refuse)
        return false;
    fair_queue_remove(queue, &last->place);
    *displaced = last;
    return true;
}

bool
workers_put(struct workers *workers, struct work_item *item)
{
    struct work_item *displaced;

    pthread_mutex_lock(&workers->lock);
    bool fits = workers_make_room(workers, item->place.source, &displaced);
    if (fits) {
        fair_queue_put(&workers->queue, &item->place);
        pthread_cond_signal(&workers->changed);
    }
    pthread_mutex_unlock(&workers->lock);
    if (displaced)
        displaced->refuse(displaced);
    return fits;
}
