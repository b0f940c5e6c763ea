/* world.c - looking, the pool, and auto renewal. */
#include "world.h"

#include <string.h>

/* As domain/coverage.h says it, over the model's licenses. */
static const struct model_license *
covering(const struct model_sensor *sensor, utc_seconds at)
{
    for (size_t i = 0; i < sensor->license_count; i++)
        if (sensor->licenses[i].starts_at <= at && at < sensor->licenses[i].expires_at)
            return &sensor->licenses[i];
    return NULL;
}

size_t
world_waiting(const struct model_sensor *sensor, utc_seconds now)
{
    size_t count = 0;

    for (size_t i = 0; i < sensor->license_count; i++)
        count += sensor->licenses[i].starts_at > now;
    return count;
}

utc_seconds
world_covered_until(const struct model_sensor *sensor, utc_seconds now)
{
    utc_seconds until = 0;
    const struct model_license *license = covering(sensor, now);

    while (license) {
        until = license->expires_at;
        license = covering(sensor, until);
    }
    return until;
}

utc_seconds
world_ends_at(const struct model_sensor *sensor)
{
    utc_seconds ends_at = 0;

    for (size_t i = 0; i < sensor->license_count; i++)
        if (sensor->licenses[i].expires_at > ends_at)
            ends_at = sensor->licenses[i].expires_at;
    return ends_at;
}

int64_t
world_key_assigned(const struct world *world, int code)
{
    const struct model_organization *organization;
    int64_t count = 0;

    if (world->codes[code].redeemed_by < 0)
        return 0;
    organization = &world->organizations[world->codes[code].redeemed_by];
    for (size_t s = 0; s < organization->sensor_count; s++)
        for (size_t i = 0; i < organization->sensors[s].license_count; i++)
            count += organization->sensors[s].licenses[i].code == code;
    return count;
}

int64_t
world_key_left(const struct world *world, int code)
{
    if (world->codes[code].redeemed_by < 0)
        return 0;
    return world->codes[code].quantity - world_key_assigned(world, code)
           - world->codes[code].withdrawn;
}

int64_t
world_licenses_left(const struct world *world, int organization)
{
    int64_t left = 0;

    for (size_t i = 0; i < world->code_count; i++)
        if (world->codes[i].redeemed_by == organization)
            left += world_key_left(world, (int)i);
    return left;
}

struct model_sensor *
world_sensor(struct world *world, int organization, const char *serial)
{
    struct model_organization *own = &world->organizations[organization];

    for (size_t i = 0; i < own->sensor_count; i++)
        if (!own->sensors[i].removed && !strcmp(own->sensors[i].serial, serial))
            return &own->sensors[i];
    return NULL;
}

struct model_sensor *
world_owner(struct world *world, const char *serial, int *organization)
{
    for (int i = 0; i < (int)world->organization_count; i++) {
        struct model_sensor *sensor = world_sensor(world, i, serial);
        *organization = i;
        if (sensor)
            return sensor;
    }
    return NULL;
}

struct model_sensor *
world_removed_sensor(struct world *world, int organization, const char *serial)
{
    struct model_organization *own = &world->organizations[organization];
    struct model_sensor *last = NULL;

    for (size_t i = 0; i < own->sensor_count; i++) {
        struct model_sensor *sensor = &own->sensors[i];
        if (!sensor->removed || strcmp(sensor->serial, serial) != 0)
            continue;
        if (!last || sensor->removed_at > last->removed_at
            || (sensor->removed_at == last->removed_at && sensor->id < last->id))
            last = sensor;
    }
    return last;
}

bool
world_used(const struct model_sensor *sensor, const struct model_license *license)
{
    for (size_t i = 0; i < sensor->saved_count; i++)
        if (license->starts_at <= sensor->saved[i] && sensor->saved[i] < license->expires_at)
            return true;
    return false;
}

bool
world_has_room(const struct world *world)
{
    enum { OF_A_STEP = 60 }; /* licenses and samples that one sensor may get in a step */

    if (world->code_count == MOST_CODES)
        return false;
    for (size_t i = 0; i < world->organization_count; i++) {
        const struct model_organization *organization = &world->organizations[i];
        if (organization->sensor_count + 8 > MOST_SENSORS)
            return false;
        for (size_t s = 0; s < organization->sensor_count; s++)
            if (organization->sensors[s].license_count + OF_A_STEP > MOST_LICENSES
                || organization->sensors[s].saved_count + OF_A_STEP > MOST_SAVED)
                return false;
    }
    return true;
}

