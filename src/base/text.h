/*
 * text.h - checks and small conversions of texts that come from outside.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Part of a text that another struct owns. */
struct span {
    const char *at;
    size_t length;
};

/* Reads decimal digits after at most one '-': no space, no '+', no leading zero. False, with *out
 * unchanged: another form, or a number outside `min` to `max`. */
bool text_to_int64(int64_t *out, const char *text, size_t length, int64_t min, int64_t max);

/* UTF-8 as RFC 3629 defines it: shortest form, no surrogates, up to U+10FFFF.
 * NUL and other control characters count as valid. */
bool utf8_valid(const char *bytes, size_t length);

/* Bytes of the character at the start of a text of `left` bytes, at least 1; 0: it is not UTF-8. */
size_t utf8_character(const char *text, size_t left);

/* True for a control character anywhere in the text: U+0000 to U+001F, U+007F to U+009F. */
bool text_has_control(const char *text, size_t length);

bool text_is_ascii(const char *text, size_t length);

/* The value of a hexadecimal digit in either case; -1: it is not one. */
int text_hex_digit(char digit);

/* The byte of an escape such as "%2F" at the start of the text; -1: there is none. */
int text_percent_byte(const char *text, size_t length);

/* Removes ASCII spaces, tabs and line breaks at both ends. */
void text_trim(const char **text, size_t *length);

/* Is the text equal to `word`, apart from the case of ASCII letters? */
bool text_equal_nocase(const char *text, size_t length, const char *word);

/* The index of the text in `words`, some of which may be NULL; `count`: it is not there. */
size_t text_find_word(const char *const *words, size_t count, const char *text, size_t length);

/* Writes `length` bytes and NUL, with ASCII letters in lower case; unicode.h has other letters. */
void text_lower(char *out, const char *text, size_t length);

#endif
