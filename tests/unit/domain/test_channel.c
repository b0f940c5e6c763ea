#include "domain/channel.h"

#include <string.h>

#include "support/check.h"

TEST(channel_types_are_those_of_the_devices)
{
    static const struct {
        int32_t number;
        const char *name, *unit;
        int32_t divisor, modulus;
    } rows[] = {
        { 1, "temperature", "°C", 10, 0 },
        { 2, "humidity", "%", 1, 0 },
        { 3, "atmospheric_pressure", "hPa", 10, 0 },
        { 4, "differential_pressure", "Pa", 1, 0 },
        { 5, "ok_alarm", "", 1, 0 },
        { 6, "iaq", "index", 1, 3 },
        { 7, "flooding", "", 1, 0 },
        { 8, "pulse_counter", "per period", 1, 0 },
        { 9, "electricity_meter", "Wh per period", 1, 0 },
        { 10, "water_meter", "l per period", 1, 0 },
        { 11, "soil_moisture", "kPa", 1, 0 },
        { 12, "co_gas", "ppm", 1, 0 },
        { 13, "no2_gas", "ppm", 1, 0 },
        { 14, "h2s_gas", "ppm", 100, 0 },
        { 15, "ambient_light", "lx", 10, 0 },
        { 16, "pm_1_0", "µg/m³", 1, 0 },
        { 17, "pm_2_5", "µg/m³", 1, 0 },
        { 18, "pm_10", "µg/m³", 1, 0 },
        { 19, "noise_level", "dB", 10, 0 },
        { 20, "nh3_gas", "ppm", 1, 0 },
        { 21, "ch4_gas", "ppm", 1, 0 },
        { 22, "high_pressure", "kPa", 1, 0 },
        { 23, "distance", "mm", 1, 0 },
        { 24, "water_meter_acc_minor", "l", 1, 6 },
        { 25, "water_meter_acc_major", "100 l", 1, 4 },
        { 26, "co2_gas", "ppm", 1, 3 },
        { 27, "humidity_accurate", "%", 10, 0 },
        { 28, "static_iaq", "index", 1, 3 },
        { 29, "co2_equivalent", "ppm", 1, 3 },
        { 30, "breath_voc", "ppm", 1, 3 },
        { 31, "shared_modem", "", 1, 0 },
        { 32, "percentage", "%", 100, 0 },
        { 33, "voltage", "mV", 10, 0 },
        { 34, "current", "mA", 100, 0 },
        { 35, "pulse_counter_acc_minor", "pulses", 1, 6 },
        { 36, "pulse_counter_acc_major", "1000 pulses", 1, 4 },
        { 37, "electricity_acc_minor", "Wh", 1, 6 },
        { 38, "electricity_acc_major", "kWh", 1, 4 },
        { 39, "pulse_counter_acc_wide_minor", "pulses", 1, 6 },
        { 40, "pulse_counter_acc_wide_major", "1e6 pulses", 1, 4 },
        { 41, "current_precise", "mA", 1000, 0 },
        { 42, "output_control", "", 1, 0 },
        { 43, "resistance", "ohm", 1, 0 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct channel_type *type = channel_type(rows[i].number);
        char name[CHANNEL_NAME_SIZE];
        int32_t number = 0;
        int binary = rows[i].number == 5 || rows[i].number == 7 || rows[i].number == 42;

        check_row(rows[i].name);
        check_text(type->name, rows[i].name);
        check_text(type->unit, rows[i].unit);
        check_int(type->divisor, rows[i].divisor);
        check_int(type->meta_modulus, rows[i].modulus);
        check_int(type->kind == CHANNEL_BINARY, binary);
        check_int(type->kind == CHANNEL_NONE, rows[i].number == 31);
        channel_name(name, rows[i].number);
        check_text(name, rows[i].name);
        check(channel_number(&number, name, strlen(name)));
        check_int(number, rows[i].number);
    }
}

TEST(channel_of_an_unknown_type_has_its_number_as_name)
{
    static const struct {
        int32_t number;
        const char *name;
    } rows[] = {
        { 44, "type_44" },
        { 77, "type_77" },
        { -1, "type_-1" },
        { -5, "type_-5" },
        { 65535, "type_65535" },
        { 65536 + 1, "type_65537" },
        { 70000, "type_70000" },
        { INT32_MAX, "type_2147483647" },
        { INT32_MIN, "type_-2147483648" },
    };
    static const char *const bad[] = {
        "type_0",          "type_1",           "type_43",         "type_",    "type_077",
        "type_-0",         "type_-05",         "type_2147483648", "type_+77", "Temperature",
        "type_4294967373", "type_-2147483649", "type_77 ",        "",         "temp",
    };
    int32_t number = 77;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char name[CHANNEL_NAME_SIZE];

        channel_name(name, rows[i].number);
        check_text(name, rows[i].name);
        check(channel_number(&number, name, strlen(name)));
        check_int(number, rows[i].number);
        check_int(channel_type(number)->kind, CHANNEL_CONTINUOUS);
        check_real(channel_reading(number, -12).value, -12);
        check(!channel_reading(number, -12).has_meta);
    }
    check(channel_type(0)->kind == CHANNEL_NONE);
    number = 77;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        check_row(bad[i]);
        check(!channel_number(&number, bad[i], strlen(bad[i])));
        check_int(number, 77);
    }
}

