/*
 * pasted.h - codes and serials as people paste them, from a mail, a document or a label.
 *
 * Only letters, digits and marks count; dashes, spaces, quotes and the like are ignored. A label
 * such as "Activation code:" may stand in front. The pages (web/src/pasted.ts) read by the same
 * rule; tests/vectors/pasted.jsonl holds both to it.
 */
#ifndef DOMAIN_PASTED_H
#define DOMAIN_PASTED_H

#include <stdbool.h>
#include <stddef.h>

enum { PASTED_MOST_BYTES = 500, PASTED_SIZE = PASTED_MOST_BYTES + 1 };

struct pasted_form {
    size_t symbols;       /* of a complete text */
    const char *alphabet; /* a label has a letter that is not in it; "": any letter will do */
};

/* Writes the symbols of a text, without its label and without what is ignored. A label has no
 * digit. It ends with a space or a colon before the last `form->symbols` symbols, or with the only
 * colon of a text that has another number of them. A byte that cannot be read counts as '?'.
 * False: the text has more than PASTED_MOST_BYTES. */
bool pasted_symbols(char out[PASTED_SIZE], const char *text, size_t length,
                    const struct pasted_form *form);

/* The number of characters in `symbols`. */
size_t pasted_count(const char *symbols);

enum { PASTED_SHOWN_SIZE = 24 };

/* Names the character at `at` in a sentence: "U", "Ł" (U+0141), or a broken character. */
void pasted_show(char out[PASTED_SHOWN_SIZE], const char *at);

#endif
