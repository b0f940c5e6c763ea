#include "domain/alarm.h"

#include <string.h>

#include "support/check.h"

#define MINUTE INT64_C(60)

enum { MOST_STEPS = 6 };

struct step {
    utc_seconds at;
    double value;
    enum alarm_event want;
};

struct course {
    const char *row;
    struct alarm_rule rule;
    struct step steps[MOST_STEPS];
    size_t count;
    utc_seconds started_at;
    double peak;
};

static const struct alarm_rule above = { .condition = ALARM_ABOVE,
                                         .threshold = 8.0,
                                         .hysteresis = 0.5 };
static const struct alarm_rule below = { .condition = ALARM_BELOW,
                                         .threshold = 2.0,
                                         .hysteresis = 0.5 };
static const struct alarm_rule broken = { .condition = ALARM_SENSOR_ERROR };
static const struct alarm_rule lasting = {
    .condition = ALARM_ABOVE,
    .threshold = 8.0,
    .for_seconds = 10 * MINUTE,
};

static void
check_course(const struct course *course)
{
    struct alarm_state state = { .phase = ALARM_IDLE };

    check_row(course->row);
    for (size_t i = 0; i < course->count; i++)
        check_int(alarm_step(&course->rule, &state,
                             &(struct alarm_reading){ .at = course->steps[i].at,
                                                      .value = course->steps[i].value }),
                  course->steps[i].want);
    check_int(state.started_at, course->started_at);
    check_real(state.peak, course->peak);
}

TEST(alarm_opens_beyond_the_threshold_and_closes_past_the_hysteresis)
{
    const struct course courses[] = {
        { "at the threshold nothing begins", above, { { 100, 8.0, ALARM_NOTHING } }, 1, 0, 0 },
        { "above: opens, peaks, waits in the hysteresis, closes at its end",
          above,
          { { 100, 8.1, ALARM_OPENED },
            { 160, 9.0, ALARM_PEAKED },
            { 220, 8.5, ALARM_NOTHING },
            { 280, 7.6, ALARM_NOTHING },
            { 340, 7.5, ALARM_CLOSED } },
          5,
          100,
          9.0 },
        { "below: the same, mirrored",
          below,
          { { 100, 1.9, ALARM_OPENED },
            { 160, -3.0, ALARM_PEAKED },
            { 220, 2.4, ALARM_NOTHING },
            { 280, 2.5, ALARM_CLOSED } },
          4,
          100,
          -3.0 },
        { "in the hysteresis nothing begins", above, { { 100, 7.8, ALARM_NOTHING } }, 1, 0, 0 },
        { "once closed it begins anew",
          above,
          { { 100, 9.0, ALARM_OPENED }, { 160, 7.0, ALARM_CLOSED }, { 220, 8.2, ALARM_OPENED } },
          3,
          220,
          8.2 },
        { "an error code begins an alert, and a value ends it",
          broken,
          { { 100, 0, ALARM_NOTHING },
            { 160, 8388557, ALARM_OPENED },
            { 220, 8388500, ALARM_NOTHING },
            { 280, 8388558, ALARM_PEAKED },
            { 340, 0, ALARM_CLOSED } },
          5,
          160,
          8388558 },
    };

    for (size_t i = 0; i < sizeof courses / sizeof courses[0]; i++)
        check_course(&courses[i]);
}

