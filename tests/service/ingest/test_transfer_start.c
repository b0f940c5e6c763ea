#include "service/ingest/transfer_start.h"

#include "domain/gate.h"
#include "support/check.h"

#define DAY UTC_DAY
#define T   (GATE_FIRST_TIME + 1000 * DAY)

/* Two licenses with a gap, a third behind another gap, one that waits; days after T. */
static const struct interval three[] = {
    { T + 10 * DAY, T + 20 * DAY },
    { T + 30 * DAY, T + 40 * DAY },
    { T + 50 * DAY, T + 60 * DAY },
    { T + 60 * DAY, T + 70 * DAY },
};
static const struct interval ancient[] = { { GATE_FIRST_TIME - 1, T } };
static const struct interval new_year[] = { { GATE_FIRST_TIME, T } };

enum { NONE = 0 };

TEST(transfer_start_is_the_end_of_the_last_gap_if_nothing_licensed_is_skipped)
{
    static const struct {
        const char *row;
        const struct interval *intervals;
        size_t count;
        utc_seconds now;
        utc_seconds first, last; /* samples of the message */
        utc_seconds want;
    } rows[] = {
        { "never licensed", NULL, 0, T, T - 9, T - 1, NONE },
        { "a license waits", three, 4, T, T - 9, T - 1, NONE },
        { "wholly before the first license", three, 1, T + 15 * DAY, T, T + 60, T + 10 * DAY },
        { "the second before the first license", three, 1, T + 15 * DAY, T + 10 * DAY - 1,
          T + 10 * DAY - 1, T + 10 * DAY },
        { "across the first beginning", three, 1, T + 15 * DAY, T, T + 12 * DAY, T + 10 * DAY },
        { "wholly covered", three, 1, T + 15 * DAY, T + 10 * DAY, T + 12 * DAY, NONE },
        { "wholly in the gap", three, 2, T + 35 * DAY, T + 21 * DAY, T + 22 * DAY, T + 30 * DAY },
        { "the first second of the gap", three, 2, T + 35 * DAY, T + 20 * DAY, T + 20 * DAY,
          T + 30 * DAY },
        { "the last second before the gap", three, 2, T + 35 * DAY, T + 20 * DAY - 1,
          T + 20 * DAY - 1, NONE },
        { "into the gap", three, 2, T + 35 * DAY, T + 15 * DAY, T + 21 * DAY, T + 30 * DAY },
        { "across the gap", three, 2, T + 35 * DAY, T + 15 * DAY, T + 34 * DAY, T + 30 * DAY },
        { "out of the gap", three, 2, T + 35 * DAY, T + 25 * DAY, T + 34 * DAY, T + 30 * DAY },
        { "behind the gap", three, 2, T + 35 * DAY, T + 30 * DAY, T + 34 * DAY, NONE },
        { "older than the first of two gaps", three, 2, T + 35 * DAY, T, T + 60, NONE },
        { "in the first of two gaps", three, 4, T + 55 * DAY, T + 21 * DAY, T + 22 * DAY, NONE },
        { "in the last of two gaps", three, 4, T + 55 * DAY, T + 41 * DAY, T + 42 * DAY,
          T + 50 * DAY },
        { "across both gaps", three, 4, T + 55 * DAY, T + 5 * DAY, T + 54 * DAY, T + 50 * DAY },
        { "a queue behind the license makes no gap", three, 4, T + 65 * DAY, T + 55 * DAY,
          T + 64 * DAY, NONE },
        { "expired: the gap has no end yet", three, 2, T + 45 * DAY, T + 41 * DAY, T + 44 * DAY,
          NONE },
        { "expired, from the gap before", three, 2, T + 45 * DAY, T + 25 * DAY, T + 44 * DAY,
          T + 30 * DAY },
        { "expired, and the next license waits", three, 3, T + 45 * DAY, T + 41 * DAY, T + 44 * DAY,
          NONE },
        { "1970", three, 1, T + 15 * DAY, 0, 1234, NONE },
        { "1970 and covered", three, 1, T + 15 * DAY, 1234, T + 12 * DAY, NONE },
        { "2014 and before the license", three, 1, T + 15 * DAY, GATE_FIRST_TIME - 1, T,
          T + 10 * DAY },
        { "before the gap, and a clock far ahead", three, 2, T + 35 * DAY, T + 15 * DAY,
          T + 36 * DAY, NONE },
        { "a license from before 2015", ancient, 1, T - 1, 0, T - 9, NONE },
        { "a license from 2015 on, and 2014", new_year, 1, T - 1, GATE_FIRST_TIME - 1, T - 9,
          NONE },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct sample samples[] = { { .channel = 1, .type = 1, .at = rows[i].first },
                                          { .channel = 1, .type = 1, .at = rows[i].last } };
        struct covered_sensor sensor = { .intervals = rows[i].intervals,
                                         .interval_count = rows[i].count };
        struct delivery delivery = { .samples = samples, .sample_count = 2 };

        check_row(rows[i].row);
        check_int(transfer_start_of(&sensor, &delivery, rows[i].now), rows[i].want);
        delivery.sample_count = 0;
        check_int(transfer_start_of(&sensor, &delivery, rows[i].now), NONE);
    }
}
