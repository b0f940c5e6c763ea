#include "base/text.h"

#include <string.h>

bool
text_to_int64(int64_t *out, const char *text, size_t length, int64_t min, int64_t max)
{
    bool negative = length > 0 && text[0] == '-';
    size_t first = negative ? 1 : 0;
    int64_t number = 0;

    if (first == length || (text[first] == '0' && length > 1))
        return false;
    for (size_t i = first; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        int digit = negative ? -(text[i] - '0') : text[i] - '0';
        if (__builtin_mul_overflow(number, 10, &number)
            || __builtin_add_overflow(number, digit, &number))
            return false;
    }
    if (number < min || number > max)
        return false;
    *out = number;
    return true;
}

/* RFC 3629, section 4: the first or the second byte excludes overlong forms, surrogates, and
 * numbers above U+10FFFF. */
size_t
utf8_character(const char *text, size_t left)
{
    const unsigned char *bytes = (const unsigned char *)text;
    unsigned char lead = bytes[0];
    unsigned char low = 0x80, high = 0xBF;
    size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;

    if (length == 1)
        return 1;
    if (lead < 0xC2 || lead > 0xF4 || left < length)
        return 0;
    if (lead == 0xE0)
        low = 0xA0;
    if (lead == 0xED)
        high = 0x9F;
    if (lead == 0xF0)
        low = 0x90;
    if (lead == 0xF4)
        high = 0x8F;
    if (bytes[1] < low || bytes[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if (bytes[i] < 0x80 || bytes[i] > 0xBF)
            return 0;
    return length;
}

bool
utf8_valid(const char *bytes, size_t length)
{
    while (length > 0) {
        size_t taken = utf8_character(bytes, length);
        if (taken == 0)
            return false;
        bytes += taken;
        length -= taken;
    }
    return true;
}

bool
text_has_control(const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;

    for (size_t i = 0; i < length; i++) {
        bool second_block = bytes[i] == 0xC2 && i + 1 < length && bytes[i + 1] < 0xA0;
        if (bytes[i] < 0x20 || bytes[i] == 0x7F || second_block)
            return true;
    }
    return false;
}

bool
text_is_ascii(const char *text, size_t length)
{
    unsigned char all = 0;

    for (size_t i = 0; i < length; i++)
        all |= (unsigned char)text[i];
    return all < 0x80;
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

void
text_trim(const char **text, size_t *length)
{
    while (*length > 0 && is_blank((*text)[0])) {
        ++*text;
        --*length;
    }
    while (*length > 0 && is_blank((*text)[*length - 1]))
        --*length;
}

static char
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool
text_equal_nocase(const char *text, size_t length, const char *word)
{
    for (size_t i = 0; i < length; i++)
        if (word[i] == '\0' || lower(text[i]) != lower(word[i]))
            return false;
    return word[length] == '\0';
}

int
text_hex_digit(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

int
text_percent_byte(const char *text, size_t length)
{
    int high = length >= 3 && text[0] == '%' ? text_hex_digit(text[1]) : -1;
    int low = high < 0 ? -1 : text_hex_digit(text[2]);

    return low < 0 ? -1 : high * 16 + low;
}

size_t
text_find_word(const char *const *words, size_t count, const char *text, size_t length)
{
    size_t place = 0;

    while (place < count
           && (!words[place] || strlen(words[place]) != length
               || memcmp(words[place], text, length) != 0))
        place++;
    return place;
}

void
text_lower(char *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        out[i] = lower(text[i]);
    out[length] = '\0';
}
