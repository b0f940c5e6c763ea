/*
 * deadline.h - one deadline that limits all waits of a process, or of one piece of work, once it
 * is set.
 *
 * Until then each wait has its own limit. Any thread may use it. A NULL pointer is a deadline that
 * is never set.
 */
#ifndef BASE_DEADLINE_H
#define BASE_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

struct deadline {
    _Atomic int64_t ends_at; /* monotonic nanoseconds; 0: not set */
};

/* All waits end within `milliseconds` from now. */
void deadline_set(struct deadline *deadline, int64_t milliseconds);
/* After it is set, begin nothing long. */
bool deadline_is_set(const struct deadline *deadline);

/* It is set, and its time has come. */
bool deadline_is_over(const struct deadline *deadline);

/* Milliseconds left of a wait that began at `began` (monotonic nanoseconds) and lasts at most
 * `most` milliseconds; 0: it is over. */
int64_t deadline_left(const struct deadline *deadline, int64_t began, int64_t most);

#endif
