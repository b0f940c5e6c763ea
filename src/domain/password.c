#include "domain/password.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/unicode.h"
#include "domain/common_passwords.h"

enum {
    LEAST_DIFFERENT = 5, /* characters */
    LEAST_FREE = 6,      /* characters that do not continue a run */
    MOST_ADDED = 5,      /* characters at the ends of a common password */
    LEAST_NAME = 3,
};

/* The folded form: no case, no accents, no invisible characters. */
struct folded {
    uint32_t characters[UNICODE_FOLDED_SIZE];
    size_t count;
};

static size_t
count_characters(const char *text)
{
    size_t count = 0;

    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

static bool
is_short(const char *password, size_t size)
{
    char normal[UNICODE_GROWTH * PASSWORD_MOST_BYTES + 1];

    unicode_nfc(normal, password, size);
    bool result = count_characters(normal) < PASSWORD_LEAST_CHARACTERS;
    explicit_bzero(normal, sizeof normal);
    return result;
}

static void
password_split(struct folded *out, const char *text)
{
    out->count = 0;
    for (; *text; text++) {
        uint8_t byte = (uint8_t)*text;
        if ((byte & 0xc0) != 0x80)
            out->characters[out->count++] = byte;
        else if (out->count > 0)
            out->characters[out->count - 1] = out->characters[out->count - 1] << 8 | byte;
    }
}

static size_t
count_different(const struct folded *text)
{
    size_t different = 0;

    for (size_t i = 0; i < text->count; i++) {
        size_t j = 0;
        while (j < i && text->characters[j] != text->characters[i])
            j++;
        different += j == i;
    }
    return different;
}

/* Is the text a shorter one than a password may be, at least twice in a row? */
static bool
is_periodic(const struct folded *text)
{
    for (size_t period = 1; period < PASSWORD_LEAST_CHARACTERS && 2 * period <= text->count;
         period++) {
        size_t i = period;
        while (i < text->count && text->characters[i] == text->characters[i - period])
            i++;
        if (i == text->count)
            return true;
    }
    return false;
}

/* How `next` follows `before` in one of the rows: 1 behind it, -1 in front of it, 2 the same
 * character, 0 in no way. */
static int
step_of(uint32_t before, uint32_t next)
{
    static const char *const rows[] = { "abcdefghijklmnopqrstuvwxyz",
                                        "01234567890",
                                        "qwertyuiop",
                                        "qwertzuiop",
                                        "azertyuiop",
                                        "asdfghjkl",
                                        "qsdfghjklm",
                                        "zxcvbnm",
                                        "yxcvbnm",
                                        "wxcvbn" };

    if (before == next)
        return 2;
    if (before > 127 || next > 127)
        return 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (const char *at = rows[i]; at[1]; at++) {
            if ((uint32_t)at[0] == before && (uint32_t)at[1] == next)
                return 1;
            if ((uint32_t)at[0] == next && (uint32_t)at[1] == before)
                return -1;
        }
    return 0;
}

static size_t
count_free(const struct folded *text)
{
    size_t free_ones = 0;
    int last = 0;

    for (size_t i = 0; i < text->count; i++) {
        int step = i ? step_of(text->characters[i - 1], text->characters[i]) : 0;
        free_ones += step == 0 || step != last;
        last = step;
    }
    return free_ones;
}

static int
compare_words(const void *word, const void *item)
{
    return strcmp(word, *(const char *const *)item);
}

static bool
is_common_word(const char *word)
{
    return bsearch(word, common_passwords, common_passwords_count, sizeof common_passwords[0],
                   compare_words)
           != NULL;
}

static bool
is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (unsigned char)byte > 127;
}

/* "p4ssw0rd" becomes "password". */
static void
read_signs_as_letters(char *text)
{
    static const char signs[] = "0134578@$!+", letters[] = "oleastbasit";

    for (; *text; text++) {
        const char *sign = strchr(signs, *text);
        if (sign)
            *text = letters[sign - signs];
    }
}

