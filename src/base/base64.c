#include "base/base64.h"

#include <stdint.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
base64_encode(char *out, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;

    for (; size > 0; out += 4) {
        size_t taken = size < 3 ? size : 3;
        uint32_t bits = (uint32_t)at[0] << 16 | (taken > 1 ? (uint32_t)at[1] << 8 : 0)
                        | (taken > 2 ? at[2] : 0U);

        out[0] = alphabet[bits >> 18];
        out[1] = alphabet[bits >> 12 & 63];
        out[2] = taken > 1 ? alphabet[bits >> 6 & 63] : '=';
        out[3] = taken > 2 ? alphabet[bits & 63] : '=';
        at += taken;
        size -= taken;
    }
    *out = '\0';
}
