/*
 * schedule.h - the jobs that run when their time has come, without a request.
 *
 * The ticker (ticker.h) runs them in short steps, then sleeps until the next one is due. A job
 * finds out for itself what is due, and records its work in the store: nothing is done twice, on
 * one node or on several, and work that fell due while no server ran is done later.
 *
 * A job works for one organization at a time, and leaves out those whose steps failed
 * (service/core/job.h): its run calls job_begin_organization() before anything that may fail for
 * one organization, and its statements leave out the organizations that job_failure names for
 * job_name(), as renewal_organization does; its next_at is a job_next_at().
 */
#ifndef SERVICE_THREADS_SCHEDULE_H
#define SERVICE_THREADS_SCHEDULE_H

#include "service/core/call.h"

struct scheduled_job {
    const char *name; /* for the log: "renewals" */
    /* Does some of the work that is due by call->now, in one transaction as short as that of a
     * batch of measurements; the transaction may run again. *more: there may be more to do. */
    enum status (*run)(struct call *call, bool *more);
    /* Reads when the job is due next; UTC_NEVER for never, the past for now. The ticker asks at
     * least once a minute. */
    enum status (*next_at)(struct call *call, utc_seconds *at);
};

/* In order: a job sees the work of the jobs before it, unless that takes long. Each job runs for
 * about a second at a time. The first, renewals, is finished before the server serves. A row
 * without a name ends the table. */
extern const struct scheduled_job schedule[];

#endif