TEST(alarm_that_must_last_begins_with_its_first_value)
{
    const struct course courses[] = {
        { "a second too short",
          lasting,
          { { 0, 9.0, ALARM_NOTHING }, { 10 * MINUTE - 1, 9.0, ALARM_NOTHING } },
          2,
          0,
          9.0 },
        { "long enough",
          lasting,
          { { 60, 9.0, ALARM_NOTHING }, { 60 + 10 * MINUTE, 8.5, ALARM_OPENED } },
          2,
          60,
          9.0 },
        { "one value back ends the wait",
          lasting,
          { { 60, 9.0, ALARM_NOTHING },
            { 120, 8.0, ALARM_NOTHING },
            { 180, 8.5, ALARM_NOTHING },
            { 60 + 10 * MINUTE, 8.5, ALARM_NOTHING },
            { 180 + 10 * MINUTE, 8.5, ALARM_OPENED } },
          5,
          180,
          8.5 },
        { "a silence that is just short enough",
          lasting,
          { { 0, 9.0, ALARM_NOTHING }, { ALARM_MOST_SILENCE, 9.5, ALARM_OPENED } },
          2,
          0,
          9.5 },
        { "after a longer silence it starts anew",
          lasting,
          { { 0, 9.0, ALARM_NOTHING }, { ALARM_MOST_SILENCE + 1, 8.5, ALARM_NOTHING } },
          2,
          ALARM_MOST_SILENCE + 1,
          8.5 },
        { "error codes for 3 hours",
          { .condition = ALARM_SENSOR_ERROR, .for_seconds = 180 * MINUTE },
          { { 0, 8388557, ALARM_NOTHING },
            { 90 * MINUTE, 8388557, ALARM_NOTHING },
            { 180 * MINUTE, 8388557, ALARM_OPENED } },
          3,
          0,
          8388557 },
    };

    for (size_t i = 0; i < sizeof courses / sizeof courses[0]; i++)
        check_course(&courses[i]);
}

TEST(alarm_reaches_back_only_if_it_must_last)
{
    check_int(alarm_reach(&above), 0);
    check_int(alarm_reach(&lasting), 10 * MINUTE + ALARM_MOST_SILENCE);
}

TEST(alarm_is_back_where_no_alert_can_exist)
{
    check(alarm_is_back(&above, 7.5));
    check(!alarm_is_back(&above, 7.6));
    check(alarm_is_back(&below, 2.5));
    check(!alarm_is_back(&below, 2.4));
    check(alarm_is_back(&broken, 0));
    check(!alarm_is_back(&broken, 8355840));
}

TEST(alarm_conditions_have_words)
{
    static const char *const words[] = { "above",       "below",        "lost_connection",
                                         "low_battery", "sensor_error", "clock_wrong",
                                         "tamper" };
    enum alarm_condition condition;

    _Static_assert(sizeof words / sizeof words[0] == ALARM_CONDITION_COUNT,
                   "a condition has no row");
    for (size_t i = 0; i < ALARM_CONDITION_COUNT; i++) {
        check_row(words[i]);
        check_text(alarm_condition_words[i], words[i]);
        check(alarm_condition_parse(&condition, words[i], strlen(words[i])));
        check_int(condition, i);
        check_int(alarm_condition_is_of_values(condition), i < ALARM_LOST_CONNECTION);
        check_int(alarm_condition_is_of_samples(condition),
                  i < ALARM_LOST_CONNECTION || i == ALARM_SENSOR_ERROR);
    }
    check(!alarm_condition_parse(&condition, "abov", 4));
}

struct reading {
    const char *row;
    struct alarm_rule rule;
    struct sample sample;
    bool want; /* the rule reads it */
    double value;
    bool holds;
};

