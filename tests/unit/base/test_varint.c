#include <string.h>

#include "base/varint.h"
#include "support/check.h"

TEST(varint_has_known_bytes)
{
    static const struct {
        uint64_t number;
        size_t size;
        const char *bytes;
    } rows[] = {
        { 0, 1, "\x00" },
        { 127, 1, "\x7F" },
        { 128, 2, "\x80\x01" },
        { 300, 2, "\xAC\x02" },
        { 16383, 2, "\xFF\x7F" },
        { 16384, 3, "\x80\x80\x01" },
        { UINT64_MAX, 10, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t bytes[VARINT_MOST_BYTES];
        const uint8_t *at = bytes;
        uint64_t number = 7;

        check_int(varint_write(bytes, rows[i].number), rows[i].size);
        check(!memcmp(bytes, rows[i].bytes, rows[i].size));
        check(varint_read(&number, &at, bytes + rows[i].size));
        check(number == rows[i].number);
        check(at == bytes + rows[i].size);
        at = bytes;
        check(!varint_read(&number, &at, bytes + rows[i].size - 1));
        check(at == bytes);
    }
}

TEST(varint_refuses_more_than_64_bits)
{
    static const uint8_t two[] = { 255, 255, 255, 255, 255, 255, 255, 255, 255, 2 };
    static const uint8_t eleven[] = { 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 0 };
    const uint8_t *at = two;
    uint64_t number = 7;

    check(!varint_read(&number, &at, two + sizeof two));
    at = eleven;
    check(!varint_read(&number, &at, eleven + sizeof eleven));
    check(number == 7);
}

TEST(varint_zigzag_puts_small_numbers_first)
{
    static const int64_t rows[] = { 0, -1, 1, -2, 2 };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check_int(zigzag_encode(rows[i]), (int64_t)i);
        check_int(zigzag_decode(i), rows[i]);
    }
    check(zigzag_encode(INT64_MIN) == UINT64_MAX);
    check(zigzag_encode(INT64_MAX) == UINT64_MAX - 1);
    check_int(zigzag_decode(UINT64_MAX), INT64_MIN);
}
