#include "domain/channel.h"
#include "edge/coap/curve.h"
#include "support/check.h"

#define DAY_ONE (INT64_C(1700000000) / UTC_DAY * UTC_DAY)

TEST(curve_is_the_same_whenever_it_is_asked)
{
    struct simulated_sensor sensor = { serial_from_number(77), SIMULATED_ROOM };

    for (utc_seconds at = DAY_ONE; at < DAY_ONE + 3600; at += 60)
        check_int(curve_at(&sensor, 0, at), curve_at(&sensor, 0, at));
}

TEST(curve_stays_plausible_for_a_week)
{
    static const struct {
        const char *row;
        enum simulated_kind kind;
        size_t index;
        double from, to;
    } rows[] = {
        { "fridge", SIMULATED_FRIDGE, 0, 1, 8 },     { "freezer", SIMULATED_FREEZER, 0, -24, -15 },
        { "room", SIMULATED_ROOM, 0, 17, 26 },       { "humidity", SIMULATED_ROOM, 1, 30, 60 },
        { "pressure", SIMULATED_AIR, 2, 950, 1060 }, { "co2", SIMULATED_AIR, 3, 300, 1100 },
        { "door", SIMULATED_DOOR, 0, 0, 1 },         { "leak", SIMULATED_LEAK, 0, 0, 1 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint16_t types[SAMPLE_MOST_CHANNELS];

        check_row(rows[i].row);
        check(curve_channels(types, rows[i].kind) > rows[i].index);
        for (uint64_t serial = 1; serial <= 20; serial++) {
            struct simulated_sensor sensor = { serial_from_number(serial), rows[i].kind };
            for (utc_seconds at = DAY_ONE; at < DAY_ONE + 7 * UTC_DAY; at += 601) {
                int32_t raw = curve_at(&sensor, rows[i].index, at);
                double value = channel_reading(types[rows[i].index], raw).value;
                if (value < rows[i].from || value > rows[i].to)
                    check_int(raw, -1); /* shows the number */
            }
        }
    }
}

TEST(curve_moves_gently_within_a_minute)
{
    struct simulated_sensor sensor = { serial_from_number(5), SIMULATED_FRIDGE };

    for (utc_seconds at = DAY_ONE; at < DAY_ONE + UTC_DAY; at += 60) {
        int32_t step = curve_at(&sensor, 0, at + 60) - curve_at(&sensor, 0, at);
        check(step >= -6 && step <= 6);
    }
}

TEST(curve_of_a_door_opens_and_closes)
{
    struct simulated_sensor sensor = { serial_from_number(9), SIMULATED_DOOR };
    int changes = 0;

    for (utc_seconds at = DAY_ONE; at < DAY_ONE + UTC_DAY; at += 1)
        changes += curve_at(&sensor, 0, at) != curve_at(&sensor, 0, at + 1);
    check(changes >= 4 && changes <= 100);
}
