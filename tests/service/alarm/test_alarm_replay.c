/* Alerts depend only on the samples whose time has come, not on what happens in between. */
#include "service/alarm/alarm_replay.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "domain/gate.h"
#include "service/alarm/alarm_rules.h"
#include "support/alarm_nodes.h"
#include "support/check.h"
#include "support/ledger_rows.h"
#include "support/random.h"

enum {
    MOST_RULES = 4,
    SAMPLES = 30,
    ROUNDS = 24,
    WINDOW_STEPS = 300,
};

/* A sensor, its rules and its samples, which arrive in any order. */
struct world {
    int64_t step; /* a minute or an hour: samples, licenses and durations are multiples of it */
    struct alarm_rule rules[MOST_RULES];
    utc_seconds floors[MOST_RULES]; /* when the rule was changed; 0: never */
    int64_t frozen;                 /* digest of the alerts from before that */
    size_t rule_count;
    struct interval intervals[2];
    size_t interval_count;
    struct sample samples[SAMPLES];
    utc_seconds arrives_at[SAMPLES];
    bool saved[SAMPLES];
};

static int64_t
digest_of(utc_seconds started_at, utc_seconds ended_at, int64_t tenths, int64_t rule)
{
    return started_at % 100003 * 31 + ended_at % 100019 * 17 + tenths * 13 + rule * 1009 + 1;
}

static int64_t
digest_stored(struct fixture *fixture)
{
    return fixture_count(
        fixture,
        "SELECT coalesce(sum((started_at % 100003) * 31 + (coalesce(ended_at, 7) % 100019) * 17 "
        "+ CAST(peak * 10 AS INTEGER) * 13 + rule_id * 1009 + 1), 0) FROM alert "
        "WHERE withdrawn_at IS NULL");
}

static bool
is_covered(const struct world *world, utc_seconds at)
{
    return coverage_contains(world->intervals, world->interval_count, at);
}

/* The sample that counts at this instant; NULL: there is none. */
static const struct sample *
find_sample(const struct world *world, int32_t type, utc_seconds at)
{
    for (size_t i = 0; i < SAMPLES; i++)
        if (world->saved[i] && world->samples[i].type == type && world->samples[i].at == at)
            return &world->samples[i];
    return NULL;
}

/* An alert as a person sees it who looks at the sensor at each step. */
struct watch {
    const struct world *world;
    const struct alarm_rule *rule;
    int64_t id, digest;
    utc_seconds began_at; /* 0: it is back */
    utc_seconds last_at;  /* of the last value beyond */
    double peak;
    bool is_open;
};

static void
watch_close(struct watch *watch, utc_seconds ended_at)
{
    if (watch->is_open)
        watch->digest += digest_of(watch->began_at, ended_at,
                                   (int64_t)(watch->peak * 10 + (watch->peak < 0 ? -0.5 : 0.5)),
                                   watch->id);
    watch->is_open = false;
    watch->began_at = 0;
}

static void
watch_sample(struct watch *watch, const struct sample *sample)
{
    const struct alarm_rule *rule = watch->rule;
    bool is_above = rule->condition == ALARM_ABOVE, is_door = sample->type == DOOR;
    double value = sample->kind == SAMPLE_STATE ? (double)sample->raw : (double)sample->raw / 10;
    double side = is_above ? value - rule->threshold : rule->threshold - value;

    if (watch->is_open && side <= -rule->hysteresis)
        watch_close(watch, sample->at);
    if (!watch->is_open && (side <= 0 || (!is_door && sample->at - watch->last_at > DAY)))
        watch->began_at = 0;
    if (!watch->is_open && side <= 0)
        return;
    if (watch->began_at == 0) {
        watch->began_at = sample->at;
        watch->peak = value;
    }
    if (is_above ? value > watch->peak : value < watch->peak)
        watch->peak = value;
    watch->last_at = sample->at;
    watch->is_open = watch->is_open || sample->at - watch->began_at >= rule->for_seconds;
}

/* Lets the door's value hold from the step before until `at`. */
static void
watch_hold(struct watch *watch, utc_seconds step_before, utc_seconds at)
{
    if (watch->rule->channel_type != DOOR || watch->began_at == 0 || watch->is_open)
        return;
    if (!is_covered(watch->world, step_before))
        watch->began_at = 0; /* nobody knows the door any more */
    else
        watch->is_open = at - watch->began_at >= watch->rule->for_seconds;
}

/* The door as it is when the rule was changed. */
static void
watch_begin(struct watch *watch, utc_seconds floor)
{
    const struct world *world = watch->world;
    const struct sample *last = NULL;

    for (utc_seconds at = FIXTURE_NOW; at < floor && watch->rule->channel_type == DOOR;
         at += world->step) {
        const struct sample *sample = find_sample(world, DOOR, at);
        last = is_covered(world, at) ? (sample ? sample : last) : NULL;
    }
    if (!last)
        return;
    struct sample initial = *last;
    initial.at = floor;
    watch_sample(watch, &initial);
}

