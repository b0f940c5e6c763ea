#include "edge/http/workers.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/queue.h"

struct workers {
    struct queue *queue;
    size_t count;
    pthread_t threads[];
};

static void *
work(void *with)
{
    struct workers *workers = with;
    struct work_item *item;

    while ((item = queue_take(workers->queue)) != NULL)
        item->run(item);
    return NULL;
}

enum status
workers_start(struct workers **out, size_t threads, size_t most_waiting, struct fault *fault)
{
    struct workers *workers = memory_new(1, sizeof *workers + threads * sizeof workers->threads[0]);

    *out = NULL;
    workers->queue = queue_open(most_waiting);
    for (; workers->count < threads; workers->count++) {
        int error = pthread_create(&workers->threads[workers->count], NULL, work, workers);
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
    queue_close(workers->queue);
    for (size_t i = 0; i < workers->count; i++)
        pthread_join(workers->threads[i], NULL);
    queue_free(workers->queue);
    free(workers);
}

bool
workers_put(struct workers *workers, struct work_item *item)
{
    return queue_put(workers->queue, item);
}
