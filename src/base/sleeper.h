/* sleeper.h - a thread that sleeps until it is time, or until it is to stop. */
#ifndef BASE_SLEEPER_H
#define BASE_SLEEPER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct sleeper {
    pthread_mutex_t lock;
    pthread_cond_t woken;
    bool stopping, awake;
};

void sleeper_init(struct sleeper *sleeper);
void sleeper_clear(struct sleeper *sleeper);

/* Sleeps on the monotonic clock; 0 only asks. False when it is to stop, at once. */
bool sleeper_wait(struct sleeper *sleeper, int64_t milliseconds);
/* The same, but wakes are kept for the next wait. */
bool sleeper_rest(struct sleeper *sleeper, int64_t milliseconds);
/* From another thread: the sleep of now, or else the next one, is over at once. */
void sleeper_wake(struct sleeper *sleeper);
/* From another thread: every wait ends, now and from now on. */
void sleeper_stop(struct sleeper *sleeper);

#endif
