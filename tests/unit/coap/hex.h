/* hex.h - bytes written as text, for tables of frames. */
#ifndef TESTS_UNIT_COAP_HEX_H
#define TESTS_UNIT_COAP_HEX_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { HEX_MOST_BYTES = 4096 };

struct bytes {
    size_t size;
    uint8_t at[HEX_MOST_BYTES];
};

/* "44 02 1234": pairs of digits, with spaces where one likes. */
static inline struct bytes
from_hex(const char *text)
{
    struct bytes out = { .size = 0 };
    unsigned byte;
    int used;

    while (sscanf(text, " %2x%n", &byte, &used) == 1) {
        assert(out.size < HEX_MOST_BYTES);
        out.at[out.size++] = (uint8_t)byte;
        text += used;
    }
    return out;
}

static inline const char *
to_hex(const uint8_t *bytes, size_t size)
{
    static char text[2 * HEX_MOST_BYTES + 1];

    text[0] = 0;
    for (size_t i = 0; i < size && i < HEX_MOST_BYTES; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    return text;
}

#endif
