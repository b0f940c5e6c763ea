#include "base/unicode.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>
#include <unistring/version.h>

#include "base/memory.h"
#include "base/text.h"

enum { FOLD_RULES = 1 }; /* raise it with every change of unicode_fold() */

enum {
    NON_JOINER = 0x200C,
    JOINER = 0x200D,
    ANNOTATION_FIRST = 0xFFF9, /* three controls; the library does not call them ignorable */
    ANNOTATION_LAST = 0xFFFB,
    BLANK_BRAILLE = 0x2800,    /* the symbol without dots */
    FULL_WIDTH_FIRST = 0xFF01, /* of '!' to '~' */
    FULL_WIDTH_LAST = 0xFF5E,
};

/* The library has nothing to do for ASCII, and refuses bytes that are not UTF-8. */
static bool
is_plain(const char *text, size_t length)
{
    return text_is_ascii(text, length) || !utf8_valid(text, length);
}

/* Returns the character at *at and moves *at behind it. */
static ucs4_t
unicode_next(const uint8_t **at, const uint8_t *end)
{
    ucs4_t character;

    *at += u8_mbtouc(&character, *at, (size_t)(end - *at));
    return character;
}

/* The library returned `made`: `out` itself, or memory that we free. */
static size_t
take_result(char *out, size_t room, uint8_t *made, size_t size)
{
    memory_must(made);
    assert(size <= room); /* Unicode Standard Annex 15, section 9 */
    if ((char *)made != out) {
        memcpy(out, made, size);
        free(made);
    }
    out[size] = '\0';
    return size;
}

size_t
unicode_nfc(char *out, const char *text, size_t length)
{
    size_t room = length * UNICODE_GROWTH, size = room;

    if (is_plain(text, length)) {
        memcpy(out, text, length);
        out[length] = '\0';
        return length;
    }
    uint8_t *made = u8_normalize(UNINORM_NFC, (const uint8_t *)text, length, (uint8_t *)out, &size);
    return take_result(out, room, made, size);
}

size_t
unicode_lower(char *out, const char *text, size_t length)
{
    size_t room = length * UNICODE_GROWTH, size = room;

    if (is_plain(text, length)) {
        text_lower(out, text, length);
        return length;
    }
    uint8_t *made =
        u8_tolower((const uint8_t *)text, length, NULL, UNINORM_NFC, (uint8_t *)out, &size);
    return take_result(out, room, made, size);
}

/* Accents and points that a search ignores, by their canonical combining class. The other marks
 * change a letter: nuktas, voicing marks, viramas, and vowels of Thai or Tibetan. */
static bool
is_accent(ucs4_t character)
{
    int class = uc_combining_class(character);

    return class == UC_CCC_OV || (class >= 10 && class <= 36) || class >= UC_CCC_ATBL;
}

/* Letters without a decomposition; NULL for others. As ß is one of them, most names of Latin
 * letters are ASCII after one pass. */
static const char *
plain_letter(ucs4_t character)
{
    switch (character) {
    case 0x0C6: /* Æ */
    case 0x0E6:
        return "ae";
    case 0x0D0: /* Ð */
    case 0x0F0:
    case 0x110: /* Đ */
    case 0x111:
        return "d";
    case 0x0D8: /* Ø */
    case 0x0F8:
        return "o";
    case 0x0DE: /* Þ */
    case 0x0FE:
        return "th";
    case 0x0DF: /* ß */
    case 0x1E9E:
        return "ss";
    case 0x126: /* Ħ */
    case 0x127:
        return "h";
    case 0x131: /* dotless i */
        return "i";
    case 0x141: /* Ł */
    case 0x142:
        return "l";
    case 0x152: /* Œ */
    case 0x153:
        return "oe";
    case 0x166: /* Ŧ */
    case 0x167:
        return "t";
    default:
        return NULL;
    }
}

