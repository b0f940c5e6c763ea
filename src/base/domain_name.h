/*
 * domain_name.h - domain names with letters beyond ASCII: RFC 5890, Unicode Technical Standard 46
 * without its transitional mappings (libidn2).
 *
 * "Bücher.example" is xn--bcher-kva.example on the wire, and bücher.example for people. "faß.de"
 * and "fass.de" are different domains.
 */
#ifndef BASE_DOMAIN_NAME_H
#define BASE_DOMAIN_NAME_H

#include <stdbool.h>
#include <stddef.h>

enum {
    DOMAIN_NAME_SIZE = 254,        /* RFC 1035, section 2.3.4, without the root's dot; and NUL */
    DOMAIN_NAME_SHOWN_SIZE = 1013, /* 253 characters of 4 bytes at most, and NUL */
};

/* Writes the name on the wire, in lower case. `text` is UTF-8. False, with `out` undefined,
 * for a text that is not a host name: labels of letters, digits and hyphens between dots, with at
 * most 63 bytes each and 253 in all. */
bool domain_name_to_ascii(char out[DOMAIN_NAME_SIZE], const char *text, size_t length);

/* Writes the form for people of a name that domain_name_to_ascii() wrote. It is the same name where
 * no other form converts back to it. */
void domain_name_to_shown(char out[DOMAIN_NAME_SHOWN_SIZE], const char *ascii);

#endif
