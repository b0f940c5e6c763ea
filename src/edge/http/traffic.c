#include "edge/http/traffic.h"

#include <assert.h>
#include <time.h>

void
traffic_init(struct traffic *traffic)
{
    pthread_condattr_t monotonic;

    *traffic = (struct traffic){ .counts = { 0 } };
    pthread_mutex_init(&traffic->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&traffic->fewer, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

void
traffic_clear(struct traffic *traffic)
{
    pthread_cond_destroy(&traffic->fewer);
    pthread_mutex_destroy(&traffic->lock);
}

bool
traffic_enter(struct traffic *traffic, enum traffic_stage stage)
{
    pthread_mutex_lock(&traffic->lock);
    bool open = !traffic->closed[stage];
    traffic->counts[stage] += open;
    pthread_mutex_unlock(&traffic->lock);
    return open;
}

void
traffic_leave(struct traffic *traffic, enum traffic_stage stage)
{
    pthread_mutex_lock(&traffic->lock);
    assert(traffic->counts[stage] > 0);
    traffic->counts[stage]--;
    pthread_cond_broadcast(&traffic->fewer);
    pthread_mutex_unlock(&traffic->lock);
}

static bool
wait_for_nobody(struct traffic *traffic, enum traffic_stage stage, int64_t until, bool close)
{
    struct timespec deadline = { .tv_sec = until / 1000000000, .tv_nsec = until % 1000000000 };
    int error = 0;

    pthread_mutex_lock(&traffic->lock);
    while (traffic->counts[stage] > 0 && !error)
        error = pthread_cond_timedwait(&traffic->fewer, &traffic->lock, &deadline);
    bool nobody = traffic->counts[stage] == 0;
    traffic->closed[stage] = traffic->closed[stage] || (nobody && close);
    pthread_mutex_unlock(&traffic->lock);
    return nobody;
}

bool
traffic_wait(struct traffic *traffic, enum traffic_stage stage, int64_t until)
{
    return wait_for_nobody(traffic, stage, until, false);
}

bool
traffic_close(struct traffic *traffic, enum traffic_stage stage, int64_t until)
{
    return wait_for_nobody(traffic, stage, until, true);
}
