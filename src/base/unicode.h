/*
 * unicode.h - texts that people type: one normal form, what a search and an order compare, and
 * what nobody can see (libunistring).
 *
 * Every function takes `length` bytes of UTF-8. Of bytes that are no UTF-8, only ASCII letters
 * change. Without any memory left the process ends.
 */
#ifndef BASE_UNICODE_H
#define BASE_UNICODE_H

#include <stdbool.h>
#include <stddef.h>

enum {
    UNICODE_GROWTH = 3, /* a normal form has at most so many times the bytes of its text */
    UNICODE_FOLDED_MOST_BYTES = 600,
    UNICODE_FOLDED_SIZE = UNICODE_FOLDED_MOST_BYTES + 1,
    UNICODE_FOLD_VERSION_SIZE = 24,
};

/* Normalization Form C (Unicode Standard Annex 15). `out` has room for UNICODE_GROWTH * length
 * bytes and NUL. Returns the bytes written, without the NUL. */
size_t unicode_nfc(char *out, const char *text, size_t length);

/* The same in lower case, whatever the language. */
size_t unicode_lower(char *out, const char *text, size_t length);

/* The folded form, by which a text is found and sorted: without case, accents, widths of letters
 * and characters that nobody sees. "Kühlraum" becomes "kuhlraum", "Łódź" becomes "lodz", "Groß"
 * becomes "gross". A folded form folds to itself. Its first UNICODE_FOLDED_MOST_BYTES bytes are
 * kept, without a cut character. */
void unicode_fold(char out[UNICODE_FOLDED_SIZE], const char *text, size_t length);

/* Names the rules of unicode_fold(): those of this program and of the library. */
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
    UNICODE_BLANK,     /* nothing in it can be seen */
    UNICODE_DIRECTION, /* it changes the direction of what stands around it */
    UNICODE_HIDDEN,    /* a character that takes no room, or a line separator */
    UNICODE_FLAW_COUNT
};

/* May people be shown the text as a name? It holds a character that can be seen, and none that
 * hides: no controls of direction, no line separators, no characters without width. Accents are
 * none of these, nor is a variation selector behind a character, nor a joiner (U+200C, U+200D)
 * between letters or emoji. */
enum unicode_flaw unicode_check(const char *text, size_t length);

/* What is wrong, to stand behind "it": "must hold ...". */
const char *unicode_flaw_sentence(enum unicode_flaw flaw);

/* Can every character be seen, apart from accents? Spaces and joiners cannot. */
bool unicode_all_visible(const char *text, size_t length);

#endif
