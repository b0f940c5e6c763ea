/*
 * deadline.h - how long a process waits for what may never answer: as long as each wait says,
 * until it is asked to end; from then on all of them together only so much longer.
 *
 * Any thread may use it. Where a pointer to one is taken, NULL is one that is never ended.
 */
#ifndef BASE_DEADLINE_H
#define BASE_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

struct deadline {
    _Atomic int64_t ends_at; /* monotonic nanoseconds; 0: not asked to end */
};

/* From now on there are `milliseconds` left, for every wait. */
void deadline_end(struct deadline *deadline, int64_t milliseconds);
/* It was asked to end: nothing long is begun any more. */
bool deadline_ends(const struct deadline *deadline);

/* What is left, in milliseconds, of a wait that began at `began` (monotonic nanoseconds) and lasts
 * `most` milliseconds at most; 0: it is over. */
int64_t deadline_left(const struct deadline *deadline, int64_t began, int64_t most);

#endif
