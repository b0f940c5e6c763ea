#include <string.h>

#include "domain/coverage.h"
#include "domain/gate.h"
#include "support/check.h"
#include "support/random.h"

enum { MOST = 6, SECONDS = 64, NONE = -1 };

/* Intervals within SECONDS, sorted by start; often end to end, now and then
 * overlapping or far apart. */
static size_t
some_intervals(struct interval *out, struct random *random)
{
    size_t count = random_below(random, MOST + 1);
    utc_seconds start = (utc_seconds)random_below(random, 10);

    for (size_t i = 0; i < count; i++) {
        utc_seconds length = 1 + (utc_seconds)random_below(random, 12);
        out[i] = (struct interval){ start, start + length };
        start += random_below(random, 2) ? length : (utc_seconds)random_below(random, 14);
    }
    return count;
}

/* Second by second: nobody could get this wrong. */
struct model {
    bool covered[SECONDS * 3];
};

static struct model
model_of(const struct interval *intervals, size_t count)
{
    struct model model = { { false } };

    for (size_t i = 0; i < count; i++)
        for (utc_seconds t = intervals[i].starts_at; t < intervals[i].expires_at; t++)
            model.covered[t] = true;
    return model;
}

static utc_seconds
model_until(const struct model *model, utc_seconds now)
{
    utc_seconds until = now;

    while (model->covered[until])
        until++;
    return until > now ? until : 0;
}

static enum sensor_state
model_state(const struct model *model, utc_seconds now)
{
    if (model->covered[now])
        return SENSOR_ACTIVE;
    for (utc_seconds t = 0; t < now; t++)
        if (model->covered[t])
            return SENSOR_EXPIRED;
    return SENSOR_UNLICENSED;
}

TEST(coverage_is_what_a_slow_model_says)
{
    struct random random = random_seeded();

    for (int i = 0; i < 3000; i++) {
        struct interval intervals[MOST];
        size_t count = some_intervals(intervals, &random);
        struct model model = model_of(intervals, count);

        for (utc_seconds now = 0; now < 2 * SECONDS; now++) {
            check_int(coverage_contains(intervals, count, now), model.covered[now]);
            check_int(coverage_until(intervals, count, now), model_until(&model, now));
            check_int(coverage_state(intervals, count, now), model_state(&model, now));
        }
    }
}

TEST(coverage_current_runs_now_or_ended_last)
{
    struct random random = random_seeded();

    for (int i = 0; i < 3000; i++) {
        struct interval intervals[MOST];
        size_t count = some_intervals(intervals, &random);

        for (utc_seconds now = 0; now < 2 * SECONDS; now++) {
            size_t current = coverage_current(intervals, count, now);
            enum sensor_state state = coverage_state(intervals, count, now);

            check_int(current == SIZE_MAX, state == SENSOR_UNLICENSED);
            if (current == SIZE_MAX)
                continue;
            check(intervals[current].starts_at <= now);
            check_int(now < intervals[current].expires_at, state == SENSOR_ACTIVE);
            for (size_t j = 0; state == SENSOR_EXPIRED && j < count; j++)
                check(intervals[j].starts_at > now
                      || intervals[j].expires_at <= intervals[current].expires_at);
        }
    }
}

/* Brute force: the seconds before the last coverage that has begun by now, back to a covered one.
 */
static bool
model_gap(struct interval *out, const struct model *model, utc_seconds now)
{
    utc_seconds end = now;

    while (end >= 0 && !model->covered[end])
        end--;
    while (end > 0 && model->covered[end - 1])
        end--;
    if (end < 0)
        return false;
    out->expires_at = out->starts_at = end;
    while (out->starts_at > 0 && !model->covered[out->starts_at - 1])
        out->starts_at--;
    if (out->starts_at == 0)
        out->starts_at = COVERAGE_BEGINNING;
    return true;
}

TEST(coverage_gap_is_that_of_the_seconds)
{
    struct random random = random_seeded();

    for (int i = 0; i < 3000; i++) {
        struct interval intervals[MOST];
        size_t count = some_intervals(intervals, &random);
        struct model model;

        for (size_t k = 0; k < count; k++) { /* second 0 is before all of them */
            intervals[k].starts_at++;
            intervals[k].expires_at++;
        }
        model = model_of(intervals, count);
        for (utc_seconds now = 0; now < SECONDS; now++) {
            struct interval gap = { 0 }, want = { 0 };
            check_int(coverage_gap(&gap, intervals, count, now), model_gap(&want, &model, now));
            check_int(gap.starts_at, want.starts_at);
            check_int(gap.expires_at, want.expires_at);
        }
    }
}

/* The gate judges a sample that arrives later like one that arrives at once, and a sample of a
 * clock that is a little ahead like one of a right clock. */
TEST(gate_judges_by_the_time_of_measuring)
{
    const utc_seconds base = GATE_FIRST_TIME;
    struct random random = random_seeded();

    for (int i = 0; i < 3000; i++) {
        struct interval intervals[MOST];
        size_t count = some_intervals(intervals, &random);

        for (size_t k = 0; k < count; k++) {
            intervals[k].starts_at += base;
            intervals[k].expires_at += base;
        }
        for (utc_seconds at = base; at < base + SECONDS; at++) {
            utc_seconds later = at + (utc_seconds)random_below(&random, SECONDS);
            enum gate_verdict at_once = gate_judge(intervals, count, at, at);

            check_int(at_once == GATE_ADMIT, coverage_contains(intervals, count, at));
            check_int(gate_judge(intervals, count, later, at), at_once);
            check_int(gate_judge(intervals, count, at, later) == GATE_ADMIT, at_once == GATE_ADMIT);
            check_int(gate_judge(intervals, count, at + GATE_CLOCK_SLACK + 1, at),
                      GATE_REFUSE_BAD_TIMESTAMP);
            check_int(gate_judge(intervals, count, at - SECONDS - 1, later) == GATE_ADMIT, false);
        }
    }
}

/* gate_earlier_end() finds exactly the samples that were admitted ahead of the clock and are
 * refused when they come again. */
TEST(gate_recognizes_what_it_admitted_before)
{
    const utc_seconds base = GATE_FIRST_TIME;
    struct random random = random_seeded();

    for (int i = 0; i < 300; i++) {
        struct interval intervals[MOST];
        size_t count = some_intervals(intervals, &random);

        for (size_t k = 0; k < count; k++) { /* minutes: the slack is five of them */
            intervals[k].starts_at = base + 60 * intervals[k].starts_at;
            intervals[k].expires_at = base + 60 * intervals[k].expires_at;
        }
        for (int n = 0; n < 100; n++) {
            utc_seconds now = base + (utc_seconds)random_below(&random, 60 * SECONDS);
            utc_seconds at = now - (utc_seconds)random_below(&random, 600);
            bool admitted = false;
            if (gate_judge(intervals, count, at, now) != GATE_REFUSE_EXPIRED)
                continue;
            for (utc_seconds earlier = at - 600; earlier < now; earlier++)
                admitted |= gate_judge(intervals, count, at, earlier) == GATE_ADMIT;
            check_int(gate_earlier_end(intervals, count, at, now) > 0, admitted);
        }
    }
}
