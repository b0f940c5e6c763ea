/* ledger.h - the beginning of what changes an organization's ledger, or follows from it. */
#ifndef SERVICE_LEDGER_LEDGER_H
#define SERVICE_LEDGER_LEDGER_H

#include "service/ledger/organization_lock.h"

/* Takes the organization's lock, applies due renewals and emits due license.expired events
 * (expiry_watch.h), so that the caller sees the ledger of this instant. Inside a transaction only.
 *   failures as organization_lock()
 *   STATUS_BUSY  with call->catch_up: more is due than one transaction should do. Return it:
 *                transact() applies it in steps, serves others in between, and runs the verb
 *                again */
enum status ledger_begin(struct call *call, int64_t organization_id, struct organization_lock *out);

/* For a caller that reads coverages and changes none: the same if a renewal is due. Otherwise it
 * takes no lock and keeps the organization's version, so that nobody reads the ledger again. */
enum status ledger_apply_due(struct call *call, int64_t organization_id);

#endif