/* The alerts of one rule at `now`, step by step. An alert that is open ends at `end`. */
static int64_t
expect_of_rule(const struct world *world, size_t n, utc_seconds now, utc_seconds end)
{
    struct watch watch = { .world = world, .rule = &world->rules[n], .id = (int64_t)n + 1 };
    utc_seconds floor = world->floors[n], at = FIXTURE_NOW;

    watch_begin(&watch, floor);
    for (; at <= now; at += world->step) {
        const struct sample *sample = find_sample(world, watch.rule->channel_type, at);
        if (at < floor)
            continue;
        watch_hold(&watch, at - world->step, at);
        if (sample)
            watch_sample(&watch, sample);
    }
    watch_hold(&watch, at - world->step, now);
    watch_close(&watch, end);
    return watch.digest;
}

static int64_t
expect_all(const struct world *world, utc_seconds now)
{
    int64_t digest = world->frozen;

    for (size_t i = 0; i < world->rule_count; i++)
        digest += expect_of_rule(world, i, now, 7);
    return digest;
}

static void
draw_duration(struct random *random, const struct world *world, struct alarm_rule *rule)
{
    static const int64_t durations[] = { 0, 0, 2, 10, 24 };

    rule->for_seconds = durations[random_below(random, 5)] * world->step;
}

static void
draw_rules(struct random *random, struct world *world)
{
    world->rule_count = 2 + random_below(random, MOST_RULES - 1);
    for (size_t i = 0; i < world->rule_count; i++) {
        bool is_door = i == 0 || random_below(random, 3) > 0;
        world->rules[i] = (struct alarm_rule){
            .condition = random_below(random, 3) ? ALARM_ABOVE : ALARM_BELOW,
            .channel_type = is_door ? DOOR : TEMPERATURE,
            .threshold = is_door ? 0.5 : 8,
            .hysteresis = is_door || random_below(random, 2) ? 0 : 1,
        };
        draw_duration(random, world, &world->rules[i]);
    }
}

static utc_seconds
draw_instant(struct random *random, const struct world *world)
{
    return FIXTURE_NOW + (1 + (int64_t)random_below(random, WINDOW_STEPS)) * world->step;
}

static void
draw_samples(struct random *random, struct world *world)
{
    for (size_t i = 0; i < SAMPLES; i++) {
        struct sample *sample = &world->samples[i];
        bool is_door = random_below(random, 2);
        size_t lateness = random_below(random, 5);

        do
            *sample = (struct sample){
                .at = draw_instant(random, world),
                .raw = is_door ? (int64_t)random_below(random, 2)
                               : 70 + (int64_t)random_below(random, 30),
                .type = is_door ? DOOR : TEMPERATURE,
                .channel = is_door ? DOOR : TEMPERATURE,
                .kind = is_door ? SAMPLE_STATE : SAMPLE_VALUE,
            };
        while (find_sample(world, sample->type, sample->at)); /* one value an instant */
        world->saved[i] = true;
        world->arrives_at[i] = sample->at + (int64_t)random_below(random, 20);
        if (lateness == 0)
            world->arrives_at[i] += (int64_t)random_below(random, 80) * world->step;
        if (lateness == 1) /* the sensor's clock is ahead */
            world->arrives_at[i] = sample->at - (int64_t)random_below(random, 300);
    }
    memset(world->saved, 0, sizeof world->saved);
}

static struct world
draw_world(struct random *random)
{
    struct world world = {
        .step = random_below(random, 3) ? MINUTE : HOUR,
        .intervals = { alarm_always },
        .interval_count = 1,
    };
    utc_seconds gap = draw_instant(random, &world);

    draw_rules(random, &world);
    draw_samples(random, &world);
    if (random_below(random, 2)) {
        world.intervals[0].expires_at = gap;
        world.intervals[1].starts_at = gap + (1 + (int64_t)random_below(random, 60)) * world.step;
        world.intervals[1].expires_at = alarm_always.expires_at;
        world.interval_count = 2;
    }
    return world;
}

static void
forget_all(struct fixture *fixture)
{
    fixture_script(fixture,
                   "DELETE FROM alert; DELETE FROM journal; DELETE FROM block; DELETE FROM "
                   "sensor_status; DELETE FROM alarm_rule; DELETE FROM alarm_due; DELETE FROM "
                   "alarm_cache_owner; DELETE FROM refusal; DELETE FROM license; DELETE FROM "
                   "clock_mark;");
    alarm_nodes_close();
    alarm_nodes_open(fixture);
}

