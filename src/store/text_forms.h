/*
 * text_forms.h - updates the forms of texts in a store.
 *
 * A name has a folded form beside it, and an e-mail address has one normal form (base/unicode.h,
 * base/email.h). An older program, or an older library, wrote other forms. The update takes some
 * rows at a time. Each transaction also saves the place, so that the next start continues there.
 */
#ifndef STORE_TEXT_FORMS_H
#define STORE_TEXT_FORMS_H

#include <stdbool.h>

#include "base/status.h"

struct store;

/* Call it when a server starts, after the migrations. Makes the forms of an older program or an
 * older library again. Leaves those of a newer one, and logs that. Several processes may call it at
 * the same time: they take turns. STATUS_BUSY    another process holds the store for a long time,
 * or it cannot be reached STATUS_BROKEN  the store is broken */
enum status text_forms_update(struct store *store, struct fault *fault);

/* The part for every command: makes the forms of an older program, and forms that are not complete.
 * Without them a new account could get the e-mail of an old one. Failures as above. */
enum status text_forms_complete(struct store *store, struct fault *fault);

/* Does text_forms_update() have anything to make? True after a failure. Changes nothing. Failures
 * as above. */
enum status text_forms_stale(struct store *store, bool *out, struct fault *fault);

#endif
