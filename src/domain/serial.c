#include "domain/serial.h"

#include "base/text.h"

bool
serial_parse(struct serial *out, const char *text, size_t length)
{
    struct serial serial;
    size_t at = 0;

    for (size_t i = 0; i < sizeof serial.bytes; i++) {
        if (i > 0 && at < length && (text[at] == ':' || text[at] == '-'))
            at++;
        if (length - at < 2)
            return false;
        int high = text_hex_digit(text[at]), low = text_hex_digit(text[at + 1]);
        if (high < 0 || low < 0)
            return false;
        serial.bytes[i] = (uint8_t)(high << 4 | low);
        at += 2;
    }
    if (at != length)
        return false;
    *out = serial;
    return true;
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
