/* world_verbs.c - what each verb does to the model. */
#include "world.h"

#include <stdio.h>
#include <string.h>

#include "domain/gate.h"
#include "service/license/licensing_give.h" /* QUEUE_MOST */

static struct expected
refuse(enum status status, const char *code, const char *field)
{
    return (struct expected){ status, code, field };
}

struct expected
world_redeem(struct world *world, int organization, int place, utc_seconds now)
{
    struct model_organization *own = &world->organizations[organization];
    struct model_code *code = &world->codes[place];

    world_apply_due(world, organization, now);
    if (code->redeemed_by == organization)
        return EXPECT_OK; /* the answer of then */
    if (code->redeemed_by >= 0 || (code->bound_to >= 0 && code->bound_to != organization)) {
        own->wrong_codes++;
        return refuse(STATUS_NOT_FOUND, "code_not_accepted", "code");
    }
    if (code->revoked)
        return refuse(STATUS_CONFLICT, "code_revoked", "code");
    if (code->redeem_by < now / UTC_DAY)
        return refuse(STATUS_CONFLICT, "code_expired", "code");
    code->redeemed_by = organization;
    code->redeemed_at = now;
    code->redemption = world->redemptions++;
    world_revive(world, organization, now, code->revived, &code->revived_count);
    code->licenses_left = world_licenses_left(world, organization);
    own->wrong_codes = 0;
    return EXPECT_OK;
}

/* Which key: -1 and a refusal, if there is none. */
static int
choose(const struct world *world, int organization, int code, utc_seconds now, struct expected *out)
{
    *out = EXPECT_OK;
    if (code < 0) {
        code = world_pick(world, organization, now);
        if (code < 0)
            *out = refuse(STATUS_CONFLICT, "no_licenses_left", "");
        return code;
    }
    if (world->codes[code].redeemed_by != organization)
        *out = refuse(STATUS_NOT_FOUND, "", "key");
    else if (world_key_left(world, code) == 0)
        *out = refuse(STATUS_CONFLICT, "key_exhausted", "key");
    return out->status ? -1 : code;
}

/* The running and the waiting ones. */
static size_t
standing(const struct model_sensor *sensor, utc_seconds now)
{
    size_t count = 0;

    for (size_t i = 0; i < sensor->license_count; i++)
        count += sensor->licenses[i].expires_at > now;
    return count;
}

/* "+" of rule 4. */
static struct expected
give(struct world *world, int organization, struct model_sensor *sensor, int code, utc_seconds now)
{
    utc_seconds until = world_covered_until(sensor, now);
    struct expected expected;

    if (standing(sensor, now) > QUEUE_MOST)
        return refuse(STATUS_CONFLICT, "queue_full", "");
    code = choose(world, organization, code, now, &expected);
    if (!expected.status)
        world_put(world, organization, sensor, code, until ? until : now);
    return expected;
}

struct expected
world_assign(struct world *world, int organization, const char *serial, int code, utc_seconds now)
{
    struct model_sensor *sensor;

    world_apply_due(world, organization, now);
    sensor = world_sensor(world, organization, serial);
    return sensor ? give(world, organization, sensor, code, now)
                  : refuse(STATUS_NOT_FOUND, "", "serial");
}

struct expected
world_assign_many(struct world *world, int organization, const char *const *serials, size_t count,
                  int each, int code, utc_seconds now)
{
    int64_t needed = (int64_t)count * each;

    world_apply_due(world, organization, now);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < i; k++)
            if (!strcmp(serials[i], serials[k]))
                return refuse(STATUS_INVALID, "serial_repeated", "serials");
    for (size_t i = 0; i < count; i++)
        if (!world_sensor(world, organization, serials[i]))
            return refuse(STATUS_NOT_FOUND, "", "serials");
    if (code >= 0 && world->codes[code].redeemed_by != organization)
        return refuse(STATUS_NOT_FOUND, "", "key");
    if (code >= 0 && world_key_left(world, code) < needed)
        return refuse(STATUS_CONFLICT, "key_exhausted", "key");
    if (code < 0 && world_licenses_left(world, organization) < needed)
        return refuse(STATUS_CONFLICT, "no_licenses_left", "");
    for (size_t i = 0; i < count; i++)
        if (standing(world_sensor(world, organization, serials[i]), now) + (size_t)each
            > QUEUE_MOST + 1)
            return refuse(STATUS_CONFLICT, "queue_full", "");
    for (size_t i = 0; i < count; i++)
        for (int k = 0; k < each; k++)
            (void)give(world, organization, world_sensor(world, organization, serials[i]), code,
                       now);
    return EXPECT_OK;
}

