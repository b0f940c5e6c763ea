#include "domain/coverage.h"

#include <string.h>

#include "support/check.h"

/* Two in a row, a gap, one more, and a queued one. */
static const struct interval some[] = {
    { 100, 200 },
    { 200, 300 },
    { 400, 500 },
    { 500, 600 },
};

static const struct {
    const char *row;
    utc_seconds now;
    int contains;
    utc_seconds until;
    enum sensor_state state;
    size_t current;
} schedule[] = {
    { "before the first", 99, 0, 0, SENSOR_UNLICENSED, SIZE_MAX },
    { "first second", 100, 1, 300, SENSOR_ACTIVE, 0 },
    { "last second of the first", 199, 1, 300, SENSOR_ACTIVE, 0 },
    { "first second of the second", 200, 1, 300, SENSOR_ACTIVE, 1 },
    { "last second before the gap", 299, 1, 300, SENSOR_ACTIVE, 1 },
    { "first second of the gap", 300, 0, 0, SENSOR_EXPIRED, 1 },
    { "last second of the gap", 399, 0, 0, SENSOR_EXPIRED, 1 },
    { "first second after the gap", 400, 1, 600, SENSOR_ACTIVE, 2 },
    { "the one that waited", 500, 1, 600, SENSOR_ACTIVE, 3 },
    { "last second", 599, 1, 600, SENSOR_ACTIVE, 3 },
    { "over", 600, 0, 0, SENSOR_EXPIRED, 3 },
};

TEST(coverage_is_exact_at_each_border)
{
    const size_t count = sizeof some / sizeof some[0];

    for (size_t i = 0; i < sizeof schedule / sizeof schedule[0]; i++) {
        utc_seconds now = schedule[i].now;

        check_row(schedule[i].row);
        check_int(coverage_contains(some, count, now), schedule[i].contains);
        check_int(coverage_until(some, count, now), schedule[i].until);
        check_int(coverage_state(some, count, now), schedule[i].state);
        check_int(coverage_current(some, count, now), (int64_t)schedule[i].current);
    }
}

TEST(coverage_gap_is_the_last_one_that_has_ended)
{
    static const struct interval twice[] = {
        { 100, 500 }, { 200, 300 }, { 600, 700 }, { 800, 900 }
    };
    static const struct {
        const char *row;
        const struct interval *intervals;
        utc_seconds now;
        struct interval want;
    } rows[] = {
        { "before the first", some, 99, { 0 } },
        { "in the first chain", some, 299, { COVERAGE_BEGINNING, 100 } },
        { "in the gap, which has not ended", some, 399, { COVERAGE_BEGINNING, 100 } },
        { "first second after the gap", some, 400, { 300, 400 } },
        { "in what follows without another", some, 599, { 300, 400 } },
        { "over", some, 600, { 300, 400 } },
        { "an interval inside another makes none", twice, 499, { COVERAGE_BEGINNING, 100 } },
        { "behind it", twice, 600, { 500, 600 } },
        { "behind two", twice, 850, { 700, 800 } },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct interval gap = { 0 };

        check_row(rows[i].row);
        check_int(coverage_gap(&gap, rows[i].intervals, 4, rows[i].now),
                  rows[i].want.expires_at != 0);
        check_int(gap.starts_at, rows[i].want.starts_at);
        check_int(gap.expires_at, rows[i].want.expires_at);
    }
    check(!coverage_gap(&(struct interval){ 0 }, NULL, 0, 5));
}

TEST(coverage_without_intervals_is_empty)
{
    check(!coverage_contains(NULL, 0, 5));
    check_int(coverage_until(NULL, 0, 5), 0);
    check_int(coverage_state(NULL, 0, 5), SENSOR_UNLICENSED);
    check(coverage_current(NULL, 0, 5) == SIZE_MAX);
}

TEST(coverage_is_a_union_even_where_intervals_overlap)
{
    static const struct interval overlapping[] = { { 100, 500 }, { 200, 300 }, { 450, 600 } };

    check(coverage_contains(overlapping, 3, 350));
    check_int(coverage_until(overlapping, 3, 350), 600);
    check_int(coverage_state(overlapping, 3, 599), SENSOR_ACTIVE);
    check_int(coverage_current(overlapping, 3, 700), 2);
}

TEST(license_state_follows_the_clock)
{
    static const struct {
        const char *row;
        utc_seconds revoked_at, now;
        enum license_state want;
    } rows[] = {
        { "waits", 0, 99, LICENSE_QUEUED },
        { "first second", 0, 100, LICENSE_ACTIVE },
        { "last second", 0, 199, LICENSE_ACTIVE },
        { "over", 0, 200, LICENSE_EXPIRED },
        { "to be revoked", 150, 149, LICENSE_ACTIVE },
        { "revoked", 150, 150, LICENSE_REVOKED },
        { "revoked, later", 150, 999, LICENSE_REVOKED },
        { "revoked before it began", 50, 99, LICENSE_REVOKED },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check_row(rows[i].row);
        check_int(license_state(100, 200, rows[i].revoked_at, rows[i].now), rows[i].want);
    }
}

TEST(coverage_states_have_words)
{
    static const char *const words[] = { "unlicensed", "active", "expired" };

    for (int i = 0; i < SENSOR_STATE_COUNT; i++)
        check_text(sensor_state_words[i], words[i]);
    check_text(license_state_words[LICENSE_QUEUED], "queued");
    check_text(license_state_words[LICENSE_ACTIVE], "active");
    check_text(license_state_words[LICENSE_EXPIRED], "expired");
    check_text(license_state_words[LICENSE_REVOKED], "revoked");
}
