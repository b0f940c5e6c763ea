#include "domain/horizon.h"

#include "support/check.h"

TEST(horizon_serves_the_sensors_before_the_first_left_out)
{
    const struct pool_horizon horizon = { .left_out = { .ends_at = 100, .serial = 5 } };
    const struct pool_horizon all = { .all = true, .left_out = { .ends_at = 100, .serial = 5 } };

    check(horizon_serves(&horizon, 99, 9));
    check(horizon_serves(&horizon, 100, 4));
    check(!horizon_serves(&horizon, 100, 5));
    check(!horizon_serves(&horizon, 101, 1));
    check(horizon_serves(&all, 101, 1));
}

TEST(horizon_answers_a_range_that_it_reaches)
{
    struct pool_horizon horizon = { .until = 200, .left_out = { .ends_at = 100, .serial = 5 } };
    struct horizon_range range = { 0 };

    horizon_range_add(&range, 150, 1);
    horizon_range_add(&range, 100, 7);
    horizon_range_add(&range, 100, 5);
    check_int(range.first.ends_at, 100);
    check_int(range.first.serial, 5);
    check_int(range.until, 150);
    check(horizon_answers(&horizon, &range));
    horizon.at_most = true;
    check(horizon_answers(&horizon, &range));
    horizon_range_add(&range, 100, 4);
    check(!horizon_answers(&horizon, &range));
    check(!horizon_answers(&horizon, &(struct horizon_range){ .until = 150 }));
    horizon.at_most = false;
    check(horizon_answers(&horizon, &range));
    horizon_range_add(&range, 201, 1);
    check(!horizon_answers(&horizon, &range));
}

TEST(horizon_returns_no_sensor_before_the_shortest_term)
{
    check_int(horizon_returns(100, 99, 10), 0);
    check_int(horizon_returns(100, 109, 10), 0);
    check_int(horizon_returns(100, 110, 10), 1);
    check_int(horizon_returns(100, 129, 10), 2);
    check_int(horizon_returns(100, 129, 0), INT64_MAX);
    check_int(horizon_returns(UTC_NEVER, 129, 0), 0);
}

TEST(horizon_shortest_is_a_lower_bound_of_a_term)
{
    check_int(horizon_shortest((struct term){ 1, TERM_DAYS }), 0);
    check_int(horizon_shortest((struct term){ 2, TERM_WEEKS }), 13 * UTC_DAY);
    check_int(horizon_shortest((struct term){ 1, TERM_MONTHS }), 27 * UTC_DAY);
    check_int(horizon_shortest((struct term){ 14, TERM_MONTHS }), (365 + 56 - 1) * UTC_DAY);
    check_int(horizon_shortest((struct term){ 2, TERM_YEARS }), 729 * UTC_DAY);
}
