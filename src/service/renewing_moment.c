#include "service/renewing_moment.h"

#include "base/id.h"
#include "service/renewing.h"
#include "statements.h"
#include "store/store.h"

/* From a place by chance, and round: those that were served just now, whose entries in the index a
 * database may still have to pass, would else be looked at in every step. */
static enum status
find_due(struct call *call, int64_t *organization_id, bool *found)
{
    int64_t after = id_random();
    struct renewal_organization_out due;
    enum status status = renewal_organization(call->store, call->arena,
        &(struct renewal_organization_in){ .after = after, .now = call->now }, &due, found, &call->fault);

    if (!status && !*found)
        status = renewal_organization(call->store, call->arena,
            &(struct renewal_organization_in){ .after = 0, .now = call->now }, &due, found, &call->fault);
    if (!status && *found)
        *organization_id = due.id;
    return status;
}

enum status
renewing_moment_step(struct call *call, bool *more)
{
    struct organization_lock lock;
    int64_t organization_id;
    bool again;
    enum status status = find_due(call, &organization_id, more);

    if (status || !*more)
        return status;
    status = organization_lock(call, organization_id, &lock);
    return status ? status : renewing_step(call, organization_id, &lock, &again);
}

enum status
renewing_moment_next(struct call *call, utc_seconds *at)
{
    struct renewal_next_end_out next;
    enum status status = renewal_next_end(call->store, call->arena,
        &(struct renewal_next_end_in){ .now = call->now }, &next, &call->fault);

    if (!status)
        *at = next.ends_at > 0 ? next.ends_at : UTC_NEVER;
    return status;
}