/* Rule 4: the order of the pool; lengths by the end that they would give at `now`. */
static bool
goes_before(const struct world *world, int organization, int a, int b, utc_seconds now)
{
    const struct model_organization *own = &world->organizations[organization];
    const struct model_code *x = &world->codes[a], *y = &world->codes[b];

    if (own->pool_order != POOL_OLDEST_FIRST) {
        utc_seconds x_end = term_end(x->term, now, own->zone),
                    y_end = term_end(y->term, now, own->zone);
        if (x_end != y_end)
            return (x_end < y_end) == (own->pool_order == POOL_SHORTEST_FIRST);
    }
    return x->redemption < y->redemption;
}

int
world_pick(const struct world *world, int organization, utc_seconds now)
{
    int pick = -1;

    for (int i = 0; i < (int)world->code_count; i++)
        if (world->codes[i].redeemed_by == organization && world_key_left(world, i) > 0
            && (pick < 0 || goes_before(world, organization, i, pick, now)))
            pick = i;
    return pick;
}

static void
swap(struct model_license *a, struct model_license *b)
{
    struct model_license kept = *a;

    *a = *b;
    *b = kept;
}

static void
sort(struct model_sensor *sensor)
{
    for (size_t i = 1; i < sensor->license_count; i++)
        for (size_t k = i;
             k > 0 && sensor->licenses[k].starts_at < sensor->licenses[k - 1].starts_at; k--)
            swap(&sensor->licenses[k], &sensor->licenses[k - 1]);
}

struct model_license *
world_put(struct world *world, int organization, struct model_sensor *sensor, int code,
          utc_seconds starts_at)
{
    sensor->licenses[sensor->license_count++] = (struct model_license){
        .code = code,
        .starts_at = starts_at,
        .expires_at =
            term_end(world->codes[code].term, starts_at, world->organizations[organization].zone),
    };
    sort(sensor);
    for (size_t i = 0; i < sensor->license_count; i++)
        if (sensor->licenses[i].starts_at == starts_at && sensor->licenses[i].id == 0)
            return &sensor->licenses[i];
    return NULL;
}

void
world_take_out(struct model_sensor *sensor, size_t place)
{
    sensor->license_count--;
    memmove(&sensor->licenses[place], &sensor->licenses[place + 1],
            (sensor->license_count - place) * sizeof sensor->licenses[0]);
}

void
world_lay(struct world *world, int organization, struct model_sensor *sensor, size_t first,
          utc_seconds from)
{
    for (size_t i = first; i < sensor->license_count; i++) {
        struct model_license *license = &sensor->licenses[i];
        license->starts_at = from;
        from = license->expires_at = term_end(world->codes[license->code].term, from,
                                              world->organizations[organization].zone);
    }
}

/* The earliest end goes first, then the lower serial. */
struct model_sensor *
world_first_in_line(struct world *world, int organization, utc_seconds from, utc_seconds now)
{
    struct model_organization *own = &world->organizations[organization];
    struct model_sensor *first = NULL;

    for (size_t i = 0; i < own->sensor_count; i++) {
        struct model_sensor *sensor = &own->sensors[i];
        utc_seconds end = world_ends_at(sensor);
        if (sensor->removed || !sensor->auto_renewal || end < from || end > now)
            continue;
        if (!first || end < world_ends_at(first)
            || (end == world_ends_at(first) && strcmp(sensor->serial, first->serial) < 0))
            first = sensor;
    }
    return first;
}

void
world_apply_due(struct world *world, int organization, utc_seconds now)
{
    struct model_sensor *sensor;

    while ((sensor = world_first_in_line(world, organization, 1, now))) {
        utc_seconds end = world_ends_at(sensor);
        int key = world_pick(world, organization, end);
        if (key < 0)
            return;
        world_put(world, organization, sensor, key, end);
    }
}

void
world_revive(struct world *world, int organization, utc_seconds now, struct model_revived *out,
             size_t *count)
{
    struct model_sensor *sensor;

    *count = 0;
    while ((sensor = world_first_in_line(world, organization, 1, now))
           || (sensor = world_first_in_line(world, organization, 0, now))) {
        int key = world_pick(world, organization, now);
        if (key < 0)
            return;
        world_put(world, organization, sensor, key, now);
        struct model_revived *revived = &out[(*count)++];
        memcpy(revived->serial, sensor->serial, sizeof revived->serial);
        revived->expires_at = world_ends_at(sensor);
    }
}
