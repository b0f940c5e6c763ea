#include <string.h>

#include "domain/serial.h"
#include "support/check.h"

TEST(serial_reads_every_written_form)
{
    static const char *const rows[] = {
        "282C02424EED",      "282c02424eed",      "28:2C:02:42:4E:ED",
        "28-2c-02-42-4e-ed", "282C02-424EED",     "28 2C 02 42 4E ED",
        " 282C02424EED ",    "28.2C.02.42.4E.ED", "SN 282C02424EED",
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct serial serial = { { 0 } };
        char text[SERIAL_TEXT_SIZE];

        check_row(rows[i]);
        check(serial_parse(&serial, rows[i], strlen(rows[i])));
        serial_format(text, serial);
        check_text(text, "282C02424EED");
        check_int(serial_number(serial), INT64_C(0x282C02424EED));
    }
}

TEST(serial_refuses_every_other_text)
{
    static const char *const rows[] = {
        "",
        "282C02424EE",
        "282C02424EED0",
        "282C02424EEG",
        "28:2C:02:42:4E",
        "0x282C02424E",
        "28:2C:02:42:4E:E",
        "28:2C:02:42:4E:",
        "28:2C:02:42:4E:ED:00:11",
        "AC:DE:28:2C:02:42:4E:ED",
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct serial untouched = { { 1, 2, 3, 4, 5, 6 } }, serial = untouched;

        check_row(rows[i]);
        check(!serial_parse(&serial, rows[i], strlen(rows[i])));
        check(!memcmp(&serial, &untouched, sizeof serial));
    }
}

TEST(serial_numbers_are_in_the_order_of_the_texts)
{
    check_int(serial_number((struct serial){ { 0, 0, 0, 0, 0, 1 } }), 1);
    check_int(serial_number((struct serial){ { 1, 0, 0, 0, 0, 0 } }), INT64_C(1) << 40);
    check_int(serial_number(serial_from_number(UINT64_MAX)), (INT64_C(1) << 48) - 1);
}
