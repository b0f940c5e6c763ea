/*
 * text.h - small questions about bytes that came from outside.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of somebody else's text. */
struct span {
    const char *at;
    size_t length;
};

/* Decimal digits with at most one '-' before them, nothing else: no space, no
 * '+', no leading zero. False (and *out untouched) for another form or for a
 * number outside `min` to `max`. */
bool text_to_int64(int64_t *out, const char *text, size_t length, int64_t min, int64_t max);

/* UTF-8 as RFC 3629 defines it: shortest form, no surrogates, up to U+10FFFF.
 * NUL and other control characters count as valid. */
bool utf8_valid(const char *bytes, size_t length);

/* True for a control character anywhere in the text: U+0000 to U+001F, U+007F to U+009F. */
bool text_has_control(const char *text, size_t length);

/* 0 to 15 of a hexadecimal digit in either case; -1 of anything else. */
int text_hex_digit(char digit);

/* Moves the two ends inwards past ASCII spaces, tabs and line breaks. */
void text_trim(const char **text, size_t *length);

/* Is the text `word`, ASCII letters compared without regard to case? */
bool text_equal_nocase(const char *text, size_t length, const char *word);

/* The place of the text in `words`, of which some may be NULL; `count` when it is none of them. */
size_t text_find_word(const char *const *words, size_t count, const char *text, size_t length);

/* Writes `length` bytes and NUL, with ASCII letters in lower case. Other letters stay as they are:
 * see unicode.h. */
void text_lower(char *out, const char *text, size_t length);

#endif
