/* world_import.c - many sensors at once, in the model: each row as world_add() would. */
#include "world.h"

#include <string.h>

/* The stable word of a row that cannot be, whatever the pool holds. */
static const char *
refusal(struct world *world, int organization, const struct model_import_row *rows, size_t at)
{
    int owner;

    for (size_t i = 0; i < at; i++)
        if (!strcmp(rows[i].serial, rows[at].serial))
            return "serial_repeated";
    if (!world_owner(world, rows[at].serial, &owner))
        return NULL;
    return owner == organization ? "sensor_exists" : "sensor_not_available";
}

/* A sensor that comes back with coverage left takes none. */
static bool
takes_license(struct world *world, int organization, const char *serial, utc_seconds now)
{
    struct model_sensor *sensor = world_removed_sensor(world, organization, serial);

    return !sensor || !world_covered_until(sensor, now);
}

struct expected
world_import(struct world *world, int organization, struct model_import_row *rows, size_t count,
             utc_seconds now)
{
    int64_t named[MOST_CODES] = { 0 }, needed = 0;
    bool refused = false;

    world_apply_due(world, organization, now);
    for (size_t i = 0; i < count; i++)
        rows[i].refused = refusal(world, organization, rows, i);
    for (size_t i = 0; i < count; i++) {
        struct model_import_row *row = &rows[i];
        bool foreign = row->refused && !strcmp(row->refused, "sensor_not_available");
        bool takes = (!row->refused || foreign)
                     && takes_license(world, organization, row->serial, now);
        if (takes && row->code >= 0 && world->codes[row->code].redeemed_by != organization)
            row->refused = "not_found";
        else if (takes && row->code >= 0 && ++named[row->code] > world_key_left(world, row->code))
            row->refused = "key_exhausted";
        else
            needed += takes;
        refused |= row->refused != NULL;
    }
    if (needed > world_licenses_left(world, organization)) {
        for (size_t i = 0; i < count; i++) /* nothing about the serials of others */
            if (rows[i].refused && !strcmp(rows[i].refused, "sensor_not_available"))
                rows[i].refused = NULL;
        return (struct expected){ STATUS_CONFLICT, "no_licenses_left", "" };
    }
    if (refused)
        return (struct expected){ STATUS_INVALID, "import_refused", "" };
    for (int pass = 0; pass < 2; pass++) /* named keys first */
        for (size_t i = 0; i < count; i++)
            if ((pass == 0) == (rows[i].code >= 0))
                (void)world_add(world, organization, rows[i].serial, NULL, rows[i].code,
                                rows[i].auto_renewal, now);
    return EXPECT_OK;
}
