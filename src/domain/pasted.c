#include "domain/pasted.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/unicode.h"

static bool
is_ignored(char c)
{
    return c == ' ' || c == '-' || c == ':';
}

/* Does a character begin here that is a symbol? */
static bool
is_symbol(char c)
{
    return c && !is_ignored(c) && ((unsigned char)c & 0xC0) != 0x80;
}

static char
pasted_upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

size_t
pasted_count(const char *symbols)
{
    size_t count = 0;

    for (; *symbols; symbols++)
        count += is_symbol(*symbols);
    return count;
}

/* Can [from, to) be a label: a text without a digit and with a letter outside the alphabet? */
static bool
is_label(const char *from, const char *to, const char *alphabet)
{
    bool letter = false;

    for (; from < to; from++) {
        if ((*from >= '0' && *from <= '9') || *from == '?')
            return false;
        letter = letter || (is_symbol(*from) && !strchr(alphabet, pasted_upper(*from)));
    }
    return letter;
}

/* The first of the last `symbols` symbols; the text has more. */
static const char *
find_tail(const char *plain, size_t symbols, size_t count)
{
    size_t passed = 0;

    for (;; plain++) {
        if (is_symbol(*plain) && passed++ == count - symbols)
            return plain;
    }
}

static const char *
skip_label(const char *plain, const struct pasted_form *form)
{
    size_t count = pasted_count(plain);
    const char *colon = strchr(plain, ':');

    if (count > form->symbols) {
        const char *tail = find_tail(plain, form->symbols, count), *end = tail;
        bool apart = false;
        while (is_ignored(end[-1]))
            apart = *--end != '-' || apart;
        if (apart && is_label(plain, end, form->alphabet))
            return tail;
    }
    if (count != form->symbols && colon && !strchr(colon + 1, ':')
        && is_label(plain, colon, form->alphabet))
        return colon + 1;
    return plain;
}

bool
pasted_symbols(char out[PASTED_SIZE], const char *text, size_t length,
               const struct pasted_form *form)
{
    char plain[PASTED_SIZE];
    size_t size = 0;

    if (length > PASTED_MOST_BYTES)
        return false;
    unicode_plain(plain, text, length);
    for (const char *at = skip_label(plain, form); *at; at++) {
        if (!is_ignored(*at))
            out[size++] = *at;
    }
    out[size] = '\0';
    return true;
}

void
pasted_show(char out[PASTED_SHOWN_SIZE], const char *at)
{
    const unsigned char *bytes = (const unsigned char *)at;
    size_t length = *at ? utf8_character(at, strlen(at)) : 0;
    unsigned number = length == 2 ? bytes[0] & 0x1F : length == 3 ? bytes[0] & 0x0F : bytes[0] & 7;

    for (size_t i = 1; i < length; i++)
        number = number << 6 | (bytes[i] & 0x3F);
    if (length == 0 || *at == '?')
        snprintf(out, PASTED_SHOWN_SIZE, "a broken character");
    else if (length == 1)
        snprintf(out, PASTED_SHOWN_SIZE, "\"%c\"", *at);
    else
        snprintf(out, PASTED_SHOWN_SIZE, "\"%.*s\" (U+%04X)", (int)length, at, number);
}
