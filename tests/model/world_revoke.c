/* world_revoke.c - the operator takes an order back, in the model (rule 9). */
#include "world.h"

/* What the key's licenses of one sensor become. */
static void
revoke_sensor(struct world *world, int organization, struct model_sensor *sensor, int code,
              utc_seconds ends_at, utc_seconds now, struct model_revocation *out)
{
    utc_seconds from = now;
    bool changed = false;
    size_t first;

    for (size_t i = sensor->license_count; i-- > 0;) {
        struct model_license *license = &sensor->licenses[i];
        if (license->code != code || license->expires_at <= ends_at)
            if (license->starts_at <= now || license->code != code)
                continue;
        changed = true;
        if (license->starts_at > now || license->starts_at == ends_at) {
            world_take_out(sensor, i);
            out->withdrawn_waiting++;
        } else {
            license->expires_at = ends_at;
            license->revoked = true;
            out->ended++;
        }
    }
    first = sensor->license_count - world_waiting(sensor, now);
    if (first > 0 && sensor->licenses[first - 1].expires_at > now)
        from = sensor->licenses[first - 1].expires_at;
    if (changed)
        world_lay(world, organization, sensor, first, from);
}

struct expected
world_revoke(struct world *world, int place, utc_seconds effective_at, utc_seconds now,
             struct model_revocation *out)
{
    struct model_code *code = &world->codes[place];
    struct model_revived revived[MOST_REVIVED];
    struct model_organization *own;
    size_t count;

    *out = (struct model_revocation){ 0 };
    if (code->revoked)
        return (struct expected){ STATUS_CONFLICT, "code_revoked", "" };
    if (code->redeemed_by < 0) {
        code->revoked = true;
        return EXPECT_OK;
    }
    own = &world->organizations[code->redeemed_by];
    world_apply_due(world, code->redeemed_by, now);
    code->revoked = true;
    out->effective_at = effective_at > now ? effective_at : now;
    out->withdrawn_from_pool = world_key_left(world, place);
    for (size_t i = 0; i < own->sensor_count; i++)
        revoke_sensor(world, code->redeemed_by, &own->sensors[i], place, out->effective_at, now,
                      out);
    code->withdrawn += out->withdrawn_from_pool + out->withdrawn_waiting;
    /* Who lost coverage is renewed by the licenses of other keys, from now on. */
    world_revive(world, code->redeemed_by, now, revived, &count);
    return EXPECT_OK;
}
