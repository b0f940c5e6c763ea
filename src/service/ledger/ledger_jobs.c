#include "service/ledger/ledger_jobs.h"

#include "service/core/job.h"
#include "service/ledger/expiry_watch.h"
#include "service/ledger/organization_lock.h"
#include "service/ledger/renewing.h"
#include "statements.h"
#include "store/store.h"

typedef enum status find_statement(struct db *db, const struct renewal_organization_in *in,
                                   struct renewal_organization_out *out, bool *found);

/* Begins the next organization with due work; after the last one, the first. */
static enum status
ledger_job_begin(struct call *call, find_statement *find, int64_t *organization_id, bool *found)
{
    struct renewal_organization_in in = {
        .job = job_name(call),
        .now = call->now,
        .after = job_last_organization(call),
    };
    struct renewal_organization_out row;
    enum status status = find(&call->db, &in, &row, found);

    if (!status && !*found && in.after > 0) {
        in.after = 0;
        status = find(&call->db, &in, &row, found);
    }
    if (status || !*found)
        return status;
    *organization_id = row.id;
    return job_begin_organization(call, row.id);
}

enum status
renewal_job_run(struct call *call, bool *more)
{
    struct organization_lock lock;
    int64_t id;
    bool again;
    enum status status = ledger_job_begin(call, renewal_organization, &id, more);

    if (status || !*more)
        return status;
    status = organization_lock(call, id, &lock);
    return status ? status : renewing_step(call, &lock, &again);
}

enum status
renewal_job_next_at(struct call *call, utc_seconds *at)
{
    return job_next_at(call, renewal_next_end, at);
}

enum status
expiry_job_run(struct call *call, bool *more)
{
    struct organization_lock lock;
    int64_t id;
    bool renewals_due, again;
    enum status status = ledger_job_begin(call, expiry_watch_due, &id, more);

    if (status || !*more)
        return status;
    status = organization_lock(call, id, &lock);
    if (!status)
        status = renewing_step(call, &lock, &renewals_due);
    if (status || renewals_due) /* the next step goes on */
        return status;
    return expiry_watch_step(call, id, &again);
}

enum status
expiry_job_next_at(struct call *call, utc_seconds *at)
{
    return job_next_at(call, expiry_watch_next, at);
}
