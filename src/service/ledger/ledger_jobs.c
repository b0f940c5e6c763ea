#include "service/ledger/ledger_jobs.h"

#include "service/ledger/expiry_watch.h"
#include "service/ledger/organization_lock.h"
#include "service/ledger/renewing.h"
#include "statements.h"
#include "store/store.h"

enum status
renewal_job_run(struct call *call, bool *more)
{
    struct renewal_organizations_out *due;
    struct organization_lock lock;
    size_t count;
    bool again;
    enum status status = renewal_organizations(
        &call->db, &(struct renewal_organizations_in){ .now = call->now, .most = 1 }, &due, &count);

    *more = !status && count > 0;
    if (!*more)
        return status;
    status = organization_lock(call, due[0].id, &lock);
    return status ? status : renewing_step(call, &lock, &again);
}

enum status
renewal_job_next_at(struct call *call, utc_seconds *at)
{
    struct renewal_next_end_out next;
    enum status status =
        renewal_next_end(&call->db, &(struct renewal_next_end_in){ .now = call->now }, &next);

    if (!status)
        *at = next.ends_at > 0 ? next.ends_at : UTC_NEVER;
    return status;
}

enum status
expiry_job_run(struct call *call, bool *more)
{
    struct expiry_watch_due_out *due;
    struct organization_lock lock;
    size_t count;
    bool again = true;
    enum status status = expiry_watch_due(
        &call->db, &(struct expiry_watch_due_in){ .now = call->now, .most = 1 }, &due, &count);

    *more = !status && count > 0;
    if (!*more)
        return status;
    status = organization_lock(call, due[0].organization_id, &lock);
    while (!status && again)
        status = renewing_step(call, &lock, &again);
    return status ? status : expiry_watch_step(call, lock.organization_id, &again);
}

enum status
expiry_job_next_at(struct call *call, utc_seconds *at)
{
    struct expiry_watch_next_out next;
    enum status status = expiry_watch_next(&call->db, &next);

    if (!status)
        *at = next.ends_at.is ? next.ends_at.value + 1 : UTC_NEVER;
    return status;
}
