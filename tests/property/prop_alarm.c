/* Alerts found anew go on as those that were known: whatever there is, each is taken once. */
#include "domain/alarm.h"
#include "domain/coverage.h"
#include "support/check.h"
#include "support/random.h"

enum { MOST_SPANS = 8, ROUNDS = 20000 };

/* Sorted, apart from one another. */
static size_t
draw_spans(struct random *random, struct alarm_span *spans)
{
    size_t count = random_below(random, MOST_SPANS + 1);
    utc_seconds at = 0;

    for (size_t i = 0; i < count; i++) {
        at += 1 + (utc_seconds)random_below(random, 20);
        spans[i].started_at = at;
        at += 1 + (utc_seconds)random_below(random, 20);
        spans[i].ended_at = i + 1 == count && random_below(random, 2) ? UTC_NEVER : at;
    }
    return count;
}

TEST(alarm_match_takes_each_alert_once_and_only_where_they_meet)
{
    struct random random = random_seeded();
    struct alarm_span found[MOST_SPANS], old[MOST_SPANS];
    size_t match[MOST_SPANS];

    for (int round = 0; round < ROUNDS && !check_failures(); round++) {
        size_t found_count = draw_spans(&random, found), old_count = draw_spans(&random, old),
               next = 0;
        alarm_match(match, found, found_count, old, old_count);
        for (size_t i = 0; i < found_count; i++) {
            if (match[i] == SIZE_MAX) {
                for (size_t j = next; j < old_count; j++)
                    check(old[j].ended_at <= found[i].started_at
                          || old[j].started_at >= found[i].ended_at);
                continue;
            }
            check(match[i] >= next && match[i] < old_count);
            check(old[match[i]].started_at < found[i].ended_at
                  && found[i].started_at < old[match[i]].ended_at);
            next = match[i] + 1;
        }
    }
}

enum { MOST_SAMPLES = 24 };

/* The first instant from `i` on at which the channel has reported nothing but error codes for
 * `seconds`; UTC_NEVER: it has not. */
static utc_seconds
find_broken(const struct sample *samples, size_t count, size_t i, int64_t seconds)
{
    for (size_t j = i; j < count && samples[j].kind == SAMPLE_ERROR; j++)
        if (samples[j].at - samples[i].at >= seconds)
            return samples[j].at;
    return UTC_NEVER;
}

TEST(alarm_of_a_sensor_error_opens_after_error_codes_alone)
{
    struct random random = random_seeded();
    struct sample samples[MOST_SAMPLES];

    for (int round = 0; round < ROUNDS && !check_failures(); round++) {
        struct alarm_rule rule = { .condition = ALARM_SENSOR_ERROR,
                                   .channel_type = (uint16_t)random_below(&random, 2),
                                   .for_seconds = (int64_t)random_below(&random, 200) };
        struct alarm_state state = { 0 };
        size_t begin = 0; /* of the error codes that the last sample belongs to */

        for (size_t i = 0; i < MOST_SAMPLES; i++) {
            bool is_error = random_below(&random, 3) > 0, was_open = state.phase == ALARM_OPEN;
            samples[i] = (struct sample){
                .at = (i ? samples[i - 1].at : 0) + 1 + (utc_seconds)random_below(&random, 100),
                .raw = is_error ? 8355840 + (int64_t)random_below(&random, 32768) : -5,
                .type = 1,
                .channel = 1,
                .kind = is_error ? SAMPLE_ERROR : SAMPLE_VALUE,
            };
            struct alarm_reading reading;
            check(alarm_read(&reading, &rule, &samples[i]));
            enum alarm_event event = alarm_step(&rule, &state, &reading);
            begin = is_error ? begin : i + 1;
            bool is_open = is_error
                           && find_broken(samples, i + 1, begin, rule.for_seconds) != UTC_NEVER;
            check_int(state.phase == ALARM_OPEN, is_open);
            check_int(event == ALARM_OPENED, is_open && !was_open);
            check_int(event == ALARM_CLOSED, was_open && !is_open);
            if (is_open)
                check_int(state.started_at, samples[begin].at);
        }
    }
}

/* The end of the coverage that has one gap. */
static utc_seconds
covered_until(const struct interval *gap, utc_seconds at)
{
    if (at < gap->starts_at)
        return gap->starts_at;
    return at < gap->expires_at ? 0 : UTC_NEVER;
}

static void
hold(const struct alarm_rule *rule, struct alarm_state *state, const struct interval *gap,
     utc_seconds at)
{
    (void)alarm_hold(rule, state, covered_until(gap, state->last_at), at);
}

TEST(alarm_of_a_binary_channel_is_the_same_however_often_the_clock_is_read)
{
    struct random random = random_seeded();

    for (int round = 0; round < ROUNDS && !check_failures(); round++) {
        const struct alarm_rule rule = { .condition = ALARM_ABOVE,
                                         .channel_type = 5,
                                         .threshold = 0.5,
                                         .for_seconds = (int64_t)random_below(&random, 300) };
        struct alarm_state rarely = { 0 }, often = { 0 };
        struct interval gap = { (utc_seconds)random_below(&random, 1000), 0 };
        utc_seconds at = 1;

        gap.expires_at = gap.starts_at + (utc_seconds)random_below(&random, 200);
        for (size_t i = 0; i < MOST_SAMPLES; i++) {
            struct alarm_reading reading = { .value = (double)random_below(&random, 2),
                                             .holds = true };
            utc_seconds end = at + 1 + (utc_seconds)random_below(&random, 200);
            while (at < end) {
                hold(&rule, &often, &gap, at);
                at += 1 + (utc_seconds)random_below(&random, 50);
            }
            reading.at = at;
            hold(&rule, &often, &gap, at);
            hold(&rule, &rarely, &gap, at);
            check_int(rarely.phase, often.phase);
            (void)alarm_step(&rule, &rarely, &reading);
            (void)alarm_step(&rule, &often, &reading);
            check_int(rarely.phase, often.phase);
            if (often.phase != ALARM_IDLE)
                check_int(rarely.started_at, often.started_at);
        }
    }
}
