/*
 * organization_lock.h - the lock of a ledger, and the settings that its rules need.
 */
#ifndef SERVICE_LEDGER_ORGANIZATION_LOCK_H
#define SERVICE_LEDGER_ORGANIZATION_LOCK_H

#include "base/zone.h"
#include "domain/pool.h"
#include "service/core/call.h"

struct organization_lock {
    int64_t organization_id;
    int64_t version; /* to stamp on sensors that change */
    bool committed;  /* the version is committed: a cache may keep what was read in it */
    const struct zone *zone;
    enum pool_order pool_order;
};

/* The zone of an organization by its name. UTC with *missing, which may be NULL: this machine has
 * no zone of this name any more. This is logged once an hour for each organization
 * (organization.zone_missing). */
const struct zone *organization_find_zone(int64_t id, const char *name, bool *missing);

/* Raises the organization's version, which is the lock: until the commit no other
 * transaction changes the same ledger. Inside a transaction only. Verbs call
 * ledger_begin() (ledger.h), which also applies due renewals.
 *   STATUS_NOT_FOUND
 *   STATUS_BROKEN  the organization's pool order cannot be read */
enum status organization_lock(struct call *call, int64_t id, struct organization_lock *out);

/* Reads the same without the lock; failures as organization_lock(). The version counts as
 * committed in a transaction that only reads. */
enum status organization_load(struct call *call, int64_t id, struct organization_lock *out);
/* The zone alone. */
enum status organization_zone(struct call *call, int64_t id, const struct zone **out);

#endif
