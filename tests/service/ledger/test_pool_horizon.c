#include "service/ledger/pool_horizon.h"

#include <stdio.h>

#include "service/core/ledger_cache.h"
#include "service/core/transaction.h"
#include "service/ledger/ledger.h"
#include "service/ledger/renewal_queue.h"
#include "service/sensor/sensors.h"
#include "support/check.h"
#include "support/random.h"
#include "support/verbs.h"

enum { ROUNDS = 60, MOST_ROUNDS = 600, MOST_SENSORS = 24 };

struct horizon_test {
    struct fixture *fixture;
    struct random random;
    int64_t organization;
    int served, left_out, bounds; /* seen so far */
};

/* What the plan says about each sensor's first renewal. */
struct plan_verdicts {
    struct renewal_sensor sensors[MOST_SENSORS];
    bool served[MOST_SENSORS];
    size_t count;
};

/* The plan itself, sensor by sensor, without places and without the cache. */
static void
read_plan(struct call *call, const struct organization_lock *lock, utc_seconds until,
          struct plan_verdicts *out)
{
    struct renewal_queue_part part = { .from = 1, .until = until };
    struct renewal_queue queue;
    struct renewal renewal;
    bool seen[MOST_SENSORS] = { false };

    *out = (struct plan_verdicts){ .count = 0 };
    check_int(renewal_queue_keys(call, lock, INT64_MAX, &queue), STATUS_OK);
    check_int(renewal_queue_count(call, lock->organization_id, &part), STATUS_OK);
    check_int(renewal_queue_read(call, lock->organization_id, &part, &queue), STATUS_OK);
    while (renewal_next(&queue.plan, until, &renewal)) {
        if (seen[renewal.sensor.index])
            continue; /* a horizon is about the first renewal */
        seen[renewal.sensor.index] = true;
        out->sensors[out->count] = renewal.sensor;
        out->served[out->count++] = renewal.key != SIZE_MAX;
    }
}

/* Asks about the sensors of the plan from this one on. */
static void
check_range(struct call *call, const struct organization_lock *lock, size_t from,
            const struct plan_verdicts *plan, struct horizon_test *test)
{
    struct horizon_range range = { 0 };
    struct pool_horizon horizon;

    for (size_t i = from; i < plan->count; i++)
        horizon_range_add(&range, plan->sensors[i].ends_at, plan->sensors[i].serial);
    if (range.until == 0)
        return;
    check_int(pool_horizon_find(call, lock, &range, &horizon), STATUS_OK);
    check_int(horizon.version, lock->version);
    check(horizon_answers(&horizon, &range));
    test->bounds += horizon.at_most;
    for (size_t i = from; i < plan->count; i++) {
        const struct renewal_sensor *sensor = &plan->sensors[i];
        check_int(horizon_serves(&horizon, sensor->ends_at, sensor->serial), plan->served[i]);
        test->served += plan->served[i];
        test->left_out += !plan->served[i];
    }
}

static void
check_against_plan(struct call *call, const struct organization_lock *lock, utc_seconds until,
                   struct horizon_test *test)
{
    struct plan_verdicts plan;
    struct pool_horizon horizon;
    const struct horizon_range all = { .until = until };

    read_plan(call, lock, until, &plan);
    for (int i = 0; i < 4; i++)
        check_range(call, lock, random_below(&test->random, plan.count + 1), &plan, test);
    check_int(pool_horizon_find(call, lock, &all, &horizon), STATUS_OK);
    check_int(horizon.version, lock->version);
    check(horizon_answers(&horizon, &all));
    check(!horizon.at_most);
    check_range(call, lock, 0, &plan, test);
}

static utc_seconds
random_until(struct horizon_test *test, utc_seconds now)
{
    static const int64_t days[] = { 1, 12, 40, 400, 1500 };

    return now
           + (int64_t)random_below(&test->random, (uint64_t)days[random_below(&test->random, 5)]
                                                      * (uint64_t)UTC_DAY);
}

static enum status
reading_body(struct call *call, void *with)
{
    struct horizon_test *test = with;
    struct organization_lock look;

    check_int(organization_load(call, test->organization, &look), STATUS_OK);
    check(look.committed);
    for (int i = 0; i < 4; i++)
        check_against_plan(call, &look, random_until(test, call->now), test);
    return STATUS_OK;
}

/* Version and ledger of a transaction that is undone: a trace in the cache would show later. */
static enum status
writing_body(struct call *call, void *with)
{
    struct horizon_test *test = with;
    struct sensor_request request = { .serial = "FFFFFFFFFFFF" };
    struct organization_lock lock;
    struct manager_row row;

    check_int(ledger_begin(call, test->organization, &lock), STATUS_OK);
    if (sensor_add(call, test->organization, &request, &row, NULL))
        return STATUS_CONFLICT;
    check_int(organization_load(call, test->organization, &lock), STATUS_OK);
    check(!lock.committed);
    check_against_plan(call, &lock, random_until(test, call->now), test);
    return STATUS_OK;
}

