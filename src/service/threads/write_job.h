/* write_job.h - a verb that waits for the writer. */
#ifndef SERVICE_THREADS_WRITE_JOB_H
#define SERVICE_THREADS_WRITE_JOB_H

#include "base/fair_queue.h"
#include "service/core/call.h"

/* A verb. All three run on the writer's thread. */
struct write_job {
    struct fair_item place; /* its source: who waits for the verb; 0: this process */
    /* Sets call->db.arena, actor, dry_run and any_clock; store, secret, journal_index, ledger_cache
     * and now are set. */
    void (*prepare)(struct write_job *job, struct call *call);
    /* Runs in a transaction that the writer began; again, from the start, if the store was busy. */
    enum status (*run)(struct write_job *job, struct call *call);
    /* Returns the job to its owner, after the commit. */
    void (*done)(struct write_job *job, enum status status, const struct fault *fault);
    void *owner;
    struct catch_up catch_up; /* the writer's, as the next one: the verb waits for this */
    bool has_caught_up;       /* it has waited for one */
};

#endif
