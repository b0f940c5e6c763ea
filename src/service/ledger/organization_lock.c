#include "service/ledger/organization_lock.h"

#include <string.h>

#include "statements.h"
#include "store/store.h"

static enum status
lock_fill(struct call *call, const char *time_zone, const char *pool_order,
          struct organization_lock *out)
{
    if (!pool_order_parse(&out->pool_order, pool_order, strlen(pool_order)))
        return call_fail(call, STATUS_BROKEN, "", "",
                         "the organization's pool order cannot be read");
    if (zone_get(&out->zone, time_zone, NULL))
        return call_fail(call, STATUS_BROKEN, "", "",
                         "this machine does not know the time zone %s: install its time zone data",
                         time_zone);
    return STATUS_OK;
}

static enum status
lock_read(struct call *call, int64_t id, bool raise_version, struct organization_lock *out)
{
    struct organization_ledger_in in = { id };
    struct organization_ledger_out row;
    bool found;
    enum status status = raise_version ? organization_raise_version(&call->db, &in, &row, &found)
                                       : organization_ledger(&call->db, &in, &row, &found);

    if (status)
        return status;
    if (!found)
        return call_fail(call, STATUS_NOT_FOUND, "", "", "there is no such organization");
    *out = (struct organization_lock){
        .organization_id = id,
        .version = row.version,
        .committed = !raise_version && call->only_reads,
    };
    return lock_fill(call, row.time_zone, row.pool_order, out);
}

enum status
organization_lock(struct call *call, int64_t id, struct organization_lock *out)
{
    return lock_read(call, id, true, out);
}

enum status
organization_load(struct call *call, int64_t id, struct organization_lock *out)
{
    return lock_read(call, id, false, out);
}

enum status
organization_zone(struct call *call, int64_t id, const struct zone **out)
{
    struct organization_lock look;
    enum status status = organization_load(call, id, &look);

    if (!status)
        *out = look.zone;
    return status;
}
