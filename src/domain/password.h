/*
 * password.h - is a new password hard to guess?
 *
 * The rule follows NIST SP 800-63B, section 5.1.1.2: a least length in characters, no rule about
 * kinds of characters, and a refusal of passwords that are common, regular or made of the context.
 * Old passwords go on working: only a new one is checked.
 */
#ifndef DOMAIN_PASSWORD_H
#define DOMAIN_PASSWORD_H

#include <stddef.h>

enum {
    PASSWORD_LEAST_CHARACTERS = 10, /* Unicode code points in Normalization Form C */
    PASSWORD_MOST_BYTES = 1024,     /* UTF-8 as typed */
};

enum password_flaw {
    PASSWORD_FINE,
    PASSWORD_SHORT,
    PASSWORD_LONG,
    PASSWORD_REPEATS, /* few different characters, or a short text again and again */
    PASSWORD_RUNS,    /* mostly neighbors on the keyboard or in the alphabet */
    PASSWORD_COMMON,  /* in common_passwords.txt, also with a few digits or signs at its ends */
    PASSWORD_NAMED,   /* the e-mail address or a name, also with digits at its ends */
    PASSWORD_FLAW_COUNT
};

/* `names`: the e-mail address and the names of organizations. The product's name is always one. */
enum password_flaw password_check(const char *password, const char *const *names, size_t count);

/* Describes the flaw. The sentence continues "password": "has fewer than ...". */
const char *password_flaw_sentence(enum password_flaw flaw);

#endif
