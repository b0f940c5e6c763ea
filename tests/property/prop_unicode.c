/* prop_unicode.c - texts that look the same are found, sorted and compared as the same. */
#include <string.h>
#include <uninorm.h>
#include <unistr.h>

#include "base/domain_name.h"
#include "base/email.h"
#include "base/text.h"
#include "base/unicode.h"
#include "support/check.h"
#include "support/random.h"

enum { TEXT_BYTES = 200, ROUNDS = 20000, LAST_CHARACTER = 0x10FFFF };

/* Ranges that hold what behaves in a special way; any other character comes now and then. */
static const struct {
    ucs4_t first, last;
} ranges[] = {
    { 0x20, 0x7E },       { 0xA0, 0x24F },      { 0x300, 0x36F },     { 0x370, 0x52F },
    { 0x590, 0x6FF },     { 0x900, 0x9FF },     { 0xE00, 0xEFF },     { 0x1100, 0x11FF },
    { 0x1E00, 0x1FFF },   { 0x2000, 0x206F },   { 0x2100, 0x218F },   { 0x3041, 0x33FF },
    { 0xAC00, 0xACFF },   { 0xFB00, 0xFDFF },   { 0xFE00, 0xFE0F },   { 0xFF00, 0xFFEF },
    { 0x1D15E, 0x1D1C0 }, { 0x1F300, 0x1F9FF }, { 0xE0000, 0xE01EF }, { 1, LAST_CHARACTER },
};

static size_t
make_text(struct random *random, uint8_t *out, size_t most)
{
    size_t length = 0, characters = random_below(random, 20);

    for (size_t i = 0; i < characters; i++) {
        size_t range = random_below(random, sizeof ranges / sizeof ranges[0]);
        ucs4_t character =
            ranges[range].first
            + (ucs4_t)random_below(random, ranges[range].last - ranges[range].first + 1);
        int size = u8_uctomb(out + length, character, (ptrdiff_t)(most - length));
        if (size > 0)
            length += (size_t)size;
    }
    return length;
}

static size_t
other_form(uninorm_t form, const uint8_t *text, size_t length, uint8_t *out, size_t room)
{
    uint8_t *made = u8_normalize(form, text, length, out, &room);

    check(made == out);
    return room;
}

/* Of the text, in any canonical form, one folded form, which folds to itself. */
static void
check_folded(const uint8_t *text, size_t length)
{
    static uint8_t apart[TEXT_BYTES * 4];
    char folded[UNICODE_FOLDED_SIZE], again[UNICODE_FOLDED_SIZE],
        nfc[TEXT_BYTES * UNICODE_GROWTH + 1];
    size_t apart_length = other_form(UNINORM_NFD, text, length, apart, sizeof apart);

    unicode_fold(folded, (const char *)text, length);
    check(utf8_valid(folded, strlen(folded)));
    unicode_fold(again, (const char *)apart, apart_length);
    check_text(again, folded);
    size_t nfc_length = unicode_nfc(nfc, (const char *)text, length);
    unicode_fold(again, nfc, nfc_length);
    check_text(again, folded);
    unicode_fold(again, folded, strlen(folded));
    check_text(again, folded);
}

static void
check_forms(const uint8_t *text, size_t length)
{
    static uint8_t apart[TEXT_BYTES * 4];
    char nfc[TEXT_BYTES * UNICODE_GROWTH + 1], again[sizeof nfc * UNICODE_GROWTH],
        lower[sizeof nfc];
    size_t apart_length = other_form(UNINORM_NFD, text, length, apart, sizeof apart);

    size_t nfc_length = unicode_nfc(nfc, (const char *)text, length);
    check(utf8_valid(nfc, nfc_length));
    check_int(unicode_nfc(again, nfc, nfc_length), nfc_length);
    check_text(again, nfc);
    check_int(unicode_nfc(again, (const char *)apart, apart_length), nfc_length);
    check_text(again, nfc);
    check_int(unicode_check(nfc, nfc_length) == UNICODE_BLANK,
              unicode_check((const char *)apart, apart_length) == UNICODE_BLANK);

    size_t lower_length = unicode_lower(lower, nfc, nfc_length);
    check_int(unicode_lower(again, lower, lower_length), lower_length);
    check_text(again, lower);
}

TEST(unicode_forms_and_folding_hold_for_every_character)
{
    uint8_t text[6];

    for (ucs4_t character = 1; character <= LAST_CHARACTER && !check_failures(); character++) {
        int size = u8_uctomb(text, character, sizeof text);
        if (size < 0)
            continue; /* a surrogate */
        check_folded(text, (size_t)size);
        check_forms(text, (size_t)size);
    }
}

TEST(unicode_forms_and_folding_hold_for_any_text)
{
    struct random random = random_seeded();
    uint8_t text[TEXT_BYTES];

    for (int i = 0; i < ROUNDS && !check_failures(); i++) {
        size_t length = make_text(&random, text, sizeof text);
        check_folded(text, length);
        check_forms(text, length);
    }
}

TEST(unicode_text_is_found_by_what_it_begins_with)
{
    struct random random = random_seeded();
    char text[64], folded[UNICODE_FOLDED_SIZE], part[UNICODE_FOLDED_SIZE];

    for (int i = 0; i < ROUNDS && !check_failures(); i++) {
        static const char *const letters[] = { "a", "Ä", "ß", "ł", "Ø", "æ", "7", " ", "É", "ğ" };
        size_t length = 0, cut = 0;
        for (int j = 0; j < 10; j++) {
            const char *letter = letters[random_below(&random, 10)];
            cut = j == 4 ? length : cut;
            length += (size_t)snprintf(text + length, sizeof text - length, "%s", letter);
        }
        unicode_fold(folded, text, length);
        unicode_fold(part, text, cut);
        check(!strncmp(folded, part, strlen(part)));
        unicode_fold(part, text + cut, length - cut);
        check(strstr(folded, part) != NULL);
    }
}

TEST(email_address_in_its_form_stays_in_it)
{
    struct random random = random_seeded();

    for (int i = 0; i < ROUNDS && !check_failures(); i++) {
        static const char *const parts[] = { "a", "Z", "ü", "u\u0308", "ß", ".",    "@",
                                             "-", "7", "É", "λ",       "Σ", "xn--", "日" };
        char text[EMAIL_SIZE], form[EMAIL_SIZE], again[EMAIL_SIZE], mail[EMAIL_SIZE];
        size_t length = 0, count = random_below(&random, 16);
        for (size_t j = 0; j < count; j++)
            length += (size_t)snprintf(
                text + length, sizeof text - length, "%s",
                j == count / 2 ? "@"
                               : parts[random_below(&random, sizeof parts / sizeof parts[0])]);
        text[length] = '\0';
        if (!email_normalize(form, text))
            continue;
        check(email_normalize(again, form));
        check_text(again, form);
        email_for_mail(mail, form);
        check(email_valid(mail) && email_normalize(again, mail));
        check_text(again, form);
    }
}