static struct expected
in_use(struct world *world, int organization, const char *serial)
{
    int owner;

    if (!world_owner(world, serial, &owner))
        return EXPECT_OK;
    return refuse(STATUS_CONFLICT, owner == organization ? "sensor_exists" : "sensor_not_available",
                  "serial");
}

/* A new sensor or the one that was removed, in use again. */
static struct model_sensor *
bring(struct world *world, int organization, const char *serial, const char *name, int auto_renewal)
{
    struct model_organization *own = &world->organizations[organization];
    struct model_sensor *sensor = world_removed_sensor(world, organization, serial);

    if (!sensor) {
        sensor = &own->sensors[own->sensor_count++];
        memset(sensor, 0, sizeof *sensor);
        snprintf(sensor->serial, sizeof sensor->serial, "%s", serial);
        sensor->auto_renewal = true;
    }
    sensor->removed = false;
    if (name)
        snprintf(sensor->name, sizeof sensor->name, "%s", name);
    if (auto_renewal >= 0)
        sensor->auto_renewal = auto_renewal;
    return sensor;
}

struct expected
world_add(struct world *world, int organization, const char *serial, const char *name, int code,
          int auto_renewal, utc_seconds now)
{
    struct expected refused, given = EXPECT_OK;

    world_apply_due(world, organization, now);
    refused = in_use(world, organization, serial);
    if (refused.status && (!world->dry || strcmp(refused.code, "sensor_not_available") != 0))
        return refused;
    struct model_sensor *sensor = bring(world, organization, serial, name, auto_renewal);
    if (!world_covered_until(sensor, now))
        given = give(world, organization, sensor, code, now);
    return given.status ? given : refused; /* a dry run asks the pool first */
}

struct expected
world_switch(struct world *world, int organization, const char *serial, bool auto_renewal,
             utc_seconds now)
{
    struct model_revived revived[MOST_REVIVED];
    struct model_sensor *sensor;
    size_t count;

    world_apply_due(world, organization, now);
    sensor = world_sensor(world, organization, serial);
    if (!sensor)
        return refuse(STATUS_NOT_FOUND, "", "serial");
    bool switched_on = auto_renewal && !sensor->auto_renewal;
    sensor->auto_renewal = auto_renewal;
    if (switched_on)
        world_revive(world, organization, now, revived, &count);
    return EXPECT_OK;
}

static bool
find_license(struct world *world, int organization, int64_t id, struct model_sensor **sensor,
             size_t *place)
{
    struct model_organization *own = &world->organizations[organization];

    for (size_t s = 0; s < own->sensor_count; s++)
        for (size_t i = 0; i < own->sensors[s].license_count; i++)
            if (own->sensors[s].licenses[i].id == id) {
                *sensor = &own->sensors[s];
                *place = i;
                return true;
            }
    return false;
}

struct expected
world_take_back(struct world *world, int organization, int64_t license_id, utc_seconds now)
{
    struct model_revived revived[MOST_REVIVED];
    struct model_sensor *sensor;
    size_t place, count;

    world_apply_due(world, organization, now);
    if (!find_license(world, organization, license_id, &sensor, &place))
        return refuse(STATUS_NOT_FOUND, "", "");
    struct model_license taken = sensor->licenses[place];
    if (taken.revoked || (taken.starts_at <= now && world_used(sensor, &taken)))
        return refuse(STATUS_CONFLICT, "license_in_use", "");
    world_take_out(sensor, place);
    /* Nothing comes back to the pool from an order that the operator took back. */
    world->codes[taken.code].withdrawn += world->codes[taken.code].revoked;
    if (taken.expires_at > now) /* else nothing waited for its end */
        world_lay(world, organization, sensor, place,
                  taken.starts_at > now ? taken.starts_at : now);
    if (!world_covered_until(sensor, now))
        sensor->auto_renewal = false;
    world_revive(world, organization, now, revived, &count);
    return EXPECT_OK;
}

