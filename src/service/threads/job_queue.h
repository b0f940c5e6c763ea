/* job_queue.h - the verbs that wait for the writer, in order. The user of a queue locks it. */
#ifndef SERVICE_THREADS_JOB_QUEUE_H
#define SERVICE_THREADS_JOB_QUEUE_H

#include "service/core/call.h"

/* A verb. All three run on the writer's thread. */
struct write_job {
    /* Sets call->db.arena, actor, dry_run and any_clock; store, secret, journal_index, ledger_cache
     * and now are set. */
    void (*prepare)(struct write_job *job, struct call *call);
    /* Runs in a transaction that the writer began; again, from the start, if the store was busy. */
    enum status (*run)(struct write_job *job, struct call *call);
    /* Returns the job to its owner, after the commit. */
    void (*done)(struct write_job *job, enum status status, const struct fault *fault);
    void *owner;
    struct catch_up catch_up; /* the writer's, as the next two: the verb waits for this */
    bool has_caught_up;       /* it has waited for one */
    struct write_job *next;   /* of a list */
};

struct job_queue {
    struct write_job *first, **end;
    size_t count;
};

void job_queue_init(struct job_queue *queue);
void job_queue_append(struct job_queue *queue, struct write_job *job);
/* Puts a list before all that wait; NULL is allowed. */
void job_queue_put_first(struct job_queue *queue, struct write_job *jobs);
/* Takes the first `most` jobs, as a list. */
struct write_job *job_queue_take(struct job_queue *queue, size_t most);

#endif
