/*
 * text_forms.h - brings the texts of a store into the forms of this program.
 *
 * Names have a folded form beside them, e-mail addresses one form for all ways to write them
 * (base/unicode.h, base/email.h). Rows of an older program, or of an older library, are brought
 * up here, some at a time, each time in a transaction of its own that also notes how far
 * it came: a start that ends early goes on at the next.
 */
#ifndef STORE_TEXT_FORMS_H
#define STORE_TEXT_FORMS_H

#include <stdbool.h>

#include "base/status.h"

struct store;

/* At the start of a server, after the migrations: forms of an older program or an older library are
 * made again. Those of a newer one stay, and the log says so. Several processes may do so at once:
 * they take turns.
 *   STATUS_BUSY    another process holds the store for long, or it cannot be reached
 *   STATUS_BROKEN  the store is broken */
enum status text_forms_update(struct store *store, struct fault *fault);

/* The part of it that belongs to the migrations, for every command: forms of an older program, and
 * forms that nobody has completed. Without them a new account could get the e-mail of an old one.
 * Failures as above. */
enum status text_forms_complete(struct store *store, struct fault *fault);

/* Has text_forms_update() anything to make? True also where that cannot be told. Changes nothing.
 * Failures as above. */
enum status text_forms_stale(struct store *store, bool *out, struct fault *fault);

#endif
