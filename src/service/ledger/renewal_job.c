#include "service/ledger/renewal_job.h"

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
