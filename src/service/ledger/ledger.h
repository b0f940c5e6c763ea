/* ledger.h - what every change of an organization's ledger begins with. */
#ifndef SERVICE_LEDGER_LEDGER_H
#define SERVICE_LEDGER_LEDGER_H

#include "service/ledger/organization_lock.h"

/* Takes the organization's lock, applies the renewals that are due by now and tells of what has
 * expired (expiry_watch.h), so that what follows sees the ledger as it is at this instant. Inside
 * a transaction only.
 *   failures as organization_lock()
 *   STATUS_BUSY  with call->catch_up: more is due than one transaction should do. Let it pass:
 *                transact() has it done, in steps between which others are served, and runs
 *                all again */
enum status ledger_begin(struct call *call, int64_t organization_id, struct organization_lock *out);

#endif
