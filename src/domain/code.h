/*
 * code.h - activation codes: XXXXX-XXXXX-XXXXX-XXXXX-XXXXX in Crockford Base32.
 *
 * 24 random symbols (120 bits) and one check symbol over them that catches
 * every single wrong symbol and every swap of two neighbours. The pages check
 * it too, in web/, by the same rule.
 */
#ifndef DOMAIN_CODE_H
#define DOMAIN_CODE_H

#include <stddef.h>
#include <stdint.h>

enum {
    CODE_SYMBOLS = 25,
    CODE_TEXT_SIZE = 30, /* 25 symbols, 4 hyphens and NUL */
    CODE_RANDOM_BYTES = 15,
};

/* A well-formed code: its check symbol is right. Compare and hash the text
 * that code_format() gives, or `values`: each code has one form of either. */
struct code {
    uint8_t values[CODE_SYMBOLS]; /* 0 to 31 each */
};

enum code_reading {
    CODE_OK,
    CODE_TOO_SHORT,
    CODE_TOO_LONG,
    CODE_BAD_SYMBOL, /* something that is no symbol, such as U or '*' */
    CODE_BAD_CHECK,  /* a typing slip */
    CODE_READING_COUNT
};

/* 0123456789ABCDEFGHJKMNPQRSTVWXYZ; the value of a symbol is its place. */
extern const char code_alphabet[33];

/* Case, hyphens and white space do not count; O reads as 0, I and L as 1. A
 * wrong symbol is said before a wrong length. Anything but CODE_OK leaves *out
 * as it was. */
enum code_reading code_parse(struct code *out, const char *text, size_t length);

/* One sentence for the person who typed it, without a full stop; "" for OK. */
extern const char *const code_reading_sentences[CODE_READING_COUNT];

void code_format(char out[CODE_TEXT_SIZE], const struct code *code);

/* 120 bits from the system's generator become a code. */
struct code code_from_random(const uint8_t bytes[CODE_RANDOM_BYTES]);

#endif
