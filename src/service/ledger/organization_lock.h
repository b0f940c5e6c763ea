/*
 * organization_lock.h - what holds a ledger still, and what its rules need to know.
 */
#ifndef SERVICE_LEDGER_ORGANIZATION_LOCK_H
#define SERVICE_LEDGER_ORGANIZATION_LOCK_H

#include "base/zone.h"
#include "domain/pool.h"
#include "service/core/call.h"

struct organization_lock {
    int64_t organization_id;
    int64_t version; /* to stamp on sensors that change */
    bool committed;  /* the version is: what is found in it holds for others, too */
    const struct zone *zone;
    enum pool_order pool_order;
};

/* Raises the organization's version, which is the lock: until the commit nobody
 * else changes the same ledger. Inside a transaction only. Verbs take it by
 * ledger_begin() (ledger.h), which applies what is due as well.
 *   STATUS_NOT_FOUND
 *   STATUS_BROKEN  this machine does not know the organization's time zone */
enum status organization_lock(struct call *call, int64_t id, struct organization_lock *out);

/* The same for reading, without the lock. The version is committed in a transaction that only
 * reads; failures as organization_lock(). */
enum status organization_load(struct call *call, int64_t id, struct organization_lock *out);
/* The zone alone. */
enum status organization_zone(struct call *call, int64_t id, const struct zone **out);

#endif
