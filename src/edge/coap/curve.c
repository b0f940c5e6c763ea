#include "edge/coap/curve.h"

#include <assert.h>
#include <math.h>

/* One channel of a kind: a middle, a daily swing, a slow wander and a small noise,
 * all in raw numbers. A binary channel is on for up to `on_seconds` of each cycle. */
struct shape {
    uint16_t type;
    double middle, daily, wander, noise;
    int32_t cycle_seconds, on_seconds; /* binary */
    int32_t modulus, meta;             /* raw = value * modulus + meta */
};

enum {
    TEMPERATURE = 1,
    HUMIDITY = 2,
    PRESSURE = 3,
    OK_ALARM = 5,
    FLOODING = 7,
    CO2 = 26,
    MOST_SHAPES = 4,
    WANDER_SECONDS = 5400,
};

static const struct shape shapes[][MOST_SHAPES] = {
    [SIMULATED_FRIDGE] = { { TEMPERATURE, 44, 3, 9, 1.5, 0, 0, 1, 0 } },
    [SIMULATED_FREEZER] = { { TEMPERATURE, -195, 4, 14, 2, 0, 0, 1, 0 } },
    [SIMULATED_ROOM] = { { TEMPERATURE, 214, 14, 6, 0.8, 0, 0, 1, 0 },
                         { HUMIDITY, 46, -4, 4, 0.6, 0, 0, 1, 0 } },
    [SIMULATED_AIR] = { { TEMPERATURE, 221, 11, 5, 0.7, 0, 0, 1, 0 },
                        { HUMIDITY, 42, -3, 4, 0.6, 0, 0, 1, 0 },
                        { PRESSURE, 10132, 8, 35, 1, 0, 0, 1, 0 },
                        { CO2, 640, 190, 60, 8, 0, 0, 3, 1 } },
    [SIMULATED_DOOR] = { { OK_ALARM, 0, 0, 0, 0, 3600, 240, 1, 0 } },
    [SIMULATED_LEAK] = { { FLOODING, 0, 0, 0, 0, 345600, 1500, 1, 0 } },
};
_Static_assert(sizeof shapes / sizeof shapes[0] == SIMULATED_KIND_COUNT, "every kind has a shape");

size_t
curve_channels(uint16_t *types, enum simulated_kind kind)
{
    size_t count = 0;

    for (; count < MOST_SHAPES && shapes[kind][count].type; count++)
        types[count] = shapes[kind][count].type;
    return count;
}

/* The finalizer of splitmix64. */
static uint64_t
mix(uint64_t number)
{
    number += UINT64_C(0x9E3779B97F4A7C15);
    number = (number ^ number >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    number = (number ^ number >> 27) * UINT64_C(0x94D049BB133111EB);
    return number ^ number >> 31;
}

/* A number from -1 to 1 for each seed and step. */
static double
chance(uint64_t seed, int64_t step)
{
    return (double)(mix(seed ^ mix((uint64_t)step)) >> 11) / (double)(UINT64_C(1) << 52) - 1;
}

/* Moves smoothly from one chance to the next, every WANDER_SECONDS. */
static double
wander(uint64_t seed, utc_seconds at)
{
    int64_t step = at / WANDER_SECONDS;
    double part = (double)(at % WANDER_SECONDS) / WANDER_SECONDS;
    double eased = part * part * (3 - 2 * part);

    return chance(seed, step) * (1 - eased) + chance(seed, step + 1) * eased;
}

static int32_t
binary_at(const struct shape *shape, uint64_t seed, utc_seconds at)
{
    int64_t shifted = at + (int64_t)(seed % (uint64_t)shape->cycle_seconds);
    int64_t cycle = shifted / shape->cycle_seconds;
    /* Some cycles are quiet, and no two are on for the same time. */
    double length = shape->on_seconds * chance(seed, cycle);

    return (double)(shifted % shape->cycle_seconds) < length;
}

int32_t
curve_at(const struct simulated_sensor *sensor, size_t index, utc_seconds at)
{
    const struct shape *shape = &shapes[sensor->kind][index];
    uint64_t seed = mix(serial_number(sensor->serial) * 8 + index);

    assert(index < MOST_SHAPES && shape->type && at >= 0);
    if (shape->cycle_seconds)
        return binary_at(shape, seed, at);

    double hour = (double)(at % UTC_DAY) / 3600;
    double value = shape->middle + shape->noise * chance(seed + 1, at)
                   + shape->daily * cos((hour - 15) / 24 * 2 * 3.14159265358979)
                   + shape->wander * wander(seed + 2, at)
                   + shape->wander * 0.4 * chance(seed, 0); /* no two are alike */
    return (int32_t)lround(value) * shape->modulus + shape->meta;
}
