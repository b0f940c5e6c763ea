#include <string.h>

#include "base/text.h"
#include "support/check.h"

TEST(text_reads_whole_numbers_only)
{
    static const struct {
        const char *text;
        int64_t min, max;
        int want; /* 1: a number, which is `number` */
        int64_t number;
    } rows[] = {
        { "0", 0, 9, 1, 0 },
        { "9", 0, 9, 1, 9 },
        { "10", 0, 9, 0, 0 },
        { "-1", 0, 9, 0, 0 },
        { "-1", -1, 9, 1, -1 },
        { "9223372036854775807", INT64_MIN, INT64_MAX, 1, INT64_MAX },
        { "9223372036854775808", INT64_MIN, INT64_MAX, 0, 0 },
        { "-9223372036854775808", INT64_MIN, INT64_MAX, 1, INT64_MIN },
        { "-9223372036854775809", INT64_MIN, INT64_MAX, 0, 0 },
        { "99999999999999999999", INT64_MIN, INT64_MAX, 0, 0 },
        { "", 0, 9, 0, 0 },
        { "-", -9, 9, 0, 0 },
        { "-0", -9, 9, 0, 0 },
        { "+1", 0, 9, 0, 0 },
        { "01", 0, 9, 0, 0 },
        { " 1", 0, 9, 0, 0 },
        { "1 ", 0, 9, 0, 0 },
        { "1.0", 0, 9, 0, 0 },
        { "0x1", 0, 9, 0, 0 },
        { "1e1", 0, 99, 0, 0 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t number = 77;

        check_row(rows[i].text);
        check_int(
            text_to_int64(&number, rows[i].text, strlen(rows[i].text), rows[i].min, rows[i].max),
            rows[i].want);
        check_int(number, rows[i].want ? rows[i].number : 77);
    }
}

TEST(text_knows_utf8)
{
    static const struct {
        const char *row, *bytes;
        int want;
    } rows[] = {
        { "empty", "", 1 },
        { "ascii", "plain", 1 },
        { "two bytes, lowest", "\xC2\x80", 1 },
        { "two bytes, overlong", "\xC1\xBF", 0 },
        { "overlong slash", "\xC0\xAF", 0 },
        { "three bytes, lowest", "\xE0\xA0\x80", 1 },
        { "three bytes, overlong", "\xE0\x9F\xBF", 0 },
        { "last before the surrogates", "\xED\x9F\xBF", 1 },
        { "first surrogate", "\xED\xA0\x80", 0 },
        { "first after the surrogates", "\xEE\x80\x80", 1 },
        { "four bytes, lowest", "\xF0\x90\x80\x80", 1 },
        { "four bytes, overlong", "\xF0\x8F\xBF\xBF", 0 },
        { "highest", "\xF4\x8F\xBF\xBF", 1 },
        { "beyond the highest", "\xF4\x90\x80\x80", 0 },
        { "lead byte F5", "\xF5\x80\x80\x80", 0 },
        { "lone continuation", "a\x80", 0 },
        { "cut after one", "\xC3", 0 },
        { "cut after two", "\xE2\x82", 0 },
        { "cut after three", "\xF0\x9F\x98", 0 },
        { "continuation missing", "\xE2\x82g", 0 },
        { "byte FF", "\xFF", 0 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check_row(rows[i].row);
        check_int(utf8_valid(rows[i].bytes, strlen(rows[i].bytes)), rows[i].want);
    }
    check_row("NUL inside");
    check(utf8_valid("a\0b", 3));
}

TEST(text_finds_control_characters)
{
    check(!text_has_control("", 0));
    check(!text_has_control("Łódź 1", strlen("Łódź 1")));
    check(text_has_control("a\nb", 3));
    check(text_has_control("a\0b", 3));
    check(text_has_control("a\x7F", 2));
    check(text_has_control("a\xC2\x80", 3));
    check(text_has_control("a\xC2\x9F"
                           "b",
                           4));
    check(!text_has_control("a\xC2\xA0", 3));
    check(!text_has_control("\xC3\x9F", 2));
    check(!text_has_control("a\x1F", 1));
}

static const char *
trimmed(const char *text)
{
    static char out[32];
    size_t length = strlen(text);

    text_trim(&text, &length);
    memcpy(out, text, length);
    out[length] = '\0';
    return out;
}

TEST(text_trims_both_ends)
{
    check_text(trimmed(""), "");
    check_text(trimmed(" \t\r\n"), "");
    check_text(trimmed("a"), "a");
    check_text(trimmed("  a b\n"), "a b");
}

TEST(text_compares_without_case)
{
    check(text_equal_nocase("Bearer", 6, "bearer"));
    check(text_equal_nocase("", 0, ""));
    check(!text_equal_nocase("Bear", 4, "bearer"));
    check(!text_equal_nocase("Bearer", 6, "bear"));
    check(!text_equal_nocase("bearer\0x", 8, "bearer"));
    check(!text_equal_nocase("[", 1, "{"));
}

TEST(text_lowers_ascii_letters_only)
{
    char out[16];

    text_lower(out, "AZ[az09Ł", strlen("AZ[az09Ł"));
    check_text(out, "az[az09Ł");
    text_lower(out, "ABC", 1);
    check_text(out, "a");
}

TEST(text_finds_its_word_in_a_table_with_gaps)
{
    static const char *const words[] = { NULL, "one", "three", "on" };
    static const struct {
        const char *text;
        size_t place;
    } rows[] = { { "one", 1 }, { "three", 2 }, { "on", 3 },  { "", 4 },
                 { "o", 4 },   { "One", 4 },   { "ones", 4 } };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check_row(rows[i].text);
        check_int(text_find_word(words, 4, rows[i].text, strlen(rows[i].text)), rows[i].place);
    }
    check_int(text_find_word(words, 3, "on", 2), 3);
    check_int(text_find_word(words, 4, "on", 1), 4);
}

TEST(text_knows_hexadecimal_digits_in_either_case)
{
    static const char digits[] = "0123456789abcdef", capitals[] = "0123456789ABCDEF";
    int known = 0;

    for (int i = 0; i < 16; i++) {
        check_int(text_hex_digit(digits[i]), i);
        check_int(text_hex_digit(capitals[i]), i);
    }
    for (int c = -128; c < 128; c++)
        known += text_hex_digit((char)c) >= 0;
    check_int(known, 22);
}
