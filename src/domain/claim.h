/* claim.h - who may add a serial: the operator's policy, and the claim code on the device. */
#ifndef DOMAIN_CLAIM_H
#define DOMAIN_CLAIM_H

#include <stdbool.h>
#include <stddef.h>

/* What an organization needs to add a serial, beside a license. */
enum claim_policy {
    CLAIM_OPEN,   /* nothing */
    CLAIM_LISTED, /* the serial is in the operator's device list */
    CLAIM_CODE,   /* and its claim code is given */
    CLAIM_POLICY_COUNT
};

extern const char *const claim_policy_words[CLAIM_POLICY_COUNT]; /* "open", "listed", "code" */

/* The policy of a word; CLAIM_OPEN for any other. */
enum claim_policy claim_policy_parse(const char *word);

enum {
    CLAIM_CODE_LEAST = 4, /* symbols, without spaces and hyphens */
    CLAIM_CODE_MOST = 64,
    CLAIM_CODE_SIZE = CLAIM_CODE_MOST + 1,
    CLAIM_CODE_MOST_BYTES = 100, /* as typed */
};

/* Reads a claim code: visible ASCII but the colon. It ignores spaces, hyphens and case, so a code
 * has one form. False leaves *out as it was. */
bool claim_code_read(char out[CLAIM_CODE_SIZE], const char *text, size_t length);

/* The length of the serial in the text of a label: "serial:claim". `length` when there is no
 * claim. */
size_t claim_split(const char *text, size_t length);

/* Is the text a serial, or the text of a label with one? */
bool claim_label_has_serial(const char *text);

/* A serial in the device list, as one organization meets it. All false: it is not listed. */
struct claim_facts {
    bool listed;
    bool bound_here, bound_elsewhere; /* the list names this, or another, organization */
    bool has_code;                    /* the list holds a claim code */
    bool code_given, code_matches;    /* by the request */
};

enum claim_verdict {
    CLAIM_ACCEPTED,
    CLAIM_NOT_AVAILABLE, /* like a serial that another organization has */
    CLAIM_REQUIRED,      /* a claim code is missing */
    CLAIM_WRONG,
};

/* Under CLAIM_CODE a serial that is not listed looks like a wrong code. A serial that is bound to
 * the organization and has no code needs none. A binding holds under each policy. */
enum claim_verdict claim_judge(enum claim_policy policy, const struct claim_facts *facts);

#endif