TEST(channel_reading_divides_or_removes_the_metadata)
{
    static const struct {
        const char *row;
        int32_t type;
        int64_t raw;
        double value;
        int meta; /* -1: none */
    } rows[] = {
        { "temperature", 1, 215, 21.5, -1 },
        { "below zero", 1, -5, -0.5, -1 },
        { "humidity", 2, 55, 55, -1 },
        { "hydrogen sulfide", 14, 7, 0.07, -1 },
        { "percentage", 32, 9999, 99.99, -1 },
        { "precise current", 41, -1, -0.001, -1 },
        { "air quality, calibration done", 6, 152, 50, 2 },
        { "air quality, calibration required", 6, 150, 50, 0 },
        { "carbon dioxide, ok", 26, 1201, 400, 1 },
        { "toward zero", 26, -1, 0, 1 },
        { "toward zero, further", 26, -5, -1, 2 },
        { "minor of channel 3", 24, 99 * 6 + 2, 99, 2 },
        { "major, reset happened", 25, 12 * 4 + 2, 12, 2 },
        { "largest", 40, INT32_MAX, 536870911, 3 },
        { "smallest", 40, INT32_MIN, -536870912, 0 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct channel_reading reading = channel_reading(rows[i].type, rows[i].raw);

        check_row(rows[i].row);
        check_real(reading.value, rows[i].value);
        check_int(reading.has_meta, rows[i].meta >= 0);
        check_int(reading.has_meta ? reading.meta : -1, rows[i].meta);
    }
}

TEST(channel_totals_count_major_and_minor_together)
{
    static const struct {
        const char *row;
        int32_t type;
        int64_t major, minor;
        int fits;
        int64_t want;
    } rows[] = {
        { "water", 25, 12 * 4, 34 * 6, 1, 1234 },
        { "pulses", 36, 2 * 4 + 1, 5 * 6 + 3, 1, 2005 },
        { "electricity", 38, 7 * 4, 999 * 6, 1, 7999 },
        { "wide", 40, INT64_C(536870911) * 4, 1 * 6, 1, INT64_C(536870911000001) },
        { "no major", 24, 1, 1, 0, 7 },
        { "no meter", 1, 1, 1, 0, 7 },
        { "unknown", 77, 1, 1, 0, 7 },
        { "too much", 40, INT64_MAX, 0, 0, 7 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t total = 7;

        check_row(rows[i].row);
        check_int(channel_total(&total, rows[i].type, rows[i].major, rows[i].minor), rows[i].fits);
        check_int(total, rows[i].want);
    }
}

TEST(channel_minors_and_majors_refer_to_each_other)
{
    for (int32_t number = 0; number < CHANNEL_TYPE_COUNT; number++) {
        const struct channel_type *type = channel_type(number);

        check_row(type->name);
        check_int(type->minors_in_major != 0, type->minor != 0);
        if (type->minor)
            check_int(channel_type(type->minor)->major, number);
        if (type->major)
            check_int(channel_type(type->major)->minor, number);
    }
}

TEST(channel_states_have_words)
{
    check_text(channel_state_word(5, 0), "ok");
    check_text(channel_state_word(5, 1), "alarm");
    check_text(channel_state_word(7, 0), "dry");
    check_text(channel_state_word(7, 1), "water");
    check_text(channel_state_word(42, 0), "off");
    check_text(channel_state_word(42, 1), "on");
    check_text(channel_state_word(77, 1), "alarm");
}

TEST(channel_errors_have_a_range)
{
    check(!sample_is_error(8355839));
    check(sample_is_error(8355840));
    check(sample_is_error(8388607));
    check(!sample_is_error(8388608));
    check(!sample_is_error(-8355840));
}
