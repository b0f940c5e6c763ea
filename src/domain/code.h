/*
 * code.h - activation codes: XXXXX-XXXXX-XXXXX-XXXXX-XXXXX in Crockford Base32.
 *
 * 24 random symbols (120 bits) and a check symbol that detects every single wrong symbol and every
 * swap of two symbols. The pages (web/) check it by the same rule.
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

/* A code with a correct check symbol. Compare and hash `values` or the text of code_format(): a
 * code has only one form of each. */
struct code {
    uint8_t values[CODE_SYMBOLS]; /* 0 to 31 each */
};

enum code_reading {
    CODE_OK,
    CODE_TOO_SHORT,
    CODE_TOO_LONG,
    CODE_BAD_SYMBOL, /* a letter that is not a symbol, such as U */
    CODE_BAD_CHECK,  /* a typing error */
};

/* The value of a symbol is its index. */
extern const char code_alphabet[33];

/* Reads a code as people paste it (domain/pasted.h), in upper or lower case, O as 0, I and L as 1.
 * Reports a wrong symbol before a wrong length. Other results than CODE_OK leave *out as it was. */
enum code_reading code_parse(struct code *out, const char *text, size_t length);

enum { CODE_EXPLAINED_SIZE = 120 };

/* A sentence for the person who typed a text that code_parse() refuses, without a period. */
void code_explain(char out[CODE_EXPLAINED_SIZE], const char *text, size_t length);

void code_format(char out[CODE_TEXT_SIZE], const struct code *code);

/* Makes a code of 120 random bits. */
struct code code_from_random(const uint8_t bytes[CODE_RANDOM_BYTES]);

#endif
