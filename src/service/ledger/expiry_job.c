#include "service/ledger/expiry_job.h"

#include "service/ledger/expiry_watch.h"
#include "service/ledger/organization_lock.h"
#include "service/ledger/renewing.h"

enum status
expiry_job_run(struct call *call, bool *more)
{
    struct organization_lock lock;
    int64_t organization_id;
    bool again = true;
    enum status status = expiry_watch_due_organization(call, &organization_id, more);

    if (status || !*more)
        return status;
    status = organization_lock(call, organization_id, &lock);
    while (!status && again)
        status = renewing_step(call, &lock, &again);
    return status ? status : expiry_watch_step(call, organization_id, &again);
}
