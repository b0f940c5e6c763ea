/*
 * unicode.h - texts that people type: their normal form, the form for searching and sorting, and
 * invisible characters (libunistring).
 *
 * Every function takes `length` bytes of UTF-8. In bytes that are not UTF-8, only ASCII letters
 * change. The process ends when no memory is left.
 */
#ifndef BASE_UNICODE_H
#define BASE_UNICODE_H

#include <stdbool.h>
#include <stddef.h>

enum {
    UNICODE_GROWTH = 3, /* a normal form has at most this many times the bytes of its text */
    UNICODE_FOLDED_MOST_BYTES = 600,
    UNICODE_FOLDED_SIZE = UNICODE_FOLDED_MOST_BYTES + 1,
    UNICODE_FOLD_VERSION_SIZE = 24,
};

/* Normalization Form C (Unicode Standard Annex 15). `out` has room for UNICODE_GROWTH * length
 * bytes and NUL. Returns the bytes written, without the NUL. */
size_t unicode_nfc(char *out, const char *text, size_t length);

/* The same in lower case, by the rules of no particular language. */
size_t unicode_lower(char *out, const char *text, size_t length);

/* The folded form, for searching and sorting: without case, accents, widths of letters and
 * invisible characters. "Kühlraum" becomes "kuhlraum", "Łódź" becomes "lodz", "Groß" becomes
 * "gross". A folded form folds to itself. It keeps the first UNICODE_FOLDED_MOST_BYTES bytes and
 * cuts no character. */
void unicode_fold(char out[UNICODE_FOLDED_SIZE], const char *text, size_t length);

/* The version of unicode_fold(): of the rules in this program and in the library. */
void unicode_fold_version(char out[UNICODE_FOLD_VERSION_SIZE]);

enum unicode_fold_age {
    UNICODE_FOLD_OLD_RULES,   /* of an older program */
    UNICODE_FOLD_OLD_LIBRARY, /* of this program with an older library */
    UNICODE_FOLD_SAME,
    UNICODE_FOLD_NEWER, /* of a newer program, or of this one with a newer library */
};

/* Compares a version with that of this process. A text that names no version is of an older
 * program. */
enum unicode_fold_age unicode_fold_age(const char *version);

enum unicode_flaw {
    UNICODE_OK,
    UNICODE_BLANK,     /* no character is visible */
    UNICODE_DIRECTION, /* a character changes the direction of text */
    UNICODE_HIDDEN,    /* a character without width, or a line separator */
    UNICODE_FLAW_COUNT
};

/* Can the text be a name? A name has a visible character, and no controls of direction, no line
 * separators and no characters without width. Allowed are accents, a variation selector behind a
 * character, and a joiner (U+200C, U+200D) between letters or emoji. */
enum unicode_flaw unicode_check(const char *text, size_t length);

/* Describes the flaw. The sentence continues "it": "must hold ...". */
const char *unicode_flaw_sentence(enum unicode_flaw flaw);

/* A pasted code or serial in a simple form, of at most `length` bytes and NUL: letters, digits and
 * marks stay, with full-width ones in ASCII; a dash of any kind is '-', a colon of any kind ':'.
 * All other characters (spaces, quotes, line breaks, characters without width) are ' '. Other
 * controls and bytes that are not UTF-8 are '?'. Returns the bytes written, without the NUL. */
size_t unicode_plain(char *out, const char *text, size_t length);

/* Is every character visible, apart from accents? Spaces and joiners are not. */
bool unicode_all_visible(const char *text, size_t length);

#endif
