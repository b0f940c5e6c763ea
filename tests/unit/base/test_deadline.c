#include "base/deadline.h"
#include "base/utc.h"
#include "support/check.h"

enum { AGO_MS = 1000, MOST_MS = 60 * 1000, LONG_MS = 3600 * 1000 };

static const int64_t a_ms = 1000000; /* in nanoseconds */

TEST(a_wait_ends_when_it_has_lasted_as_long_as_it_may)
{
    struct deadline deadline = { 0 };
    int64_t now = monotonic_nanoseconds();

    check(!deadline_is_set(NULL));
    check(!deadline_is_set(&deadline));
    check_int(deadline_left(NULL, now - MOST_MS * a_ms, MOST_MS), 0);
    check_int(deadline_left(&deadline, now - MOST_MS * a_ms, MOST_MS), 0);
    int64_t left = deadline_left(&deadline, now - AGO_MS * a_ms, MOST_MS);
    check(left > 0 && left <= MOST_MS - AGO_MS);
}

TEST(once_it_ends_there_is_so_much_left_for_every_wait)
{
    struct deadline deadline = { 0 };

    deadline_set(&deadline, MOST_MS);
    check(deadline_is_set(&deadline));
    int64_t left = deadline_left(&deadline, monotonic_nanoseconds(), LONG_MS);
    check(left > 0 && left <= MOST_MS);
    left = deadline_left(&deadline, monotonic_nanoseconds(), AGO_MS);
    check(left > 0 && left <= AGO_MS);
    deadline_set(&deadline, 0);
    check_int(deadline_left(&deadline, monotonic_nanoseconds(), LONG_MS), 0);
}
