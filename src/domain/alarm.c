#include "domain/alarm.h"

#include "base/text.h"
#include "domain/channel.h"

const char *const alarm_condition_words[] = {
    [ALARM_ABOVE] = "above",
    [ALARM_BELOW] = "below",
    [ALARM_LOST_CONNECTION] = "lost_connection",
    [ALARM_LOW_BATTERY] = "low_battery",
    [ALARM_SENSOR_ERROR] = "sensor_error",
    [ALARM_CLOCK_WRONG] = "clock_wrong",
    [ALARM_TAMPER] = "tamper",
};
_Static_assert(sizeof alarm_condition_words / sizeof alarm_condition_words[0]
                   == ALARM_CONDITION_COUNT,
               "a condition has no word");

bool
alarm_condition_parse(enum alarm_condition *out, const char *text, size_t length)
{
    size_t place = text_find_word(alarm_condition_words, ALARM_CONDITION_COUNT, text, length);

    if (place == ALARM_CONDITION_COUNT)
        return false;
    *out = (enum alarm_condition)place;
    return true;
}

bool
alarm_condition_is_of_values(enum alarm_condition condition)
{
    return condition == ALARM_ABOVE || condition == ALARM_BELOW;
}

bool
alarm_condition_is_of_samples(enum alarm_condition condition)
{
    return alarm_condition_is_of_values(condition) || condition == ALARM_SENSOR_ERROR;
}

static bool
alarm_reads(const struct alarm_rule *rule, const struct sample *sample)
{
    if (rule->channel_type != sample->type && rule->channel_type != 0)
        return false;
    if (rule->condition == ALARM_SENSOR_ERROR)
        return true;
    return rule->channel_type != 0 && alarm_condition_is_of_values(rule->condition)
           && sample->kind != SAMPLE_ERROR;
}

static bool
is_binary(int32_t type)
{
    return channel_type(type)->kind == CHANNEL_BINARY;
}

bool
alarm_reads_binary(const struct alarm_rule *rule)
{
    return alarm_condition_is_of_samples(rule->condition)
           && (rule->channel_type == 0 || is_binary(rule->channel_type));
}

bool
alarm_read(struct alarm_reading *out, const struct alarm_rule *rule, const struct sample *sample)
{
    if (!alarm_reads(rule, sample))
        return false;
    out->at = sample->at;
    out->holds = sample->kind == SAMPLE_STATE
                 || (sample->kind == SAMPLE_ERROR && is_binary(sample->type));
    if (rule->condition == ALARM_SENSOR_ERROR)
        out->value = sample->kind == SAMPLE_ERROR ? (double)sample->raw : 0;
    else if (sample->kind == SAMPLE_STATE)
        out->value = sample->raw != 0;
    else
        out->value = channel_reading(sample->type, sample->raw).value;
    return true;
}

bool
alarm_is_beyond(const struct alarm_rule *rule, double value)
{
    if (rule->condition == ALARM_SENSOR_ERROR)
        return value > 0;
    return rule->condition == ALARM_BELOW ? value < rule->threshold : value > rule->threshold;
}

bool
alarm_is_back(const struct alarm_rule *rule, double value)
{
    if (rule->condition == ALARM_SENSOR_ERROR)
        return value <= 0;
    return rule->condition == ALARM_BELOW ? value >= rule->threshold + rule->hysteresis
                                          : value <= rule->threshold - rule->hysteresis;
}

static bool
is_further(const struct alarm_rule *rule, double value, double peak)
{
    return rule->condition == ALARM_BELOW ? value < peak : value > peak;
}

static enum alarm_event
step_open(const struct alarm_rule *rule, struct alarm_state *state, double value)
{
    if (alarm_is_back(rule, value)) {
        state->phase = ALARM_IDLE;
        return ALARM_CLOSED;
    }
    if (!is_further(rule, value, state->peak))
        return ALARM_NOTHING;
    state->peak = value;
    return ALARM_PEAKED;
}

enum alarm_event
alarm_step(const struct alarm_rule *rule, struct alarm_state *state,
           const struct alarm_reading *reading)
{
    utc_seconds at = reading->at;
    double value = reading->value;

    if (state->phase == ALARM_OPEN)
        return step_open(rule, state, value);
    if (!alarm_is_beyond(rule, value)) {
        state->phase = ALARM_IDLE;
        return ALARM_NOTHING;
    }
    if (state->phase == ALARM_IDLE || at - state->last_at > ALARM_MOST_SILENCE)
        *state = (struct alarm_state){ ALARM_PENDING, .started_at = at, .peak = value };
    if (is_further(rule, value, state->peak))
        state->peak = value;
    state->last_at = at;
    state->holds = reading->holds;
    if (at - state->started_at < rule->for_seconds)
        return ALARM_NOTHING;
    state->phase = ALARM_OPEN;
    return ALARM_OPENED;
}

enum alarm_event
alarm_hold(const struct alarm_rule *rule, struct alarm_state *state, utc_seconds covered_until,
           utc_seconds at)
{
    utc_seconds until = covered_until < at ? covered_until : at;

    if (alarm_due_at(rule, state) <= until) {
        state->phase = ALARM_OPEN;
        return ALARM_OPENED;
    }
    if (state->phase == ALARM_PENDING && state->holds && until < at)
        state->phase = ALARM_IDLE;
    return ALARM_NOTHING;
}

utc_seconds
alarm_due_at(const struct alarm_rule *rule, const struct alarm_state *state)
{
    return state->phase == ALARM_PENDING && state->holds
               ? utc_after(state->started_at, rule->for_seconds)
               : UTC_NEVER;
}

int64_t
alarm_reach(const struct alarm_rule *rule)
{
    return rule->for_seconds > 0 ? rule->for_seconds + ALARM_MOST_SILENCE : 0;
}

void
alarm_match(size_t *match, const struct alarm_span *found, size_t found_count,
            const struct alarm_span *old, size_t old_count)
{
    size_t next = 0; /* of `old`, not taken */

    for (size_t i = 0; i < found_count; i++) {
        while (next < old_count && old[next].ended_at <= found[i].started_at)
            next++;
        match[i] = SIZE_MAX;
        if (next < old_count && old[next].started_at < found[i].ended_at)
            match[i] = next++;
    }
}