TEST(alarm_reads_the_samples_of_its_channel_type)
{
    const struct sample value = { .type = 1, .kind = SAMPLE_VALUE, .raw = -35 };
    const struct sample state = { .type = 5, .kind = SAMPLE_STATE, .raw = 1 };
    const struct sample error = { .type = 1, .kind = SAMPLE_ERROR, .raw = 8388557 };
    const struct alarm_rule warm = { .condition = ALARM_ABOVE, .channel_type = 1 };
    const struct alarm_rule door = { .condition = ALARM_BELOW, .channel_type = 5 };
    const struct alarm_rule any = { .condition = ALARM_SENSOR_ERROR };
    const struct alarm_rule one = { .condition = ALARM_SENSOR_ERROR, .channel_type = 1 };
    const struct reading readings[] = {
        { "a value", warm, value, true, -3.5, false },
        { "a state", door, state, true, 1, true },
        { "a value of another type", door, value, false, 0, false },
        { "an error code is no value", warm, error, false, 0, false },
        { "the error code of any channel", any, error, true, 8388557, false },
        { "the error code of its channel", one, error, true, 8388557, false },
        { "a value is no error", one, value, true, 0, false },
        { "a state is no error", any, state, true, 0, true },
        { "of another type", one, state, false, 0, false },
        { "a battery has no samples", { .condition = ALARM_LOW_BATTERY }, error, false, 0, false },
        { "a connection has no samples",
          { .condition = ALARM_LOST_CONNECTION },
          value,
          false,
          0,
          false },
    };

    for (size_t i = 0; i < sizeof readings / sizeof readings[0]; i++) {
        struct alarm_reading got = { 0 };
        check_row(readings[i].row);
        check_int(alarm_read(&got, &readings[i].rule, &readings[i].sample), readings[i].want);
        check_real(got.value, readings[i].value);
        check_int(got.holds, readings[i].holds);
    }
}

TEST(alarm_may_read_a_binary_channel)
{
    check(alarm_reads_binary(&(struct alarm_rule){ ALARM_ABOVE, .channel_type = 5 }));
    check(alarm_reads_binary(&(struct alarm_rule){ ALARM_BELOW, .channel_type = 42 }));
    check(alarm_reads_binary(&(struct alarm_rule){ .condition = ALARM_SENSOR_ERROR }));
    check(!alarm_reads_binary(&(struct alarm_rule){ ALARM_ABOVE, .channel_type = 1 }));
    check(!alarm_reads_binary(&(struct alarm_rule){ ALARM_SENSOR_ERROR, .channel_type = 1 }));
    check(!alarm_reads_binary(&(struct alarm_rule){ .condition = ALARM_LOW_BATTERY }));
}

/* The state of a door that is open since 60, and what becomes of it. */
struct hold {
    const char *row;
    enum alarm_phase phase;
    bool holds;
    utc_seconds covered_until, at;
    enum alarm_phase want;
};

TEST(alarm_of_a_binary_channel_opens_by_the_clock)
{
    const utc_seconds due = 60 + 10 * MINUTE, late = due + UTC_DAY;
    const struct hold rows[] = {
        { "a second too early", ALARM_PENDING, true, late, due - 1, ALARM_PENDING },
        { "in time", ALARM_PENDING, true, late, due, ALARM_OPEN },
        { "much later", ALARM_PENDING, true, late, late, ALARM_OPEN },
        { "the coverage ends in time", ALARM_PENDING, true, due, late, ALARM_OPEN },
        { "it ends a second too early", ALARM_PENDING, true, due - 1, late, ALARM_IDLE },
        { "it ends now", ALARM_PENDING, true, due - 1, due - 1, ALARM_PENDING },
        { "there is none", ALARM_PENDING, true, 0, due, ALARM_IDLE },
        { "a value that does not hold", ALARM_PENDING, false, late, late, ALARM_PENDING },
        { "an idle state", ALARM_IDLE, true, late, late, ALARM_IDLE },
        { "an open alert stays open", ALARM_OPEN, true, 0, late, ALARM_OPEN },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct alarm_state state = { rows[i].phase, 60, 60, 1, rows[i].holds };
        bool waits = rows[i].phase == ALARM_PENDING && rows[i].holds;
        check_row(rows[i].row);
        check_int(alarm_due_at(&lasting, &state), waits ? due : UTC_NEVER);
        check_int(alarm_hold(&lasting, &state, rows[i].covered_until, rows[i].at),
                  rows[i].want == ALARM_OPEN && waits ? ALARM_OPENED : ALARM_NOTHING);
        check_int(state.phase, rows[i].want);
        check_int(state.started_at, 60);
    }
}
