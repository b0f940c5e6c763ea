#include "base/patience.h"
#include "base/utc.h"
#include "support/check.h"

enum { AGO_MS = 1000, MOST_MS = 60 * 1000, LONG_MS = 3600 * 1000 };

static const int64_t a_ms = 1000000; /* in nanoseconds */

TEST(a_wait_ends_when_it_has_lasted_as_long_as_it_may)
{
    struct patience patience = { 0 };
    int64_t now = monotonic_nanoseconds();

    check(!patience_ends(NULL));
    check(!patience_ends(&patience));
    check_int(patience_left(NULL, now - MOST_MS * a_ms, MOST_MS), 0);
    check_int(patience_left(&patience, now - MOST_MS * a_ms, MOST_MS), 0);
    int64_t left = patience_left(&patience, now - AGO_MS * a_ms, MOST_MS);
    check(left > 0 && left <= MOST_MS - AGO_MS);
}

TEST(once_it_ends_there_is_so_much_left_for_every_wait)
{
    struct patience patience = { 0 };

    patience_end(&patience, MOST_MS);
    check(patience_ends(&patience));
    int64_t left = patience_left(&patience, monotonic_nanoseconds(), LONG_MS);
    check(left > 0 && left <= MOST_MS);
    left = patience_left(&patience, monotonic_nanoseconds(), AGO_MS);
    check(left > 0 && left <= AGO_MS);
    patience_end(&patience, 0);
    check_int(patience_left(&patience, monotonic_nanoseconds(), LONG_MS), 0);
}
