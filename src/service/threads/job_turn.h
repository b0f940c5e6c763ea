/*
 * job_turn.h - a step of a scheduled job, and the record of its failure: two transactions, which
 * the ticker runs.
 */
#ifndef SERVICE_THREADS_JOB_TURN_H
#define SERVICE_THREADS_JOB_TURN_H

#include "service/core/job.h"
#include "service/threads/schedule.h"

/* A job of the schedule, and its state in this process. */
struct job_turn {
    const struct scheduled_job *row;
    struct job_step step;
    bool more; /* there may be more to do */
    struct job_failure failure;
    struct job_pause pause; /* after job_turn_isolate() */
};

struct job_turn job_turn_of(const struct scheduled_job *row);

/* Runs a step, unless the job rests. `with`: the job's turn. */
enum status job_turn_run(struct call *call, void *with);

/* After the step failed, but not as STATUS_BUSY: records its organization, or the job as a whole,
 * with turn->failure.reason, which the caller sets. */
enum status job_turn_isolate(struct call *call, void *with);

/* When the job is due next; a read. */
enum status job_turn_next_at(struct call *call, struct job_turn *turn, utc_seconds *at);

#endif
