#include "domain/horizon.h"

#include "support/check.h"

/* 100 in the pool; the 91st in the line ends at 90, the 101st at 100. */
static const struct reach reach = {
    .left = 100,
    .margin = 10,
    .guard = { true, 90, 5 },
    .short_ = { true, 100, 5 },
};

TEST(reach_is_told_by_places_where_they_tell_it)
{
    static const struct {
        const char *row;
        struct reach_now now;
        utc_seconds ends_at;
        uint64_t serial;
        enum reach_verdict want;
    } rows[] = {
        { "an empty pool serves nobody", { 0, 0, 0 }, 1, 1, REACH_LEFT_OUT },
        { "far in front", { 100, 0, 0 }, 1, 1, REACH_SERVED },
        { "just before the guard", { 100, 0, 0 }, 90, 4, REACH_SERVED },
        { "the last that is served", { 100, 0, 0 }, 100, 4, REACH_SERVED },
        { "the first left out", { 100, 0, 0 }, 100, 5, REACH_LEFT_OUT },
        { "behind it", { 100, 0, 0 }, 101, 1, REACH_LEFT_OUT },
        { "one touched: the last is not sure", { 100, 1, 0 }, 100, 4, REACH_UNKNOWN },
        { "nor is the first left out", { 100, 1, 0 }, 100, 5, REACH_UNKNOWN },
        { "the margin bears as much as it is", { 100, 9, 0 }, 90, 4, REACH_SERVED },
        { "and no more", { 100, 10, 0 }, 90, 4, REACH_UNKNOWN },
        { "one added, one license taken: still left out", { 99, 1, 0 }, 100, 5, REACH_LEFT_OUT },
        { "and in front of the guard still served", { 96, 4, 0 }, 90, 4, REACH_SERVED },
        { "which ends", { 95, 5, 0 }, 90, 4, REACH_UNKNOWN },
        { "who comes back counts", { 100, 0, 9 }, 90, 4, REACH_SERVED },
        { "as one in front", { 100, 0, 10 }, 90, 4, REACH_UNKNOWN },
        { "without a bound nothing is sure", { 100, 0, INT64_MAX }, 1, 1, REACH_UNKNOWN },
        { "but who is behind, is behind", { 100, 0, INT64_MAX }, 101, 1, REACH_LEFT_OUT },
        { "a pool that grew", { 120, 0, 0 }, 100, 5, REACH_UNKNOWN },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check_row(rows[i].row);
        check_int(reach_verdict(&reach, &rows[i].now, rows[i].ends_at, rows[i].serial),
                  rows[i].want);
    }
}

TEST(reach_of_a_short_line_is_everybody)
{
    const struct reach all = { .left = 10, .margin = 5 };

    check_int(reach_verdict(&all, &(struct reach_now){ .left = 10 }, 1000, 1), REACH_SERVED);
    check_int(reach_verdict(&all, &(struct reach_now){ .left = 8, .touched = 2 }, 1000, 1),
              REACH_SERVED);
    check_int(reach_verdict(&all, &(struct reach_now){ .left = 7, .touched = 3 }, 1000, 1),
              REACH_UNKNOWN);
}

TEST(reach_margins_are_at_least_one_and_at_most_the_pool)
{
    for (int64_t left = 1; left < 100000; left += left / 3 + 1) {
        check(reach_wide_margin(left) >= 1 && reach_wide_margin(left) <= left);
        check(reach_narrow_margin(left) >= 1 && reach_narrow_margin(left) <= left);
    }
    check_int(reach_narrow_margin(1000000) < 1200, 1);
}

TEST(reach_returns_nobody_before_the_shortest_term)
{
    check_int(reach_returns(100, 99, 10), 0);
    check_int(reach_returns(100, 109, 10), 0);
    check_int(reach_returns(100, 110, 10), 1);
    check_int(reach_returns(100, 129, 10), 2);
    check_int(reach_returns(100, 129, 0), INT64_MAX);
    check_int(reach_shortest((struct term){ 1, TERM_DAYS }), 0);
    check_int(reach_shortest((struct term){ 1, TERM_MONTHS }), 27 * UTC_DAY);
    check_int(reach_shortest((struct term){ 14, TERM_MONTHS }), (365 + 56 - 1) * UTC_DAY);
    check_int(reach_shortest((struct term){ 2, TERM_YEARS }), 729 * UTC_DAY);
}
