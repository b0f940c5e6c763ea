#include "service/ledger/ledger.h"

#include "service/core/clock.h"
#include "service/ledger/expiry_watch.h"
#include "service/ledger/renewing.h"
#include "statements.h"

/* As much as one step of the scheduled job. */
static enum status
catch_up_step(struct call *call, int64_t organization_id, bool *more)
{
    struct organization_lock lock;
    enum status status = organization_lock(call, organization_id, &lock);

    if (status)
        return status;
    status = renewing_step(call, &lock, more);
    return status || *more ? status : expiry_watch_step(call, organization_id, more);
}

/* The verb decides on every coverage of the organization that has ended by now. */
static enum status
pass_ends(struct call *call, int64_t organization_id)
{
    struct clock_newest_end_out newest;
    enum status status = clock_newest_end(
        &call->db, &(struct clock_newest_end_in){ organization_id, call->clock_stored, call->now },
        &newest);

    return status ? status : clock_pass_before(call, newest.ends_at);
}

enum status
ledger_begin(struct call *call, int64_t organization_id, struct organization_lock *out)
{
    bool more = false;
    enum status status = organization_lock(call, organization_id, out);

    if (status)
        return status;
    status = pass_ends(call, organization_id);
    if (status)
        return status;
    status = renewing_few(call, out, &more);
    if (!status && !more)
        status = expiry_watch_step(call, organization_id, &more);
    if (status || !more)
        return status;
    call->catch_up = (struct catch_up){ catch_up_step, organization_id };
    return call_fail(call, STATUS_BUSY, "", "",
                     "renewals are being applied; try again in a moment");
}

enum status
ledger_apply_due(struct call *call, int64_t organization_id)
{
    struct organization_lock lock;
    struct renewals_are_due_out due;
    enum status status = renewals_are_due(
        &call->db, &(struct renewals_are_due_in){ organization_id, call->now }, &due);

    if (status)
        return status;
    return due.are ? ledger_begin(call, organization_id, &lock) : pass_ends(call, organization_id);
}