/* Works in place: no replacement is longer. */
static size_t
simplify(uint8_t *text, size_t length)
{
    const uint8_t *at = text, *end = text + length;
    uint8_t *out = text;

    while (at < end) {
        const uint8_t *before = at;
        ucs4_t character = unicode_next(&at, end);
        const char *plain = plain_letter(character);
        size_t size = plain ? strlen(plain) : (size_t)(at - before);
        if (!plain
            && (is_accent(character) || uc_is_property_default_ignorable_code_point(character)))
            continue;
        memmove(out, plain ? (const void *)plain : before, size);
        out += size;
    }
    return (size_t)(out - text);
}

static size_t
whole_characters(const uint8_t *text, size_t length, size_t most)
{
    if (length <= most)
        return length;
    while (most > 0 && (text[most] & 0xC0) == 0x80)
        most--;
    return most;
}

/* The text without accents, in lower case. The caller frees it. */
static uint8_t *
fold_case(const uint8_t *text, size_t length, size_t *size)
{
    uint8_t *folded = memory_must(u8_casefold(text, length, NULL, UNINORM_NFKD, NULL, size));

    *size = simplify(folded, *size);
    uint8_t *whole = memory_must(u8_normalize(UNINORM_NFC, folded, *size, NULL, size));
    free(folded);
    return whole;
}

static void
keep_folded(char out[UNICODE_FOLDED_SIZE], const uint8_t *text, size_t length)
{
    text_lower(out, (const char *)text, whole_characters(text, length, UNICODE_FOLDED_MOST_BYTES));
}

/* Removes accents before it folds the case: folding makes U+0345 a letter. */
void
unicode_fold(char out[UNICODE_FOLDED_SIZE], const char *text, size_t length)
{
    const uint8_t *bytes = (const uint8_t *)text;
    size_t size;

    if (is_plain(text, length)) {
        keep_folded(out, bytes, length);
        return;
    }
    uint8_t *apart = memory_must(u8_normalize(UNINORM_NFKD, bytes, length, NULL, &size));
    size = simplify(apart, size);
    if (is_plain((char *)apart, size)) {
        keep_folded(out, apart, size);
    } else {
        uint8_t *whole = fold_case(apart, size, &size);
        keep_folded(out, whole, size);
        free(whole);
    }
    free(apart);
}

void
unicode_fold_version(char out[UNICODE_FOLD_VERSION_SIZE])
{
    snprintf(out, UNICODE_FOLD_VERSION_SIZE, "%d.%x", FOLD_RULES, (unsigned)_libunistring_version);
}

enum unicode_fold_age
unicode_fold_age(const char *version)
{
    char *end;
    long rules = strtol(version, &end, 10);
    unsigned long library = *end == '.' ? strtoul(end + 1, NULL, 16) : 0;
    unsigned long own = (unsigned)_libunistring_version;

    if (rules != FOLD_RULES)
        return rules < FOLD_RULES ? UNICODE_FOLD_OLD_RULES : UNICODE_FOLD_NEWER;
    if (library != own)
        return library < own ? UNICODE_FOLD_OLD_LIBRARY : UNICODE_FOLD_NEWER;
    return UNICODE_FOLD_SAME;
}

static bool
is_visible(ucs4_t character)
{
    return !uc_is_general_category_withtable(character, UC_CATEGORY_MASK_Z | UC_CATEGORY_MASK_M
                                                            | UC_CATEGORY_MASK_Cc
                                                            | UC_CATEGORY_MASK_Cf)
           && !uc_is_property_default_ignorable_code_point(character) && character != BLANK_BRAILLE
           && !uc_is_property_not_a_character(character);
}

static bool
is_mark(ucs4_t character)
{
    return uc_is_general_category_withtable(character, UC_CATEGORY_MASK_M);
}

static bool
is_hidden(ucs4_t character)
{
    return uc_is_property_default_ignorable_code_point(character)
           || uc_is_general_category_withtable(character, UC_CATEGORY_MASK_Zl | UC_CATEGORY_MASK_Zp)
           || (character >= ANNOTATION_FIRST && character <= ANNOTATION_LAST);
}

