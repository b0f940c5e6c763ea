#include "base/domain_name.h"

#include <idn2.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { LABEL_MOST_BYTES = 63, FLAGS = IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL };

/* RFC 1123, section 2.1. The library accepts other symbols. With its flag for these rules it drops
 * them without an error. */
static bool
is_host_name(const char *name)
{
    for (size_t length; *name; name += length) {
        length = strcspn(name, ".");
        if (length == 0 || length > LABEL_MOST_BYTES || name[0] == '-' || name[length - 1] == '-'
            || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") < length)
            return false;
        if (name[length] == '.' && !name[++length])
            return false;
    }
    return true;
}

bool
domain_name_to_ascii(char out[DOMAIN_NAME_SIZE], const char *text, size_t length)
{
    char copy[DOMAIN_NAME_SHOWN_SIZE];
    char *ascii = NULL;

    if (length == 0 || length >= sizeof copy || memchr(text, '\0', length))
        return false;
    text_lower(copy, text, length); /* the library does not change an ASCII name */
    if (idn2_to_ascii_8z(copy, &ascii, FLAGS) != IDN2_OK)
        return false;
    bool good = *ascii && strlen(ascii) < DOMAIN_NAME_SIZE && is_host_name(ascii);
    if (good)
        snprintf(out, DOMAIN_NAME_SIZE, "%s", ascii);
    idn2_free(ascii);
    return good;
}

/* Is the name for people the same host? */
static bool
leads_back(const char *shown, const char *ascii)
{
    char again[DOMAIN_NAME_SIZE];

    return strlen(shown) < DOMAIN_NAME_SHOWN_SIZE
           && domain_name_to_ascii(again, shown, strlen(shown)) && !strcmp(again, ascii);
}

void
domain_name_to_shown(char out[DOMAIN_NAME_SHOWN_SIZE], const char *ascii)
{
    char *shown = NULL;
    bool good = idn2_to_unicode_8z8z(ascii, &shown, 0) == IDN2_OK && leads_back(shown, ascii);

    snprintf(out, DOMAIN_NAME_SHOWN_SIZE, "%s", good ? shown : ascii);
    if (shown)
        idn2_free(shown);
}
