#include "edge/http/connection_watch.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/sleeper.h"
#include "base/utc.h"

enum { WATCH_MS = 1000 };

struct connection_watch {
    struct connections *connections;
    pthread_t thread;
    struct sleeper sleeper;
};

static void *
watch_run(void *with)
{
    struct connection_watch *watch = with;

    while (sleeper_wait(&watch->sleeper, WATCH_MS))
        connections_end_late(watch->connections, monotonic_nanoseconds());
    return NULL;
}

static void
watch_free(struct connection_watch *watch)
{
    sleeper_clear(&watch->sleeper);
    free(watch);
}

enum status
connection_watch_start(struct connection_watch **out, struct connections *connections,
                       struct fault *fault)
{
    struct connection_watch *watch = memory_new(1, sizeof *watch);

    *out = NULL;
    watch->connections = connections;
    sleeper_init(&watch->sleeper);
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
    sleeper_stop(&watch->sleeper);
    pthread_join(watch->thread, NULL);
    watch_free(watch);
}
