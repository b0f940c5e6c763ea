#include "domain/code.h"

#include <stdbool.h>

const char code_alphabet[33] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

enum { GROUP = 5, DATA_SYMBOLS = CODE_SYMBOLS - 1, REDUCTION = 0x25 };

const char *const code_reading_sentences[] = {
    [CODE_OK] = "",
    [CODE_TOO_SHORT] = "the code is too short: a code has 25 letters and digits",
    [CODE_TOO_LONG] = "the code is too long: a code has 25 letters and digits",
    [CODE_BAD_SYMBOL] = "the code has a character that never appears in a code",
    [CODE_BAD_CHECK] = "there is a typing error: compare the code with the original",
};
_Static_assert(sizeof code_reading_sentences / sizeof code_reading_sentences[0]
                   == CODE_READING_COUNT,
               "a reading has no sentence");

/* Twice `value` in GF(2^5) modulo x^5 + x^2 + 1. */
static unsigned
double_in_field(unsigned value)
{
    unsigned doubled = value << 1;

    return doubled & 32 ? doubled ^ REDUCTION : doubled;
}

/* The sum of the symbols, each times its own power of 2. 2 has the order 31, so the 25 places have
 * different factors: every single error and every swap of two symbols changes the sum. */
static uint8_t
check_value(const uint8_t values[DATA_SYMBOLS])
{
    unsigned check = 0;

    for (int i = 0; i < DATA_SYMBOLS; i++)
        check = double_in_field(check ^ values[i]);
    return (uint8_t)check;
}

static int
code_value_of(char c)
{
    char upper = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;

    if (upper == 'O')
        return 0;
    if (upper == 'I' || upper == 'L')
        return 1;
    for (int value = 0; value < 32; value++)
        if (code_alphabet[value] == upper)
            return value;
    return -1;
}

static bool
is_ignored(char c)
{
    return c == '-' || c == ' ' || (c >= '\t' && c <= '\r');
}

enum code_reading
code_parse(struct code *out, const char *text, size_t length)
{
    struct code code;
    size_t count = 0;

    for (size_t i = 0; i < length; i++) {
        if (is_ignored(text[i]))
            continue;
        int value = code_value_of(text[i]);
        if (value < 0)
            return CODE_BAD_SYMBOL;
        if (count < CODE_SYMBOLS)
            code.values[count] = (uint8_t)value;
        count++;
    }
    if (count != CODE_SYMBOLS)
        return count < CODE_SYMBOLS ? CODE_TOO_SHORT : CODE_TOO_LONG;
    if (code.values[DATA_SYMBOLS] != check_value(code.values))
        return CODE_BAD_CHECK;
    *out = code;
    return CODE_OK;
}

void
code_format(char out[CODE_TEXT_SIZE], const struct code *code)
{
    size_t at = 0;

    for (size_t i = 0; i < CODE_SYMBOLS; i++) {
        if (i > 0 && i % GROUP == 0)
            out[at++] = '-';
        out[at++] = code_alphabet[code->values[i] & 31];
    }
    out[at] = '\0';
}

struct code
code_from_random(const uint8_t bytes[CODE_RANDOM_BYTES])
{
    struct code code;

    for (size_t i = 0; i < DATA_SYMBOLS; i++) {
        size_t bit = i * 5, byte = bit / 8;
        unsigned pair = (unsigned)bytes[byte] << 8;
        if (byte + 1 < CODE_RANDOM_BYTES)
            pair |= bytes[byte + 1];
        code.values[i] = (uint8_t)(pair >> (11 - bit % 8) & 31);
    }
    code.values[DATA_SYMBOLS] = check_value(code.values);
    return code;
}
