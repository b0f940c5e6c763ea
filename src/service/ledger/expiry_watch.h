/*
 * expiry_watch.h - the event license.expired: a sensor's coverage has ended without a successor.
 *
 * Each end gives one event, in the order of the ends, also after an outage: an organization with a
 * subscriber keeps the place of the last event. The scheduled job or a verb of the ledger
 * (ledger.h) emits what is due, whichever runs first, so no verb changes an end before its event.
 * An end is due one second later, because a license that begins in that second continues the
 * coverage. A sensor removed before its end gives no event.
 */
#ifndef SERVICE_LEDGER_EXPIRY_WATCH_H
#define SERVICE_LEDGER_EXPIRY_WATCH_H

#include "service/core/call.h"

/* Emits some hundred due events of the organization; *more: others may be due. The caller holds the
 * lock and has applied the renewals. */
enum status expiry_watch_step(struct call *call, int64_t organization_id, bool *more);

/* Begins or ends the watch when webhooks change. */
enum status expiry_watch_set(struct call *call, int64_t organization_id, bool wanted);

#endif
