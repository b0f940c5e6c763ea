#include "service/alarm/sensor_facts.h"

static bool
facts_have_rule(const struct watched_sensor *sensor, enum alarm_condition condition)
{
    const struct watched_rule *rule;

    for (size_t i = 0; (rule = watched_rule_of(sensor, i)); i++)
        if (rule->rule.condition == condition)
            return true;
    return false;
}

static void
facts_take_clock(struct sensor_facts *facts, struct watched_sensor *sensor,
                 uint32_t refused_for_time)
{
    utc_seconds before = sensor->clock_wrong_since;

    facts->clock_is_wrong = refused_for_time > 0;
    if (!facts->clock_is_wrong)
        sensor->clock_wrong_since = 0;
    else if (before == 0 || before < sensor->from)
        sensor->clock_wrong_since = (uint32_t)facts->now;
    facts->is_changed = facts->is_changed || before != sensor->clock_wrong_since;
}

/* A DeviceInfo that repeats that the enclosure was open says nothing new. */
static void
facts_take_enclosure(struct sensor_facts *facts, struct watched_sensor *sensor)
{
    uint8_t before = sensor->enclosure, enclosure = facts->delivery->enclosure;

    sensor->enclosure = enclosure;
    facts->is_changed = facts->is_changed || before != enclosure;
    if (enclosure == ENCLOSURE_OPEN
        || (enclosure == ENCLOSURE_WAS_OPEN && before == ENCLOSURE_CLOSED))
        facts->tamper = TAMPER_ENCLOSURE;
    facts->is_tamper_over = enclosure == ENCLOSURE_CLOSED;
}

void
sensor_facts_take(struct sensor_facts *out, struct watched_sensor *sensor,
                  const struct delivery *delivery, uint32_t refused_for_time, utc_seconds now)
{
    *out = (struct sensor_facts){ .delivery = delivery, .now = now };
    if (facts_have_rule(sensor, ALARM_LOST_CONNECTION))
        out->is_changed =
            contact_add(&sensor->contact, delivery->kind, contact_announced_by(delivery), now);
    if (sensor->paused)
        return;
    if (delivery->sample_count > 0 && facts_have_rule(sensor, ALARM_CLOCK_WRONG))
        facts_take_clock(out, sensor, refused_for_time);
    if (!facts_have_rule(sensor, ALARM_TAMPER))
        return;
    if (delivery->kind == DELIVERY_DEVICE_INFO)
        facts_take_enclosure(out, sensor);
    if (delivery->kind != DELIVERY_MEASUREMENTS)
        return;
    out->tamper = delivery_tamper(delivery);
    out->is_tamper_over = !out->tamper && sensor->enclosure != ENCLOSURE_OPEN;
}

static enum fact_step
facts_judge_clock(const struct sensor_facts *facts, const struct watched_sensor *sensor,
                  const struct watched_rule *rule, utc_seconds *since)
{
    if (facts->delivery->sample_count == 0)
        return FACT_NOTHING;
    if (!facts->clock_is_wrong)
        return FACT_ENDS;
    *since = sensor->clock_wrong_since > rule->samples_from ? sensor->clock_wrong_since
                                                            : rule->samples_from;
    return facts->now - *since >= rule->rule.for_seconds ? FACT_BEGINS : FACT_NOTHING;
}

enum fact_step
sensor_facts_judge(const struct sensor_facts *facts, const struct watched_sensor *sensor,
                   const struct watched_rule *rule, utc_seconds *since)
{
    *since = facts->now;
    switch (rule->rule.condition) {
    case ALARM_LOST_CONNECTION:
        return FACT_ENDS;
    case ALARM_LOW_BATTERY:
        if (facts->delivery->kind != DELIVERY_MEASUREMENTS)
            return FACT_NOTHING;
        return facts->delivery->battery_ok ? FACT_ENDS : FACT_BEGINS;
    case ALARM_CLOCK_WRONG:
        return facts_judge_clock(facts, sensor, rule, since);
    case ALARM_TAMPER:
        if (facts->tamper)
            return FACT_BEGINS;
        return facts->is_tamper_over ? FACT_ENDS : FACT_NOTHING;
    default:
        return FACT_NOTHING;
    }
}

/* UTC_NEVER: no alert of the rule can begin by time alone. */
static utc_seconds
facts_due_at(const struct watched_sensor *sensor, const struct watched_rule *rule)
{
    const struct contact *contact = &sensor->contact;

    if (watched_course_find(sensor, rule->id, 0))
        return UTC_NEVER;
    if (rule->rule.condition == ALARM_LOST_CONNECTION)
        return utc_after(utc_after(contact->heard_at, contact_interval(contact)),
                         rule->rule.for_seconds);
    if (rule->rule.condition == ALARM_CLOCK_WRONG && sensor->clock_wrong_since > 0)
        return utc_after(sensor->clock_wrong_since, rule->rule.for_seconds);
    return UTC_NEVER;
}

struct alarm_expectation_put_in
sensor_facts_row(const struct watched_sensor *sensor, uint8_t gaps[CONTACT_GAPS_BYTES])
{
    const struct watched_rule *rule;
    utc_seconds look_at = UTC_NEVER;

    for (size_t i = 0; (rule = watched_rule_of(sensor, i)); i++) {
        utc_seconds due_at = facts_due_at(sensor, rule);
        if (due_at < look_at)
            look_at = due_at;
    }
    return (struct alarm_expectation_put_in){
        .organization_id = sensor->organization->id,
        .sensor_id = sensor->id,
        .heard_at = sensor->contact.heard_at,
        .announced = sensor->contact.announced,
        .gaps = { gaps, contact_gaps_write(gaps, &sensor->contact) },
        .clock_wrong_since = sensor->clock_wrong_since,
        .enclosure = sensor->enclosure,
        .look_at = { look_at != UTC_NEVER, look_at != UTC_NEVER ? look_at : 0 },
    };
}