struct expected
world_reorder(struct world *world, int organization, const char *serial, const int64_t *ids,
              size_t count, utc_seconds now)
{
    struct model_license wanted[MOST_LICENSES];
    struct model_sensor *sensor;
    bool changes = false;

    world_apply_due(world, organization, now);
    sensor = world_sensor(world, organization, serial);
    if (!sensor)
        return refuse(STATUS_NOT_FOUND, "", "serial");
    size_t waiting = world_waiting(sensor, now), first = sensor->license_count - waiting;
    if (waiting != count)
        return refuse(STATUS_INVALID, "queue_mismatch", "licenses");
    for (size_t i = 0; i < count; i++) {
        size_t found = sensor->license_count;
        for (size_t k = first; k < sensor->license_count; k++)
            if (sensor->licenses[k].id == ids[i])
                found = k;
        for (size_t k = 0; k < i; k++)
            if (ids[k] == ids[i])
                found = sensor->license_count;
        if (found == sensor->license_count)
            return refuse(STATUS_INVALID, "queue_mismatch", "licenses");
        wanted[i] = sensor->licenses[found];
        changes |= found != first + i;
    }
    if (!changes)
        return EXPECT_OK;
    utc_seconds from = sensor->licenses[first].starts_at;
    memcpy(&sensor->licenses[first], wanted, count * sizeof wanted[0]);
    world_lay(world, organization, sensor, first, from);
    return EXPECT_OK;
}

struct expected
world_remove(struct world *world, int organization, const char *serial, utc_seconds now)
{
    struct model_revived revived[MOST_REVIVED];
    struct model_sensor *sensor;
    size_t count;

    world_apply_due(world, organization, now);
    sensor = world_sensor(world, organization, serial);
    if (!sensor)
        return refuse(STATUS_NOT_FOUND, "", "serial");
    sensor->license_count -= world_waiting(sensor, now);
    sensor->removed = true;
    sensor->removed_at = now;
    world_revive(world, organization, now, revived, &count);
    return EXPECT_OK;
}

struct expected
world_replace(struct world *world, int organization, const char *serial, const char *new_serial,
              utc_seconds now)
{
    struct model_sensor *sensor;
    struct expected expected;

    world_apply_due(world, organization, now);
    sensor = world_sensor(world, organization, serial);
    if (!sensor)
        return refuse(STATUS_NOT_FOUND, "", "serial");
    expected = in_use(world, organization, new_serial);
    if (!expected.status)
        snprintf(sensor->serial, sizeof sensor->serial, "%s", new_serial);
    return expected;
}

static bool
covers(const struct model_sensor *sensor, utc_seconds at)
{
    for (size_t k = 0; k < sensor->license_count; k++)
        if (sensor->licenses[k].starts_at <= at && at < sensor->licenses[k].expires_at)
            return true;
    return false;
}

/* Saves a sample up to 5 minutes ahead, and what it saved ahead of the clock before. */
static bool
saves(struct model_sensor *sensor, utc_seconds at, utc_seconds now)
{
    utc_seconds judged = at < now ? at : now;

    if (at > now + 300 || at < INT64_C(1420070400))
        return false;
    if (covers(sensor, judged)) {
        sensor->saved[sensor->saved_count++] = judged;
        if (at > now)
            sensor->ahead[sensor->ahead_count++] = at;
        return true;
    }
    for (size_t i = 0; i < sensor->ahead_count; i++)
        if (sensor->ahead[i] == at)
            return true;
    return false;
}

/* Did the message come within the last hour? */
static bool
came_before(struct model_sensor *sensor, const utc_seconds *at, size_t count, utc_seconds now)
{
    struct model_refusal *refusal;
    bool found = false;

    for (size_t i = 0; i < sensor->refusal_count && !found; i++) {
        refusal = &sensor->refusals[i];
        found = refusal->count == count && refusal->came_at >= now - 3600
                && memcmp(refusal->times, at, count * sizeof *at) == 0;
        if (found)
            refusal->came_at = now;
    }
    if (found)
        return true;
    refusal = &sensor->refusals[sensor->refusal_count++ % MOST_REFUSALS];
    sensor->refusal_count = sensor->refusal_count < MOST_REFUSALS ? sensor->refusal_count
                                                                  : MOST_REFUSALS;
    *refusal = (struct model_refusal){ .count = count, .came_at = now };
    memcpy(refusal->times, at, count * sizeof *at);
    return false;
}

bool
world_ingest(struct world *world, const char *serial, const utc_seconds *at, size_t count,
             utc_seconds now, size_t *saved)
{
    int organization;
    struct model_sensor *sensor = world_owner(world, serial, &organization);

    *saved = 0;
    if (!sensor)
        return false;
    world_apply_due(world, organization, now);
    for (size_t i = 0; i < count; i++)
        *saved += saves(sensor, at[i], now);
    if (*saved < count && !came_before(sensor, at, count, now)) {
        if (sensor->refused_count == 0)
            sensor->refused_first_at = now;
        sensor->refused_count += (int64_t)(count - *saved);
        sensor->refused_last_at = now;
    }
    /* A message of a licensed sensor says that it is there. */
    if (*saved > 0 || world_covered_until(sensor, now))
        world->messages++;
    return true;
}
