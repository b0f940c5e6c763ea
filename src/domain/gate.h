/*
 * gate.h - is this sample saved?
 *
 * It is judged by the time at which it was measured, not the time it arrived.
 */
#ifndef DOMAIN_GATE_H
#define DOMAIN_GATE_H

#include "base/utc.h"
#include "domain/coverage.h"

enum gate_verdict {
    GATE_ADMIT,
    GATE_REFUSE_UNLICENSED,    /* the sensor never had a license */
    GATE_REFUSE_EXPIRED,       /* not covered then: before, between or after its licenses */
    GATE_REFUSE_BAD_TIMESTAMP, /* more than GATE_CLOCK_SLACK ahead of now */
    /* The caller gives these when it looks the sensor up; gate_judge() never does: */
    GATE_REFUSE_UNKNOWN_SENSOR,
    GATE_REFUSE_BAD_TOKEN,
    GATE_VERDICT_COUNT
};

/* How far a device clock may run ahead. */
#define GATE_CLOCK_SLACK UTC_DAY

/* A sample measured at `at`, judged at the earlier of `at` and `now`. The
 * intervals are sorted by starts_at. */
enum gate_verdict gate_judge(const struct interval *intervals, size_t count, utc_seconds at,
                             utc_seconds now);

/* "admitted", "unlicensed", "expired", "bad_timestamp", "unknown_sensor",
 * "bad_token". */
extern const char *const gate_verdict_words[GATE_VERDICT_COUNT];

#endif
