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

/* Call it after the migrations. Several processes may call it at the same time: they take turns.
 *   STATUS_BUSY    another process holds the store for a long time, or it cannot be reached
 *   STATUS_BROKEN  the store is broken */
enum status text_forms_update(struct store *store, struct fault *fault);

/* Is there anything to update? True after a failure. Changes nothing. Failures as above. */
enum status text_forms_stale(struct store *store, bool *out, struct fault *fault);

#endif
