#include "main/signals.h"

#include <pthread.h>
#include <signal.h>

static sigset_t
ending(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    return set;
}

void
signals_block(void)
{
    sigset_t set = ending();

    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

void
signals_wait(void)
{
    sigset_t set = ending();
    int number;

    while (sigwait(&set, &number))
        ;
    /* Only this thread receives the second one, whose default action ends the process. */
    signal(SIGTERM, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}
