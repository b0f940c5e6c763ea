/*
 * email.h - what counts as an e-mail address.
 */
#ifndef BASE_EMAIL_H
#define BASE_EMAIL_H

#include <stdbool.h>

enum { EMAIL_MOST_BYTES = 254 }; /* RFC 5321, section 4.5.3.1.3, less the brackets */

/* One "@" between two parts, each of words that single dots part, in UTF-8, and nothing that would
 * need quotes in a mail (RFC 5322, sections 3.2.3 and 3.4.1) or end a line of one; whether a mail
 * arrives is seen when one is sent. */
bool email_valid(const char *text);

#endif
