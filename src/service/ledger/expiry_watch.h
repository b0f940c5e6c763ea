/*
 * expiry_watch.h - license.expired: the coverage of a sensor has ended and nothing followed it.
 *
 * Told once an end, in the order of the ends, whatever outage lies between: an organization with
 * a subscriber remembers up to where it was told. What is due is told by whoever comes first,
 * the ticker or a verb of the ledger (ledger.h), so no verb can change an end before it was told.
 * An end is due one second later: a license that begins in that very second continues it. A sensor
 * that was removed before is not told of.
 */
#ifndef SERVICE_LEDGER_EXPIRY_WATCH_H
#define SERVICE_LEDGER_EXPIRY_WATCH_H

#include "service/core/call.h"

/* Tells what is due in the organization, at most some hundred at once; *more: there may be
 * others. By who holds its lock, once its renewals are applied. */
enum status expiry_watch_step(struct call *call, int64_t organization_id, bool *more);

/* Webhooks have changed: from now on ends are told, or no longer. */
enum status expiry_watch_set(struct call *call, int64_t organization_id, bool wanted);

/* For the table of schedule: the first organization that has something to tell. */
enum status expiry_watch_due_organization(struct call *call, int64_t *organization_id, bool *found);
enum status expiry_watch_job_next_at(struct call *call, utc_seconds *at);

#endif
