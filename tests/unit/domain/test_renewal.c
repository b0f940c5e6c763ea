#include "domain/renewal.h"

#include "support/check.h"
#include "support/moment.h"

enum { MOST = 8 };

static struct renewal_sensor line[MOST];
static struct pool_key keys[MOST];

static struct renewal_plan
plan_of(size_t sensors, size_t key_count, enum pool_order order)
{
    struct renewal_plan plan = {
        .line = line,
        .count = sensors,
        .keys = keys,
        .key_count = key_count,
        .order = order,
        .zone = zone_of("UTC"),
    };

    renewal_begin(&plan);
    return plan;
}

TEST(renewal_serves_the_earliest_end_then_the_lower_serial)
{
    struct renewal renewal;

    line[0] = (struct renewal_sensor){ .ends_at = 2 * UTC_DAY, .serial = 1, .index = 0 };
    line[1] = (struct renewal_sensor){ .ends_at = UTC_DAY, .serial = 9, .index = 1 };
    line[2] = (struct renewal_sensor){ .ends_at = UTC_DAY, .serial = 5, .index = 2 };
    keys[0] = (struct pool_key){ .key = "A", .term = { 1, TERM_YEARS }, .left = 2 };
    struct renewal_plan plan = plan_of(3, 1, POOL_OLDEST_FIRST);

    check(renewal_next(&plan, UTC_NEVER - 1, &renewal));
    check_int(renewal.sensor.index, 2);
    check_int(renewal.starts_at, UTC_DAY);
    check_int(renewal.expires_at, 366 * UTC_DAY);
    check(renewal_next(&plan, UTC_NEVER - 1, &renewal));
    check_int(renewal.sensor.index, 1);
    check(renewal_next(&plan, UTC_NEVER - 1, &renewal));
    check_int(renewal.sensor.index, 0);
    check_int(renewal.key, SIZE_MAX); /* the pool is empty: it stops */
    check_int(renewal.starts_at, 2 * UTC_DAY);
}

TEST(renewal_is_due_at_the_end_and_not_before)
{
    struct renewal renewal;

    line[0] = (struct renewal_sensor){ .ends_at = UTC_DAY };
    keys[0] = (struct pool_key){ .key = "A", .term = { 1, TERM_DAYS }, .left = 1 };
    struct renewal_plan plan = plan_of(1, 1, POOL_OLDEST_FIRST);

    check(!renewal_next(&plan, UTC_DAY - 1, &renewal));
    check(renewal_next(&plan, UTC_DAY, &renewal));
    check_int(renewal.expires_at, 2 * UTC_DAY);
    check(!renewal_next(&plan, UTC_DAY, &renewal));
}

/* Down over several ends: one license follows the other without a gap, and each takes
 * its place in line again with its new end. */
TEST(renewal_catches_up_as_if_it_had_run_in_time)
{
    static const struct {
        size_t index;
        utc_seconds starts, ends;
    } want[] = {
        { 0, 10, 11 }, { 1, 10, 11 }, { 0, 11, 12 }, { 1, 11, 12 }, { 0, 12, 13 },
    };
    struct renewal renewal;

    line[0] = (struct renewal_sensor){ .ends_at = 10 * UTC_DAY, .serial = 1, .index = 0 };
    line[1] = (struct renewal_sensor){ .ends_at = 10 * UTC_DAY, .serial = 2, .index = 1 };
    keys[0] = (struct pool_key){ .key = "A", .term = { 1, TERM_DAYS }, .left = 5 };
    struct renewal_plan plan = plan_of(2, 1, POOL_OLDEST_FIRST);

    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        check(renewal_next(&plan, 20 * UTC_DAY, &renewal));
        check_int(renewal.sensor.index, want[i].index);
        check_int(renewal.starts_at, want[i].starts * UTC_DAY);
        check_int(renewal.expires_at, want[i].ends * UTC_DAY);
    }
    check(renewal_next(&plan, 20 * UTC_DAY, &renewal));
    check_int(renewal.key, SIZE_MAX);
}

TEST(renewal_takes_keys_in_the_pools_order)
{
    static const struct {
        const char *row;
        enum pool_order order;
        size_t want;
    } rows[] = {
        { "oldest", POOL_OLDEST_FIRST, 1 },
        { "shortest", POOL_SHORTEST_FIRST, 2 },
        { "longest", POOL_LONGEST_FIRST, 0 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct renewal renewal;
        line[0] = (struct renewal_sensor){ .ends_at = UTC_DAY };
        keys[0] =
            (struct pool_key){ .key = "A", .term = { 3, TERM_YEARS }, .redemption = 5, .left = 1 };
        keys[1] =
            (struct pool_key){ .key = "B", .term = { 1, TERM_YEARS }, .redemption = 1, .left = 1 };
        keys[2] =
            (struct pool_key){ .key = "C", .term = { 30, TERM_DAYS }, .redemption = 9, .left = 1 };
        struct renewal_plan plan = plan_of(1, 3, rows[i].order);
        check_row(rows[i].row);
        check(renewal_next(&plan, UTC_DAY, &renewal));
        check_int(renewal.key, rows[i].want);
        check_int(keys[rows[i].want].left, 0);
    }
}

TEST(renewal_revives_from_now_on_and_never_back_dates)
{
    struct renewal renewal;
    utc_seconds now = 100 * UTC_DAY + 7;

    line[0] = (struct renewal_sensor){ .ends_at = 90 * UTC_DAY, .serial = 2, .index = 0 };
    line[1] = (struct renewal_sensor){ .ends_at = 80 * UTC_DAY, .serial = 3, .index = 1 };
    line[2] = (struct renewal_sensor){ .ends_at = 101 * UTC_DAY, .serial = 1, .index = 2 };
    keys[0] = (struct pool_key){ .key = "A", .term = { 1, TERM_DAYS }, .left = 9 };
    struct renewal_plan plan = plan_of(3, 1, POOL_OLDEST_FIRST);

    check(renewal_revive(&plan, now, &renewal));
    check_int(renewal.sensor.index, 1);
    check_int(renewal.starts_at, now);
    check_int(renewal.expires_at, 102 * UTC_DAY);
    check(renewal_revive(&plan, now, &renewal));
    check_int(renewal.sensor.index, 0);
    check(!renewal_revive(&plan, now, &renewal)); /* the third one runs */
}
