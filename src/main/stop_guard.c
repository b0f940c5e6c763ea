#include "main/stop_guard.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "edge/cli/command.h"

static void *
stop_guard_run(void *with)
{
    (void)with;
    nanosleep(&(struct timespec){ .tv_sec = STOP_GUARD_MS / 1000,
                                  .tv_nsec = STOP_GUARD_MS % 1000 * 1000000L },
              NULL);
    log_line(LOG_ERROR, "server.stop_forced", "waited_ms=%d", STOP_GUARD_MS);
    _exit(EXIT_FAILED);
}

void
stop_guard_start(void)
{
    pthread_t thread;

    if (!pthread_create(&thread, NULL, stop_guard_run, NULL))
        pthread_detach(thread);
}
