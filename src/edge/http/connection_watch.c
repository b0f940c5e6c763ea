#include "edge/http/connection_watch.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "base/utc.h"

struct connection_watch {
    struct connections *connections;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t stop;
    bool stopping;
};

/* Waits a second. False: the watch stops. */
static bool
watch_wait(struct connection_watch *watch)
{
    int64_t until = monotonic_nanoseconds() + 1000000000;
    struct timespec at = { .tv_sec = until / 1000000000, .tv_nsec = until % 1000000000 };
    int error = 0;

    pthread_mutex_lock(&watch->lock);
    while (!watch->stopping && !error)
        error = pthread_cond_timedwait(&watch->stop, &watch->lock, &at);
    bool goes_on = !watch->stopping;
    pthread_mutex_unlock(&watch->lock);
    return goes_on;
}

static void *
watch_run(void *with)
{
    struct connection_watch *watch = with;

    while (watch_wait(watch))
        connections_end_late(watch->connections, monotonic_nanoseconds());
    return NULL;
}

static void
watch_free(struct connection_watch *watch)
{
    pthread_cond_destroy(&watch->stop);
    pthread_mutex_destroy(&watch->lock);
    free(watch);
}

enum status
connection_watch_start(struct connection_watch **out, struct connections *connections,
                       struct fault *fault)
{
    struct connection_watch *watch = memory_new(1, sizeof *watch);
    pthread_condattr_t monotonic;

    *out = NULL;
    watch->connections = connections;
    pthread_mutex_init(&watch->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&watch->stop, &monotonic);
    pthread_condattr_destroy(&monotonic);
    int error = pthread_create(&watch->thread, NULL, watch_run, watch);
    if (error) {
        watch_free(watch);
        return fail(fault, STATUS_BROKEN, "", "", "a thread cannot be started: %s",
                    strerror(error));
    }
    *out = watch;
    return STATUS_OK;
}

void
connection_watch_stop(struct connection_watch *watch)
{
    if (!watch)
        return;
    pthread_mutex_lock(&watch->lock);
    watch->stopping = true;
    pthread_cond_signal(&watch->stop);
    pthread_mutex_unlock(&watch->lock);
    pthread_join(watch->thread, NULL);
    watch_free(watch);
}
