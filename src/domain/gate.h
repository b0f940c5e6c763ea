/* gate.h - decides whether a sample is saved, by its time of measurement and not of arrival. */
#ifndef DOMAIN_GATE_H
#define DOMAIN_GATE_H

#include "base/utc.h"
#include "domain/coverage.h"

enum gate_verdict {
    GATE_ADMIT,
    GATE_REFUSE_UNLICENSED,    /* the sensor never had a license */
    GATE_REFUSE_EXPIRED,       /* not covered: before, between or after the licenses */
    GATE_REFUSE_BAD_TIMESTAMP, /* more than GATE_CLOCK_SLACK ahead of now */
    /* Set by the caller when it looks up the sensor, never by gate_judge(): */
    GATE_REFUSE_UNKNOWN_SENSOR,
    GATE_REFUSE_BAD_TOKEN,
    GATE_VERDICT_COUNT
};

/* How far a device clock may run ahead. */
#define GATE_CLOCK_SLACK UTC_DAY

/* Checks the coverage at the earlier of `at` and `now`. The intervals are sorted by starts_at. */
enum gate_verdict gate_judge(const struct interval *intervals, size_t count, utc_seconds at,
                             utc_seconds now);

/* "admitted", "unlicensed", "expired", "bad_timestamp", "unknown_sensor", "bad_token". */
extern const char *const gate_verdict_words[GATE_VERDICT_COUNT];

#endif
