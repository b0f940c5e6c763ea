/* sleeper.h - lets a thread sleep until a time, a wake or its stop. */
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

/* Sleeps by the monotonic clock; 0 does not sleep. False, immediately: the thread must stop. */
bool sleeper_wait(struct sleeper *sleeper, int64_t milliseconds);
/* The same, but keeps wakes for the next wait. */
bool sleeper_rest(struct sleeper *sleeper, int64_t milliseconds);
/* From another thread: ends the current sleep or, without one, the next. */
void sleeper_wake(struct sleeper *sleeper);
/* From another thread: ends this wait and all later ones. */
void sleeper_stop(struct sleeper *sleeper);

#endif
