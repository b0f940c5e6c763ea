#include "domain/serial.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "domain/pasted.h"

enum { DIGITS = SERIAL_TEXT_SIZE - 1 };

static const struct pasted_form serial_form = { .symbols = DIGITS, .alphabet = "ABCDEF" };

/* The form in which the store and the devices write it. */
static bool
read_digits(struct serial *out, const char *text)
{
    struct serial serial;

    for (size_t i = 0; i < sizeof serial.bytes; i++) {
        int high = text_hex_digit(text[2 * i]), low = text_hex_digit(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        serial.bytes[i] = (uint8_t)(high << 4 | low);
    }
    *out = serial;
    return true;
}

/* Skips "SN" and "0x" directly before the digits. */
static const char *
skip_mark(const char *symbols)
{
    if (text_equal_nocase(symbols, strnlen(symbols, 2), "sn"))
        symbols += 2;
    return strlen(symbols) > DIGITS && text_equal_nocase(symbols, 2, "0x") ? symbols + 2 : symbols;
}

bool
serial_parse(struct serial *out, const char *text, size_t length)
{
    char symbols[PASTED_SIZE];

    if (length == DIGITS && read_digits(out, text))
        return true;
    if (!pasted_symbols(symbols, text, length, &serial_form))
        return false;
    const char *digits = skip_mark(symbols);
    return strlen(digits) == DIGITS && read_digits(out, digits);
}

static size_t
skip_decimal(const char *text, size_t at, size_t length)
{
    while (at < length && text[at] >= '0' && text[at] <= '9')
        at++;
    return at;
}

/* Is the text a number such as 2,82E+11? */
static bool
is_scientific(const char *text, size_t length)
{
    size_t at = skip_decimal(text, 0, length), digits = at;

    if (at > 0 && at < length && (text[at] == '.' || text[at] == ','))
        at = skip_decimal(text, at + 1, length);
    if (digits == 0 || length - at < 3 || (text[at] != 'E' && text[at] != 'e')
        || (text[at + 1] != '+' && text[at + 1] != '-'))
        return false;
    return skip_decimal(text, at + 2, length) == length;
}

static const char *
find_no_digit(const char *symbols)
{
    while (*symbols && text_hex_digit(*symbols) >= 0)
        symbols++;
    return symbols;
}

void
serial_explain(char out[SERIAL_EXPLAINED_SIZE], const char *text, size_t length)
{
    static const char rule[] = "it must be 12 hexadecimal digits, such as 282C02402FAD";
    char symbols[PASTED_SIZE], shown[PASTED_SHOWN_SIZE];
    bool whole = pasted_symbols(symbols, text, length, &serial_form);
    const char *digits = whole ? skip_mark(symbols) : "";
    size_t count = pasted_count(digits);

    text_trim(&text, &length);
    if (is_scientific(text, length)) {
        snprintf(out, SERIAL_EXPLAINED_SIZE,
                 "%s: a spreadsheet has changed it to the number %.*s; format the column as text "
                 "and enter the serial again",
                 rule, (int)(length < 20 ? length : 20), text);
    } else if (count == 0) {
        snprintf(out, SERIAL_EXPLAINED_SIZE, "%s", rule);
    } else if (*find_no_digit(digits)) {
        pasted_show(shown, find_no_digit(digits));
        snprintf(out, SERIAL_EXPLAINED_SIZE, "%s: %s is not a hexadecimal digit", rule, shown);
    } else if (count < DIGITS && skip_decimal(digits, 0, count) == count) {
        snprintf(out, SERIAL_EXPLAINED_SIZE,
                 "%s: it has %zu digits; a spreadsheet removes zeros at the start of a number, so "
                 "format the column as text",
                 rule, count);
    } else {
        snprintf(out, SERIAL_EXPLAINED_SIZE, "%s: it has %zu", rule, count);
    }
}

void
serial_format(char out[SERIAL_TEXT_SIZE], struct serial serial)
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < sizeof serial.bytes; i++) {
        out[2 * i] = digits[serial.bytes[i] >> 4];
        out[2 * i + 1] = digits[serial.bytes[i] & 0x0F];
    }
    out[SERIAL_TEXT_SIZE - 1] = '\0';
}

uint64_t
serial_number(struct serial serial)
{
    uint64_t number = 0;

    for (size_t i = 0; i < sizeof serial.bytes; i++)
        number = number << 8 | serial.bytes[i];
    return number;
}

struct serial
serial_from_number(uint64_t number)
{
    struct serial serial;

    for (size_t i = sizeof serial.bytes; i-- > 0; number >>= 8)
        serial.bytes[i] = (uint8_t)number;
    return serial;
}
