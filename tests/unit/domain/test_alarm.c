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
        check_int(alarm_step(&course->rule, &state, course->steps[i].at, course->steps[i].value),
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
        { "a value", warm, value, true, -3.5 },
        { "a state", door, state, true, 1 },
        { "a value of another type", door, value, false, 0 },
        { "an error code is no value", warm, error, false, 0 },
        { "the error code of any channel", any, error, true, 8388557 },
        { "the error code of its channel", one, error, true, 8388557 },
        { "a value is no error", one, value, true, 0 },
        { "a state is no error", any, state, true, 0 },
        { "of another type", one, state, false, 0 },
        { "a battery has no samples", { .condition = ALARM_LOW_BATTERY }, error, false, 0 },
        { "a connection has no samples", { .condition = ALARM_LOST_CONNECTION }, value, false, 0 },
    };

    for (size_t i = 0; i < sizeof readings / sizeof readings[0]; i++) {
        double got = 0;
        check_row(readings[i].row);
        check_int(alarm_reads(&readings[i].rule, &readings[i].sample), readings[i].want);
        check_int(alarm_value(&got, &readings[i].rule, &readings[i].sample), readings[i].want);
        check_real(got, readings[i].value);
    }
}
