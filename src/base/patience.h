/*
 * patience.h - how long a process waits for what may never answer: as long as each wait says,
 * until it is asked to end; from then on all of them together only so much longer.
 *
 * Any thread may use it. Where a pointer to one is taken, NULL is one that is never ended.
 */
#ifndef BASE_PATIENCE_H
#define BASE_PATIENCE_H

#include <stdbool.h>
#include <stdint.h>

struct patience {
    _Atomic int64_t ends_at; /* monotonic nanoseconds; 0: not asked to end */
};

/* From now on there are `milliseconds` left, for every wait. */
void patience_end(struct patience *patience, int64_t milliseconds);
/* It was asked to end: nothing long is begun any more. */
bool patience_ends(const struct patience *patience);

/* What is left, in milliseconds, of a wait that began at `began` (monotonic nanoseconds) and lasts
 * `most` milliseconds at most; 0: it is over. */
int64_t patience_left(const struct patience *patience, int64_t began, int64_t most);

#endif
