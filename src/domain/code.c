#include "domain/code.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "domain/pasted.h"

const char code_alphabet[33] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

enum { GROUP = 5, DATA_SYMBOLS = CODE_SYMBOLS - 1, REDUCTION = 0x25 };

static const struct pasted_form code_form = { .symbols = CODE_SYMBOLS, .alphabet = "" };

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

/* The first character that is not a symbol; the end of the text: there is none. */
static const char *
find_stranger(const char *symbols)
{
    while (*symbols && code_value_of(*symbols) >= 0)
        symbols++;
    return symbols;
}

enum code_reading
code_parse(struct code *out, const char *text, size_t length)
{
    char symbols[PASTED_SIZE];
    struct code code;

    if (!pasted_symbols(symbols, text, length, &code_form))
        return CODE_TOO_LONG;
    if (*find_stranger(symbols))
        return CODE_BAD_SYMBOL;
    size_t count = strlen(symbols);
    if (count != CODE_SYMBOLS)
        return count < CODE_SYMBOLS ? CODE_TOO_SHORT : CODE_TOO_LONG;
    for (size_t i = 0; i < CODE_SYMBOLS; i++)
        code.values[i] = (uint8_t)code_value_of(symbols[i]);
    if (code.values[DATA_SYMBOLS] != check_value(code.values))
        return CODE_BAD_CHECK;
    *out = code;
    return CODE_OK;
}

void
code_explain(char out[CODE_EXPLAINED_SIZE], const char *text, size_t length)
{
    char symbols[PASTED_SIZE] = "", shown[PASTED_SHOWN_SIZE];
    struct code code;
    enum code_reading reading = code_parse(&code, text, length);
    bool whole = pasted_symbols(symbols, text, length, &code_form);

    if (reading == CODE_BAD_SYMBOL) {
        pasted_show(shown, find_stranger(symbols));
        snprintf(out, CODE_EXPLAINED_SIZE, "the code has %s, which never appears in a code", shown);
    } else if (reading == CODE_BAD_CHECK) {
        snprintf(out, CODE_EXPLAINED_SIZE,
                 "there is a typing error: compare the code with the original");
    } else if (whole) {
        snprintf(out, CODE_EXPLAINED_SIZE,
                 "the code is too %s: it has %zu letters and digits instead of %d",
                 reading == CODE_TOO_SHORT ? "short" : "long", strlen(symbols), CODE_SYMBOLS);
    } else {
        snprintf(out, CODE_EXPLAINED_SIZE, "the code is too long: a code has %d letters and digits",
                 CODE_SYMBOLS);
    }
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
