/*
 * varint.h - integers of variable length: unsigned LEB128, and zigzag for signed ones (0, -1, 1,
 * -2,
 * ... become 0, 1, 2, 3, ...).
 */
#ifndef BASE_VARINT_H
#define BASE_VARINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { VARINT_MOST_BYTES = 10 };

/* `out` has VARINT_MOST_BYTES of room. Returns the bytes written, 1 to 10. */
static inline size_t
varint_write(uint8_t *out, uint64_t number)
{
    size_t size = 0;

    while (number >= 0x80) {
        out[size++] = (uint8_t)(number | 0x80);
        number >>= 7;
    }
    out[size++] = (uint8_t)number;
    return size;
}

/* Reads a number at *at and advances *at. False, with *at and *out unchanged: the bytes end too
 * early, or the number exceeds 64 bits. */
static inline bool
varint_read(uint64_t *out, const uint8_t **at, const uint8_t *end)
{
    uint64_t number = 0;
    const uint8_t *byte = *at;

    for (unsigned shift = 0; byte < end && shift < 64; shift += 7, byte++) {
        if (shift == 63 && *byte > 1)
            return false;
        number |= (uint64_t)(*byte & 0x7F) << shift;
        if (*byte < 0x80) {
            *at = byte + 1;
            *out = number;
            return true;
        }
    }
    return false;
}

static inline uint64_t
zigzag_encode(int64_t number)
{
    return (uint64_t)number << 1 ^ (number < 0 ? UINT64_MAX : 0);
}

static inline int64_t
zigzag_decode(uint64_t number)
{
    return (int64_t)(number >> 1 ^ (number & 1 ? UINT64_MAX : 0));
}

#endif
