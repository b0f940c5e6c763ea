/* gate.h - decides whether a sample is saved, by its time of measurement and not of arrival. */
#ifndef DOMAIN_GATE_H
#define DOMAIN_GATE_H

#include "base/utc.h"
#include "domain/coverage.h"

/* A sample that is refused for several reasons counts for the first of them in this order:
 * bad_token, bad_timestamp, then those of the coverage. */
enum gate_verdict {
    GATE_ADMIT,
    GATE_REFUSE_UNLICENSED,           /* the sensor never had a license */
    GATE_REFUSE_BEFORE_FIRST_LICENSE, /* measured before its first license began */
    GATE_REFUSE_EXPIRED,              /* not covered: between the licenses or after them */
    GATE_REFUSE_BAD_TIMESTAMP,        /* more than GATE_CLOCK_SLACK ahead of now, or before
                                         GATE_FIRST_TIME */
    /* Set by the caller when it looks up the sensor, never by gate_judge(): */
    GATE_REFUSE_UNKNOWN_SENSOR,
    GATE_REFUSE_BAD_TOKEN,
    GATE_VERDICT_COUNT
};

/* How far a device clock may run ahead, in seconds. */
#define GATE_CLOCK_SLACK INT64_C(300)

/* 2015-01-01T00:00:00Z. A device with an earlier clock has not set it. */
#define GATE_FIRST_TIME INT64_C(1420070400)

/* Can a sample have been measured at this time? */
bool gate_time_is_good(utc_seconds at, utc_seconds now);

/* Checks the coverage at the earlier of `at` and `now`. The intervals are sorted by starts_at. */
enum gate_verdict gate_judge(const struct interval *intervals, size_t count, utc_seconds at,
                             utc_seconds now);

/* A sample that is not covered was admitted earlier if it arrived ahead of the clock, before the
 * coverage ended. Returns that end; 0: it cannot have been admitted. */
utc_seconds gate_earlier_end(const struct interval *intervals, size_t count, utc_seconds at,
                             utc_seconds now);

/* "admitted", "unlicensed", "before_first_license", "expired", "bad_timestamp", "unknown_sensor",
 * "bad_token". */
extern const char *const gate_verdict_words[GATE_VERDICT_COUNT];

#endif
