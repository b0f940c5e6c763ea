#include "base/deadline.h"

#include <stdatomic.h>

#include "base/utc.h"

enum { NANOSECONDS_A_MS = 1000000 };

void
deadline_set(struct deadline *deadline, int64_t milliseconds)
{
    atomic_store(&deadline->ends_at, monotonic_nanoseconds() + milliseconds * NANOSECONDS_A_MS);
}

bool
deadline_is_set(const struct deadline *deadline)
{
    return deadline && atomic_load(&deadline->ends_at) != 0;
}

bool
deadline_is_over(const struct deadline *deadline)
{
    int64_t ends_at = deadline ? atomic_load(&deadline->ends_at) : 0;

    return ends_at != 0 && monotonic_nanoseconds() >= ends_at;
}

int64_t
deadline_left(const struct deadline *deadline, int64_t began, int64_t most)
{
    int64_t until = began + most * NANOSECONDS_A_MS, now = monotonic_nanoseconds();
    int64_t ends_at = deadline ? atomic_load(&deadline->ends_at) : 0;

    if (ends_at != 0 && ends_at < until)
        until = ends_at;
    /* Rounds up to whole milliseconds. */
    return until > now ? (until - now + NANOSECONDS_A_MS - 1) / NANOSECONDS_A_MS : 0;
}
