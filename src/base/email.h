/*
 * email.h - what counts as an e-mail address.
 */
#ifndef BASE_EMAIL_H
#define BASE_EMAIL_H

#include <stdbool.h>

enum { EMAIL_MOST_BYTES = 254 }; /* RFC 5321, section 4.5.3.1.3, less the brackets */

/* One "@" between two parts, in UTF-8, and nothing that would need quotes in a mail (RFC 5322,
 * section 3.2.3) or end a line of one; whether a mail arrives is seen when one is sent. */
bool email_valid(const char *text);

#endif