static void
fill_randomly(struct horizon_test *test)
{
    static const char *const terms[] = { "P1D", "P10D", "P1M", "P1Y", "P2Y" };
    struct fixture *fixture = test->fixture;
    int sensors = 1 + (int)random_below(&test->random, MOST_SENSORS - 2);
    int64_t spare = (int64_t)random_below(&test->random, random_below(&test->random, 2) ? 8 : 40);
    uint64_t term = 1 + random_below(&test->random, 3);
    uint64_t apart = (uint64_t)UTC_DAY / (term == 1 ? 4 : 1); /* no license ends before the last */

    make_key(fixture, test->organization, sensors, terms[term]);
    for (int i = 0; i < sensors; i++) {
        char serial[SERIAL_TEXT_SIZE];
        snprintf(serial, sizeof serial, "%012X", (unsigned)random_below(&test->random, 1U << 30));
        add_sensor(fixture, test->organization, serial, "");
        if (random_below(&test->random, 3) > 0)
            fixture->call.now += (int64_t)random_below(&test->random, apart);
    }
    for (int i = 0; i < 3 && spare > 0; i++)
        make_key(fixture, test->organization,
                 1 + (int64_t)random_below(&test->random, (uint64_t)spare),
                 terms[random_below(&test->random, 1 + random_below(&test->random, 5))]);
}

/* At least ROUNDS, and until both answers came often. */
static bool
is_enough(const struct horizon_test *test, int round)
{
    return round >= ROUNDS && test->served > 100 && test->left_out > 100 && test->bounds > 10;
}

static void
agrees_with_the_plan(struct fixture *fixture)
{
    struct horizon_test test = { .fixture = fixture, .random = random_seeded() };

    fixture->call.ledger_cache = ledger_cache_open();
    for (int round = 0; round < MOST_ROUNDS && !is_enough(&test, round) && check_failures() == 0;
         round++) {
        struct arena arena, *before = fixture->call.db.arena;
        arena_init(&arena, FIXTURE_ARENA_BYTES);
        fixture->call.db.arena = &arena;
        test.organization = make_organization(fixture, "Cold chain");
        fill_randomly(&test);
        check_int(read_transact(&fixture->call, reading_body, &test), STATUS_OK);
        fixture->call.dry_run = true;
        (void)transact(&fixture->call, writing_body, &test); /* the pool may be empty */
        fixture->call.dry_run = false;
        fixture->call.db.fault = (struct fault){ 0 };
        check_int(read_transact(&fixture->call, reading_body, &test), STATUS_OK);
        fixture->call.db.arena = before;
        arena_clear(&arena);
    }
    check(is_enough(&test, ROUNDS));
    ledger_cache_close(fixture->call.ledger_cache);
    fixture->call.ledger_cache = NULL;
}

TEST(pool_horizon_agrees_with_the_plan)
{
    with_each_store(agrees_with_the_plan);
}

enum { NEAR = 70 }; /* more than one statement takes */

/* Ten days from the midnight after a noon. */
#define NEAR_END (NOON + INT64_C(12 * 3600 + 10 * 86400))

static enum status
near_body(struct call *call, void *with)
{
    const int64_t *ids = with;
    struct pool_horizon near[NEAR + 1];
    uint64_t first = 0x10;

    check_int(pool_horizon_find_near(call, ids, NEAR + 1, NEAR_END + HOUR, near), STATUS_OK);
    for (int i = 0; i < NEAR; i++) {
        check(near[i].version > 0);
        check_int(near[i].licenses_left, i % 3);
        check_int(near[i].all, i % 3 == 2);
        check_int(horizon_serves(&near[i], NEAR_END, first), i % 3 > 0);
        check_int(horizon_serves(&near[i], NEAR_END, first + 1), i % 3 == 2);
        first += 2;
    }
    check_int(near[NEAR].version, 0);
    check_int(pool_horizon_find_near(call, ids, NEAR, NEAR_END + 12 * HOUR, near), STATUS_OK);
    for (int i = 0; i < NEAR; i++)
        check_int(near[i].version, 0); /* a sensor may come back by then */
    return STATUS_OK;
}

/* Two sensors each whose coverage ends at a midnight, with 0, 1 and 2 licenses left. */
static void
asks_many_organizations(struct fixture *fixture)
{
    int64_t ids[NEAR + 1] = { 0 };
    char serial[SERIAL_TEXT_SIZE];
    unsigned number = 0x10;

    for (int i = 0; i < NEAR; i++) {
        ids[i] = make_organization(fixture, "Cold chain");
        make_key(fixture, ids[i], 2 + i % 3, "P10D");
        for (int k = 0; k < 2; k++) {
            snprintf(serial, sizeof serial, "%012X", number++);
            add_sensor(fixture, ids[i], serial, "");
        }
    }
    check_int(read_transact(&fixture->call, near_body, ids), STATUS_OK);
}

TEST(pool_horizon_near_asks_many_organizations)
{
    with_each_store(asks_many_organizations);
}
