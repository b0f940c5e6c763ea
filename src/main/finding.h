/* finding.h - the result of a check of `tenure doctor`. */
#ifndef MAIN_FINDING_H
#define MAIN_FINDING_H

#include "service/core/call.h"

enum verdict { VERDICT_OK, VERDICT_WARNING, VERDICT_FAILED, VERDICT_COUNT };

enum { FINDING_WORDS_SIZE = 500 };

struct finding {
    const char *what; /* "store" */
    enum verdict verdict;
    char words[FINDING_WORDS_SIZE]; /* the state, or what to do */
};

/* Finds out whether the system's clock is right, and if not, which clock is wrong. `checks`:
 * compares it with the database's. */
void finding_clock(struct finding *out, struct call *call, bool checks);

#endif