static bool
is_joinable(ucs4_t character)
{
    return uc_is_general_category_withtable(character, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_M)
           || uc_is_property_extended_pictographic(character)
           || uc_is_property_emoji_modifier(character);
}

/* May the hidden `character` stand between the two? 0 is the end of the text. */
static bool
is_at_home(ucs4_t before, ucs4_t character, ucs4_t after)
{
    if (character == JOINER || character == NON_JOINER)
        return is_joinable(before) && is_joinable(after) && !is_hidden(after);
    return uc_is_property_variation_selector(character)
           && (is_visible(before) || (is_mark(before) && !is_hidden(before)));
}

enum unicode_flaw
unicode_check(const char *text, size_t length)
{
    const uint8_t *at = (const uint8_t *)text, *end = at + length;
    ucs4_t before = 0;
    bool visible = false;

    while (at < end) {
        ucs4_t character = unicode_next(&at, end);
        const uint8_t *behind = at;
        ucs4_t after = at < end ? unicode_next(&behind, end) : 0;
        if (uc_is_property_bidi_control(character))
            return UNICODE_DIRECTION;
        if (is_hidden(character) && !is_at_home(before, character, after))
            return UNICODE_HIDDEN;
        visible = visible || is_visible(character);
        before = character;
    }
    return visible ? UNICODE_OK : UNICODE_BLANK;
}

static const char *const sentences[] = {
    [UNICODE_OK] = "is fine",
    [UNICODE_BLANK] = "must hold a character that can be seen",
    [UNICODE_DIRECTION] = "must not hold characters that change the direction of text",
    [UNICODE_HIDDEN] = "must not hold characters that cannot be seen",
};
_Static_assert(sizeof sentences / sizeof sentences[0] == UNICODE_FLAW_COUNT,
               "a flaw has no sentence");

const char *
unicode_flaw_sentence(enum unicode_flaw flaw)
{
    assert((unsigned)flaw < UNICODE_FLAW_COUNT);
    return sentences[flaw];
}

bool
unicode_all_visible(const char *text, size_t length)
{
    const uint8_t *at = (const uint8_t *)text, *end = at + length;

    while (at < end) {
        ucs4_t character = unicode_next(&at, end);
        if (!is_visible(character) && (!is_mark(character) || is_hidden(character)))
            return false;
    }
    return true;
}

/* The ASCII symbol that stands for a character of a pasted text; 0: the character itself. */
static char
plain_symbol(ucs4_t character)
{
    if (character >= FULL_WIDTH_FIRST && character <= FULL_WIDTH_LAST)
        character -= FULL_WIDTH_FIRST - '!';
    if (character == 0xFE55 || character == 0x2236) /* small colon, ratio */
        return ':';
    if (character == 0x00AD || character == 0x2212 /* soft hyphen, minus */
        || uc_is_general_category_withtable(character, UC_CATEGORY_MASK_Pd))
        return '-';
    if (uc_is_general_category_withtable(character, UC_CATEGORY_MASK_Cc)
        && !uc_is_property_white_space(character))
        return '?';
    if (character == ':')
        return ':';
    if (uc_is_property_default_ignorable_code_point(character)
        || !uc_is_general_category_withtable(character, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N
                                                            | UC_CATEGORY_MASK_M))
        return ' ';
    return character < 0x80 ? (char)character : 0;
}

size_t
unicode_plain(char *out, const char *text, size_t length)
{
    size_t at = 0, size = 0;

    while (at < length) {
        size_t bytes = utf8_character(text + at, length - at);
        const uint8_t *next = (const uint8_t *)text + at;
        char symbol = bytes == 0 ? '?' : plain_symbol(unicode_next(&next, next + bytes));
        if (symbol) {
            out[size++] = symbol;
        } else {
            memcpy(out + size, text + at, bytes);
            size += bytes;
        }
        at += bytes ? bytes : 1;
    }
    out[size] = '\0';
    return size;
}