/* Changes the text. */
static bool
is_common(char *text)
{
    char *begin = text, *end = text + strlen(text);

    if (is_common_word(text))
        return true;
    while (*begin && !is_letter(*begin))
        begin++;
    while (end > begin && !is_letter(end[-1]))
        end--;
    bool few = strlen(text) - (size_t)(end - begin) <= MOST_ADDED;
    *end = '\0';
    if (few && is_common_word(begin))
        return true;
    read_signs_as_letters(begin);
    return few && is_common_word(begin);
}

/* Keeps letters and digits, and drops digits at both ends. */
static void
keep_core(char *out, const char *folded)
{
    size_t size = 0;

    for (; *folded; folded++)
        if (is_letter(*folded) || (size > 0 && *folded >= '0' && *folded <= '9'))
            out[size++] = *folded;
    while (size > 0 && !is_letter(out[size - 1]))
        size--;
    out[size] = '\0';
}

static bool
is_name(const char *core, const char *name, size_t length)
{
    char folded[UNICODE_FOLDED_SIZE], name_core[UNICODE_FOLDED_SIZE];

    unicode_fold(folded, name, length);
    keep_core(name_core, folded);
    return strlen(name_core) >= LEAST_NAME && !strcmp(core, name_core);
}

static bool
is_named(const char *folded, const char *const *names, size_t count)
{
    static const char product[] = "Tenure";
    char core[UNICODE_FOLDED_SIZE];

    keep_core(core, folded);
    bool named = is_name(core, product, strlen(product));
    for (size_t i = 0; i < count && !named; i++) {
        size_t local = strcspn(names[i], "@");
        named = is_name(core, names[i], strlen(names[i])) || is_name(core, names[i], local);
    }
    explicit_bzero(core, sizeof core);
    return named;
}

static enum password_flaw
check_folded(char *folded, const char *const *names, size_t count)
{
    struct folded text;
    enum password_flaw flaw = PASSWORD_FINE;

    password_split(&text, folded);
    if (count_different(&text) < LEAST_DIFFERENT || is_periodic(&text))
        flaw = PASSWORD_REPEATS;
    else if (count_free(&text) < LEAST_FREE)
        flaw = PASSWORD_RUNS;
    else if (is_named(folded, names, count))
        flaw = PASSWORD_NAMED;
    else if (is_common(folded))
        flaw = PASSWORD_COMMON;
    explicit_bzero(&text, sizeof text);
    return flaw;
}

enum password_flaw
password_check(const char *password, const char *const *names, size_t count)
{
    char folded[UNICODE_FOLDED_SIZE];
    size_t size = strlen(password);

    if (size > PASSWORD_MOST_BYTES)
        return PASSWORD_LONG;
    if (is_short(password, size))
        return PASSWORD_SHORT;
    unicode_fold(folded, password, size);
    enum password_flaw flaw = check_folded(folded, names, count);
    explicit_bzero(folded, sizeof folded);
    return flaw;
}

const char *
password_flaw_sentence(enum password_flaw flaw)
{
    static const char *const sentences[] = {
        [PASSWORD_FINE] = "",
        [PASSWORD_SHORT] = "has fewer than 10 characters",
        [PASSWORD_LONG] = "has more than 1024 bytes",
        [PASSWORD_REPEATS] = "repeats itself: choose a longer one, such as four words",
        [PASSWORD_RUNS] =
            "is a row of the keyboard or the alphabet: choose, for example, four words",
        [PASSWORD_COMMON] = "is one that many people use: choose another one, such as four words",
        [PASSWORD_NAMED] = "is a name that others know: choose another one, such as four words",
    };

    _Static_assert(sizeof sentences / sizeof sentences[0] == PASSWORD_FLAW_COUNT, "each");
    return sentences[flaw];
}