/* A repeat of such a sample is no refusal after the coverage has ended. */
static bool
arrived_ahead(const struct world *world, size_t i, utc_seconds now)
{
    return gate_earlier_end(world->intervals, world->interval_count, world->samples[i].at, now) > 0;
}

/* Sends the samples that arrive now, and repeats some earlier ones. */
static void
send_due(struct fixture *fixture, struct random *random, struct world *world, utc_seconds before)
{
    utc_seconds now = fixture->call.now;
    struct sample message[SAMPLES];
    size_t count = 0, admitted = 0;

    for (size_t i = 0; i < SAMPLES; i++) {
        utc_seconds arrives_at = world->arrives_at[i];
        bool again = arrives_at <= before && random_below(random, 20) == 0;
        if (!again && (arrives_at <= before || arrives_at > now))
            continue;
        bool is_admitted =
            gate_judge(world->intervals, world->interval_count, world->samples[i].at, now)
            == GATE_ADMIT;
        is_admitted = is_admitted || (world->saved[i] && arrived_ahead(world, i, now));
        world->saved[i] = world->saved[i] || is_admitted;
        admitted += is_admitted;
        message[count++] = world->samples[i];
    }
    if (count > 0)
        check_int(alarm_commit(fixture, random_below(random, ALARM_NODES), message, count),
                  admitted);
}

/* Its open alerts end; a state that holds counts from now on. */
static void
change_rule(struct fixture *fixture, struct random *random, struct world *world)
{
    size_t n = random_below(random, world->rule_count);
    struct alarm_rule *rule = &world->rules[n];
    int64_t before = rule->for_seconds;
    utc_seconds now = fixture->call.now;
    struct alarm_rule_row row;

    if (now % world->step == 0 || now > FIXTURE_NOW + WINDOW_STEPS * world->step
        || world->floors[n] > 0)
        return;
    alarm_run_due_job(fixture);
    world->frozen += expect_of_rule(world, n, now, now);
    world->floors[n] = now;
    while (rule->for_seconds == before)
        draw_duration(random, world, rule);
    const struct alarm_rule_request request = { .for_seconds = rule->for_seconds, .has_for = true };
    check_int(
        alarm_rule_change(&fixture->call, LEDGER_ORGANIZATION, (int64_t)n + 1, &request, &row),
        STATUS_OK);
    arena_clear(&fixture->arena);
}

static void
check_nothing_is_ahead(struct fixture *fixture)
{
    char sql[200];

    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM alert WHERE started_at > %" PRId64 " OR ended_at > %" PRId64,
             fixture->call.now, fixture->call.now);
    check_int(fixture_count(fixture, sql), 0);
}

static void
play_world(struct fixture *fixture, struct random *random, struct world *world)
{
    utc_seconds end = FIXTURE_NOW + (WINDOW_STEPS + 120) * world->step;

    forget_all(fixture);
    for (size_t i = 0; i < world->interval_count; i++)
        alarm_add_license(fixture, world->intervals[i]);
    for (size_t i = 0; i < world->rule_count; i++)
        alarm_add_rule(fixture, (int64_t)i + 1, &world->rules[i]);
    fixture->call.now = FIXTURE_NOW;
    while (fixture->call.now < end && !check_failures()) {
        utc_seconds before = fixture->call.now;
        fixture->call.now += 1 + (int64_t)random_below(random, 20 * (size_t)world->step);
        send_due(fixture, random, world, before);
        check_nothing_is_ahead(fixture);
        if (random_below(random, 10) == 0)
            alarm_compact(fixture);
        if (random_below(random, 10) == 0)
            alarm_node_restart(random_below(random, ALARM_NODES));
        if (random_below(random, 20) == 0)
            change_rule(fixture, random, world);
        if (random_below(random, 3) > 0)
            continue;
        alarm_run_due_job(fixture);
        check_int(digest_stored(fixture), expect_all(world, fixture->call.now));
        check_nothing_is_ahead(fixture);
    }
    alarm_run_due_job(fixture);
    check_int(digest_stored(fixture), expect_all(world, fixture->call.now));
    check_int(alarm_next_due(fixture), -1);
}

static void
are_those_of_the_saved_samples(struct fixture *fixture)
{
    struct random random = random_seeded();
    int64_t all = 0;

    alarm_nodes_begin(fixture);
    for (int round = 0; round < ROUNDS && !check_failures(); round++) {
        struct world world = draw_world(&random);
        play_world(fixture, &random, &world);
        all += digest_stored(fixture);
    }
    check(all > 0);
    alarm_nodes_close();
}

TEST(alarm_due_alerts_are_those_of_the_samples_whose_time_has_come)
{
    with_each_store(are_those_of_the_saved_samples);
}
