/* world_forecast.c - whom the pool will renew, in the model: the future, tried out. */
#include "world.h"

/* Only the end of the last license matters to what comes; the others stay used up. */
static void
forget_past(struct world *world, struct model_sensor *sensor)
{
    while (sensor->license_count > 1) {
        world->codes[sensor->licenses[0].code].withdrawn++;
        world_take_out(sensor, 0);
    }
}

void
world_renewed_next(const struct world *world, int organization, utc_seconds until,
                   bool renewed[MOST_SENSORS])
{
    static struct world trial;
    struct model_organization *own = &trial.organizations[organization];
    struct model_sensor *sensor;
    int key;

    trial = *world;
    for (size_t i = 0; i < own->sensor_count; i++) {
        renewed[i] = false;
        forget_past(&trial, &own->sensors[i]);
    }
    while ((sensor = world_first_in_line(&trial, organization, 1, until))
           && (key = world_pick(&trial, organization, world_ends_at(sensor))) >= 0) {
        renewed[sensor - own->sensors] = true;
        world_put(&trial, organization, sensor, key, world_ends_at(sensor));
        forget_past(&trial, sensor);
    }
}
