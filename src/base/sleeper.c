#include "base/sleeper.h"

#include <time.h>

#include "base/utc.h"

void
sleeper_init(struct sleeper *sleeper)
{
    pthread_condattr_t monotonic;

    sleeper->stopping = sleeper->awake = false;
    pthread_mutex_init(&sleeper->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&sleeper->woken, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

void
sleeper_clear(struct sleeper *sleeper)
{
    pthread_cond_destroy(&sleeper->woken);
    pthread_mutex_destroy(&sleeper->lock);
}

static bool
sleeper_sleep(struct sleeper *sleeper, int64_t milliseconds, bool wakes_end_it)
{
    int64_t until = monotonic_nanoseconds() + milliseconds * INT64_C(1000000);
    struct timespec deadline = { .tv_sec = (time_t)(until / 1000000000),
                                 .tv_nsec = (long)(until % 1000000000) };
    int over = milliseconds <= 0;

    pthread_mutex_lock(&sleeper->lock);
    while (!sleeper->stopping && !(wakes_end_it && sleeper->awake) && !over)
        over = pthread_cond_timedwait(&sleeper->woken, &sleeper->lock, &deadline);
    if (wakes_end_it && milliseconds > 0)
        sleeper->awake = false;
    bool goes_on = !sleeper->stopping;
    pthread_mutex_unlock(&sleeper->lock);
    return goes_on;
}

bool
sleeper_wait(struct sleeper *sleeper, int64_t milliseconds)
{
    return sleeper_sleep(sleeper, milliseconds, true);
}

bool
sleeper_rest(struct sleeper *sleeper, int64_t milliseconds)
{
    return sleeper_sleep(sleeper, milliseconds, false);
}

void
sleeper_wake(struct sleeper *sleeper)
{
    pthread_mutex_lock(&sleeper->lock);
    sleeper->awake = true;
    pthread_cond_broadcast(&sleeper->woken);
    pthread_mutex_unlock(&sleeper->lock);
}

void
sleeper_stop(struct sleeper *sleeper)
{
    pthread_mutex_lock(&sleeper->lock);
    sleeper->stopping = true;
    pthread_cond_broadcast(&sleeper->woken);
    pthread_mutex_unlock(&sleeper->lock);
}
