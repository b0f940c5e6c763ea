/* prop_text_forms.c - what we write, we read back as the same. */
#include <ctype.h>
#include <string.h>

#include "base/id.h"
#include "base/utc.h"
#include "base/varint.h"
#include "domain/serial.h"
#include "support/check.h"
#include "support/random.h"

TEST(serial_survives_format_and_parse)
{
    struct random random = random_seeded();

    for (int i = 0; i < 10000; i++) {
        struct serial before, after;
        char text[SERIAL_TEXT_SIZE];

        random_fill(&random, &before, sizeof before);
        serial_format(text, before);
        check(serial_parse(&after, text, strlen(text)));
        check(!memcmp(&before, &after, sizeof before));
        after = serial_from_number(serial_number(before));
        check(!memcmp(&before, &after, sizeof before));
    }
}

TEST(serial_numbers_sort_as_texts)
{
    struct random random = random_seeded();

    for (int i = 0; i < 10000; i++) {
        struct serial a, b;
        char a_text[SERIAL_TEXT_SIZE], b_text[SERIAL_TEXT_SIZE];

        random_fill(&random, &a, sizeof a);
        b = a;
        b.bytes[random_below(&random, 6)] = (uint8_t)random_next(&random);
        serial_format(a_text, a);
        serial_format(b_text, b);
        check_int(serial_number(a) < serial_number(b), strcmp(a_text, b_text) < 0);
    }
}

TEST(serial_refuses_every_other_text)
{
    struct random random = random_seeded();

    for (int i = 0; i < 20000; i++) {
        char text[16];
        size_t length = random_below(&random, sizeof text), hex = 0;
        struct serial untouched = { { 1, 2, 3, 4, 5, 6 } }, out = untouched;

        random_fill(&random, text, length);
        while (hex < length && isxdigit((unsigned char)text[hex]))
            hex++;
        if (length >= 12 && hex >= 2)
            continue; /* perhaps a serial with separators */
        check(!serial_parse(&out, text, length));
        check(!memcmp(&out, &untouched, sizeof out));
    }
}

TEST(id_survives_format_and_parse)
{
    struct random random = random_seeded();

    for (int i = 0; i < 20000; i++) {
        int64_t before = (int64_t)(random_next(&random) >> (1 + random_below(&random, 62)));
        int64_t after = 0;
        char text[ID_TEXT_SIZE];

        if (before == 0)
            continue;
        id_format(text, before);
        check(id_parse(&after, text, strlen(text)));
        check_int(after, before);
    }
}

TEST(id_is_written_in_one_way_only)
{
    struct random random = random_seeded();

    for (int i = 0; i < 20000; i++) {
        static const char near[] = "0123456789abcdefghijklmnopqrstuvwxyzABZ-";
        char text[ID_TEXT_SIZE] = "", again[ID_TEXT_SIZE];
        int64_t id;

        for (size_t j = 0; j < ID_TEXT_SIZE - 1; j++)
            text[j] = near[random_below(&random, j == 0 ? 10 : sizeof near - 1)];
        if (!id_parse(&id, text, ID_TEXT_SIZE - 1))
            continue;
        id_format(again, id);
        check_text(again, text);
    }
}

TEST(varint_survives_writing_and_reading)
{
    struct random random = random_seeded();

    for (int i = 0; i < 50000; i++) {
        uint64_t before = random_next(&random) >> random_below(&random, 64), after = 0;
        uint8_t bytes[VARINT_MOST_BYTES];
        const uint8_t *at = bytes;
        size_t size = varint_write(bytes, before);

        check(varint_read(&after, &at, bytes + size));
        check(after == before && at == bytes + size);
        check_int(zigzag_decode(zigzag_encode((int64_t)before)), (int64_t)before);
    }
}

TEST(utc_survives_format_and_parse)
{
    struct random random = random_seeded();

    for (int i = 0; i < 20000; i++) {
        utc_seconds before = (utc_seconds)(random_next(&random) % (uint64_t)INT64_C(315537897600))
                             - INT64_C(62135596800);
        utc_seconds after = 0;
        char text[UTC_TEXT_SIZE];

        utc_format(text, before);
        check(utc_parse(&after, text, strlen(text)));
        check_int(after, before);
    }
}

/* Day by day through 9999 years: each date is the one after the one before. */
TEST(utc_calendar_goes_on_by_one_day)
{
    struct civil_date date = { 1, 1, 1 };

    for (day_number day = civil_to_days(date); date.year < 10000; day++) {
        struct civil_date got = civil_from_days(day);

        if (got.year != date.year || got.month != date.month || got.day != date.day
            || civil_to_days(date) != day) {
            check_int(day, 0);
            return;
        }
        date.day++;
        if (date.day > civil_month_length(date.year, date.month)) {
            date.day = 1;
            date.month++;
        }
        if (date.month > 12) {
            date.month = 1;
            date.year++;
        }
    }
    check_int(civil_to_days(date), 2932897);
}
