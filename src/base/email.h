/*
 * email.h - what counts as an e-mail address, and which addresses are the same.
 */
#ifndef BASE_EMAIL_H
#define BASE_EMAIL_H

#include <stdbool.h>

enum {
    EMAIL_MOST_BYTES = 254, /* RFC 5321, section 4.5.3.1.3, less the brackets */
    EMAIL_SIZE = EMAIL_MOST_BYTES + 1,
};

/* Two parts around one "@", each of words separated by single dots, in UTF-8. No character needs
 * quotes in a mail (RFC 5322, sections 3.2.3 and 3.4.1) or ends a line. Only a mail shows whether
 * the address exists. */
bool email_valid(const char *text);

/* The form in which an address is kept, shown and compared: Normalization Form C, the part before
 * the "@" in lower case, the domain as domain_name.h shows it. Accents stay, for they tell
 * mailboxes apart. False, with `out` undefined, for an address that is not valid, has no domain of
 * letters, digits and hyphens, holds what nobody can see, or gets longer than EMAIL_MOST_BYTES in
 * this form or in that of email_for_mail(). */
bool email_normalize(char out[EMAIL_SIZE], const char *text);

/* The form for the headers and the envelope of a mail: the domain in ASCII. An address whose domain
 * has no such form is copied as it is. `text` is valid. */
void email_for_mail(char out[EMAIL_SIZE], const char *text);

#endif
