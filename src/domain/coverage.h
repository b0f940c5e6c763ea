/*
 * coverage.h - when a sensor is licensed: the union of its license intervals.
 *
 * Arrays of intervals are sorted by starts_at. A state is never stored: it follows from the
 * intervals and the clock.
 */
#ifndef DOMAIN_COVERAGE_H
#define DOMAIN_COVERAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/utc.h"

/* Half-open: [starts_at, expires_at). */
struct interval {
    utc_seconds starts_at;
    utc_seconds expires_at;
};

enum sensor_state { SENSOR_UNLICENSED, SENSOR_ACTIVE, SENSOR_EXPIRED, SENSOR_STATE_COUNT };
enum license_state {
    LICENSE_QUEUED,
    LICENSE_ACTIVE,
    LICENSE_EXPIRED,
    LICENSE_REVOKED,
    LICENSE_STATE_COUNT
};

bool coverage_contains(const struct interval *intervals, size_t count, utc_seconds at);

/* The end of the unbroken chain of licenses that covers `now`, including the queue; 0 if `now` is
 * not covered. */
utc_seconds coverage_until(const struct interval *intervals, size_t count, utc_seconds now);

/* Finds the last gap that has ended by `now`. The time before the first license is a gap that
 * begins at COVERAGE_BEGINNING. False leaves *out unset: no license has begun. */
#define COVERAGE_BEGINNING INT64_MIN
bool coverage_gap(struct interval *out, const struct interval *intervals, size_t count,
                  utc_seconds now);

/* Active: covered now. Expired: not covered now, but an interval has ended. Unlicensed: no interval
 * has ended. */
enum sensor_state coverage_state(const struct interval *intervals, size_t count, utc_seconds now);

/* The index of the interval that contains `now`, else of the last one that has ended; SIZE_MAX:
 * neither. */
size_t coverage_current(const struct interval *intervals, size_t count, utc_seconds now);

/* `revoked_at`: when the operator ended the license; 0: never. Before that, the interval decides.
 */
enum license_state license_state(utc_seconds starts_at, utc_seconds expires_at,
                                 utc_seconds revoked_at, utc_seconds now);

/* "unlicensed", "active", "expired". */
extern const char *const sensor_state_words[SENSOR_STATE_COUNT];
/* "queued", "active", "expired", "revoked". */
extern const char *const license_state_words[LICENSE_STATE_COUNT];

#endif
