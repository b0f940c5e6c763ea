/* A random walk: whatever the clock, the zone and the notice time do, each license gets exactly the
 * notices that it owes. */
#include <stdio.h>

#include "service/organization/organizations.h"
#include "service/sensor/sensors.h"
#include "support/check.h"
#include "support/noticing.h"
#include "support/random.h"

enum { STEPS = 60, MOST_DAYS = 12 }; /* downtime lasts up to twice as long: less than a month */

static const char *const zones[] = {
    "UTC",          "Europe/Warsaw",    "Pacific/Kiritimati", "Pacific/Pago_Pago",
    "Asia/Kolkata", "America/New_York",
};
static const char *const hours[] = { "00:00", "02:30", "08:00", "23:59" };
static const char *const terms[] = { "P3M", "P100D", "P70D", "P2M" }; /* each owes both notices */

static void
add_one(struct fixture *fixture, int64_t organization, struct random *random, int number)
{
    struct sensor_change off = { .has_auto_renewal = true, .auto_renewal = false };
    struct sensor_changed sensor;
    char serial[16];

    snprintf(serial, sizeof serial, "282C0244%04X", number);
    make_key(fixture, organization, 1, terms[random_below(random, 4)]);
    add_sensor(fixture, organization, serial, "");
    check_int(sensor_change(&fixture->call, organization, serial, &off, &sensor), STATUS_OK);
}

static void
change_settings(struct fixture *fixture, int64_t organization, struct random *random)
{
    struct organization_change change = {
        .time_zone = random_below(random, 2) ? zones[random_below(random, 6)] : NULL,
        .notice_time = random_below(random, 2) ? hours[random_below(random, 4)] : NULL,
    };
    struct organization now;

    check_int(organization_change(&fixture->call, organization, &change, &now), STATUS_OK);
}

static struct random walk;

static void
walks(struct fixture *fixture)
{
    utc_seconds looked_at = fixture->call.now;
    int64_t organization =
        make_organization_in(fixture, "Cold chain", zones[random_below(&walk, 6)]);

    tick_member(fixture, organization, "ada@example.com");
    for (int step = 0; step < STEPS && !check_failures(); step++) {
        switch (random_below(&walk, 4)) {
        case 0:
            add_one(fixture, organization, &walk, step);
            break;
        case 1:
            change_settings(fixture, organization, &walk);
            break;
        default:
            fixture->call.now += (utc_seconds)random_below(&walk, MOST_DAYS * 86400);
        }
        if (random_below(&walk, 3) || fixture->call.now - looked_at > MOST_DAYS * UTC_DAY) {
            tick(fixture, fixture->call.now);
            looked_at = fixture->call.now;
        }
        arena_clear(&fixture->arena);
    }
    for (int day = 0; day < 130; day += 5) {
        fixture->call.now += 5 * UTC_DAY;
        tick(fixture, fixture->call.now);
        arena_clear(&fixture->arena);
    }
    int64_t licenses = fixture_count(fixture, "SELECT count(*) FROM license");
    check_int(
        fixture_count(fixture, "SELECT count(*) FROM notice_item WHERE kind = 'expires_today'"),
        licenses);
    check_int(fixture_count(fixture,
                            "SELECT count(*) FROM notice_item WHERE kind = 'expires_in_one_month'"),
              licenses);
}

TEST(notices_of_a_random_walk_are_sent_once_each)
{
    walk = random_seeded();
    for (int i = 0; i < 5; i++)
        with_each_store(walks);
}
