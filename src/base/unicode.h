/*
 * unicode.h - texts that people type: one normal form, what a search and an order compare, and
 * what nobody can see (libunistring).
 *
 * Every function takes valid UTF-8 of `length` bytes and ends the process if the machine is out
 * of memory.
 */
#ifndef BASE_UNICODE_H
#define BASE_UNICODE_H

#include <stdbool.h>
#include <stddef.h>

enum {
    UNICODE_GROWTH = 3, /* a normal form has at most so many times the bytes of its text */
    UNICODE_KEY_MOST_BYTES = 600,
    UNICODE_KEY_SIZE = UNICODE_KEY_MOST_BYTES + 1,
    UNICODE_KEY_VERSION_SIZE = 24,
};

/* Normalization Form C (Unicode Standard Annex 15). `out` has room for UNICODE_GROWTH * length
 * bytes and NUL. Returns the bytes written, without the NUL. */
size_t unicode_nfc(char *out, const char *text, size_t length);

/* The same in lower case, whatever the language. */
size_t unicode_lower(char *out, const char *text, size_t length);

/* The key by which a text is found and sorted: without regard to case, accents, width of letters
 * and characters that nobody sees. "Kühlraum" becomes "kuhlraum", "Łódź" becomes "lodz", "Groß"
 * becomes "gross". A key is its own key. Its first UNICODE_KEY_MOST_BYTES bytes are kept, without
 * a cut character. */
void unicode_key(char out[UNICODE_KEY_SIZE], const char *text, size_t length);

/* Names the rules of unicode_key(): of this program and of the library. Keys of another version
 * have to be made again. */
void unicode_key_version(char out[UNICODE_KEY_VERSION_SIZE]);

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
