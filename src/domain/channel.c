#include "domain/channel.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define UNKNOWN_PREFIX "type_"

enum { OK_ALARM = 5 };

#define CONTINUOUS(name, unit, divisor)                                                            \
    {                                                                                              \
        name, unit, CHANNEL_CONTINUOUS, divisor, 0, { 0 }, 0, 0, 0                                 \
    }
#define WITH_META(name, unit, modulus)                                                             \
    {                                                                                              \
        name, unit, CHANNEL_CONTINUOUS, 1, modulus, { 0 }, 0, 0, 0                                 \
    }
#define MINOR(name, unit, major)                                                                   \
    {                                                                                              \
        name, unit, CHANNEL_CONTINUOUS, 1, 6, { 0 }, 0, major, 0                                   \
    }
#define MAJOR(name, unit, minor, minors)                                                           \
    {                                                                                              \
        name, unit, CHANNEL_CONTINUOUS, 1, 4, { 0 }, minor, 0, minors                              \
    }
#define BINARY(name, off, on)                                                                      \
    {                                                                                              \
        name, "", CHANNEL_BINARY, 1, 0, { off, on }, 0, 0, 0                                       \
    }
#define NONE(name)                                                                                 \
    {                                                                                              \
        name, "", CHANNEL_NONE, 1, 0, { 0 }, 0, 0, 0                                               \
    }

static const struct channel_type types[] = {
    [0] = NONE("none"),
    [1] = CONTINUOUS("temperature", "°C", 10),
    [2] = CONTINUOUS("humidity", "%", 1),
    [3] = CONTINUOUS("atmospheric_pressure", "hPa", 10),
    [4] = CONTINUOUS("differential_pressure", "Pa", 1),
    [OK_ALARM] = BINARY("ok_alarm", "ok", "alarm"),
    [6] = WITH_META("iaq", "index", 3),
    [7] = BINARY("flooding", "dry", "water"),
    [8] = CONTINUOUS("pulse_counter", "per period", 1),
    [9] = CONTINUOUS("electricity_meter", "Wh per period", 1),
    [10] = CONTINUOUS("water_meter", "l per period", 1),
    [11] = CONTINUOUS("soil_moisture", "kPa", 1),
    [12] = CONTINUOUS("co_gas", "ppm", 1),
    [13] = CONTINUOUS("no2_gas", "ppm", 1),
    [14] = CONTINUOUS("h2s_gas", "ppm", 100),
    [15] = CONTINUOUS("ambient_light", "lx", 10),
    [16] = CONTINUOUS("pm_1_0", "µg/m³", 1),
    [17] = CONTINUOUS("pm_2_5", "µg/m³", 1),
    [18] = CONTINUOUS("pm_10", "µg/m³", 1),
    [19] = CONTINUOUS("noise_level", "dB", 10),
    [20] = CONTINUOUS("nh3_gas", "ppm", 1),
    [21] = CONTINUOUS("ch4_gas", "ppm", 1),
    [22] = CONTINUOUS("high_pressure", "kPa", 1),
    [23] = CONTINUOUS("distance", "mm", 1),
    [24] = MINOR("water_meter_acc_minor", "l", 25),
    [25] = MAJOR("water_meter_acc_major", "100 l", 24, 100),
    [26] = WITH_META("co2_gas", "ppm", 3),
    [27] = CONTINUOUS("humidity_accurate", "%", 10),
    [28] = WITH_META("static_iaq", "index", 3),
    [29] = WITH_META("co2_equivalent", "ppm", 3),
    [30] = WITH_META("breath_voc", "ppm", 3),
    [31] = NONE("shared_modem"),
    [32] = CONTINUOUS("percentage", "%", 100),
    [33] = CONTINUOUS("voltage", "mV", 10),
    [34] = CONTINUOUS("current", "mA", 100),
    [35] = MINOR("pulse_counter_acc_minor", "pulses", 36),
    [36] = MAJOR("pulse_counter_acc_major", "1000 pulses", 35, 1000),
    [37] = MINOR("electricity_acc_minor", "Wh", 38),
    [38] = MAJOR("electricity_acc_major", "kWh", 37, 1000),
    [39] = MINOR("pulse_counter_acc_wide_minor", "pulses", 40),
    [40] = MAJOR("pulse_counter_acc_wide_major", "1e6 pulses", 39, 1000000),
    [41] = CONTINUOUS("current_precise", "mA", 1000),
    [42] = BINARY("output_control", "off", "on"),
    [43] = CONTINUOUS("resistance", "ohm", 1),
};
_Static_assert(sizeof types / sizeof types[0] == CHANNEL_TYPE_COUNT, "a type is missing");

static const struct channel_type unknown_type = CONTINUOUS("", "", 1);

static bool
is_known(int32_t number)
{
    return number >= 0 && number < CHANNEL_TYPE_COUNT;
}

bool
sample_is_error(int64_t offset)
{
    return offset >= SAMPLE_ERROR_FIRST && offset <= SAMPLE_ERROR_LAST;
}

const struct channel_type *
channel_type(int32_t number)
{
    return is_known(number) ? &types[number] : &unknown_type;
}

void
channel_name(char out[CHANNEL_NAME_SIZE], int32_t number)
{
    if (is_known(number))
        snprintf(out, CHANNEL_NAME_SIZE, "%s", types[number].name);
    else
        snprintf(out, CHANNEL_NAME_SIZE, UNKNOWN_PREFIX "%" PRId32, number);
}

bool
channel_number(int32_t *out, const char *name, size_t length)
{
    const size_t prefix = sizeof UNKNOWN_PREFIX - 1;
    int64_t number;

    for (int32_t known = 0; known < CHANNEL_TYPE_COUNT; known++)
        if (strlen(types[known].name) == length && !memcmp(types[known].name, name, length)) {
            *out = known;
            return true;
        }
    if (length <= prefix || memcmp(name, UNKNOWN_PREFIX, prefix) != 0
        || !text_to_int64(&number, name + prefix, length - prefix, INT32_MIN, INT32_MAX)
        || is_known((int32_t)number))
        return false;
    *out = (int32_t)number;
    return true;
}

/* The raw number without its metadata. */
static int64_t
counted(const struct channel_type *type, int64_t raw)
{
    return type->meta_modulus > 0 ? raw / type->meta_modulus : raw;
}

struct channel_reading
channel_reading(int32_t number, int64_t raw)
{
    const struct channel_type *type = channel_type(number);
    struct channel_reading reading = { (double)counted(type, raw) / type->divisor, false, 0 };

    if (type->meta_modulus > 0) {
        int32_t rest = (int32_t)(raw % type->meta_modulus);
        reading.has_meta = true;
        reading.meta = rest < 0 ? -rest : rest;
    }
    return reading;
}

const char *
channel_state_word(int32_t number, int64_t raw)
{
    const struct channel_type *type = channel_type(number);

    if (type->kind != CHANNEL_BINARY)
        type = &types[OK_ALARM];
    return type->state_words[raw != 0];
}

bool
channel_total(int64_t *out, int32_t major_type, int64_t major_raw, int64_t minor_raw)
{
    const struct channel_type *major = channel_type(major_type);
    int64_t total;

    if (major->minors_in_major == 0)
        return false;
    int64_t minors = counted(channel_type(major->minor), minor_raw);
    if (__builtin_mul_overflow(counted(major, major_raw), major->minors_in_major, &total)
        || __builtin_add_overflow(total, minors, &total))
        return false;
    *out = total;
    return true;
}
