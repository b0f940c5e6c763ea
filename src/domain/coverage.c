#include "domain/coverage.h"

#include <string.h>

const char *const sensor_state_words[] = {
    [SENSOR_UNLICENSED] = "unlicensed",
    [SENSOR_ACTIVE] = "active",
    [SENSOR_EXPIRED] = "expired",
};
_Static_assert(sizeof sensor_state_words / sizeof sensor_state_words[0] == SENSOR_STATE_COUNT,
               "a state has no word");

const char *const license_state_words[] = {
    [LICENSE_QUEUED] = "queued",
    [LICENSE_ACTIVE] = "active",
    [LICENSE_EXPIRED] = "expired",
    [LICENSE_REVOKED] = "revoked",
};
_Static_assert(sizeof license_state_words / sizeof license_state_words[0] == LICENSE_STATE_COUNT,
               "a state has no word");

static bool
contains(const struct interval *interval, utc_seconds at)
{
    return interval->starts_at <= at && at < interval->expires_at;
}

bool
coverage_contains(const struct interval *intervals, size_t count, utc_seconds at)
{
    for (size_t i = 0; i < count && intervals[i].starts_at <= at; i++)
        if (at < intervals[i].expires_at)
            return true;
    return false;
}

utc_seconds
coverage_until(const struct interval *intervals, size_t count, utc_seconds now)
{
    utc_seconds until = 0;
    bool covered = false;

    for (size_t i = 0; i < count; i++) {
        if (!covered && !contains(&intervals[i], now))
            continue;
        if (covered && intervals[i].starts_at > until)
            break; /* a gap */
        if (!covered || intervals[i].expires_at > until)
            until = intervals[i].expires_at;
        covered = true;
    }
    return until;
}

bool
coverage_gap(struct interval *out, const struct interval *intervals, size_t count, utc_seconds now)
{
    utc_seconds until = COVERAGE_BEGINNING;

    for (size_t i = 0; i < count && intervals[i].starts_at <= now; i++) {
        if (intervals[i].starts_at > until)
            *out = (struct interval){ until, intervals[i].starts_at };
        if (intervals[i].expires_at > until)
            until = intervals[i].expires_at;
    }
    return until != COVERAGE_BEGINNING;
}

size_t
coverage_current(const struct interval *intervals, size_t count, utc_seconds now)
{
    size_t current = SIZE_MAX;

    for (size_t i = 0; i < count && intervals[i].starts_at <= now; i++) {
        if (contains(&intervals[i], now))
            return i;
        if (current == SIZE_MAX || intervals[i].expires_at >= intervals[current].expires_at)
            current = i;
    }
    return current;
}

enum sensor_state
coverage_state(const struct interval *intervals, size_t count, utc_seconds now)
{
    size_t current = coverage_current(intervals, count, now);

    if (current == SIZE_MAX)
        return SENSOR_UNLICENSED;
    return contains(&intervals[current], now) ? SENSOR_ACTIVE : SENSOR_EXPIRED;
}

enum license_state
license_state(utc_seconds starts_at, utc_seconds expires_at, utc_seconds revoked_at,
              utc_seconds now)
{
    if (revoked_at != 0 && revoked_at <= now)
        return LICENSE_REVOKED;
    if (now < starts_at)
        return LICENSE_QUEUED;
    return now < expires_at ? LICENSE_ACTIVE : LICENSE_EXPIRED;
}
