/*
 * job.h - a step of a scheduled job, and the organizations that a job leaves out.
 *
 * One organization's fault must not stop a job for the others. A step names the organization that
 * it works for. When the step fails, the ticker (service/threads/ticker.h) rolls it back and
 * records the failure in the table job_failure. The statements that find what is due leave the
 * organization out until its pause is over; each failure doubles the pause. All servers share the
 * table.
 */
#ifndef SERVICE_CORE_JOB_H
#define SERVICE_CORE_JOB_H

#include "service/core/call.h"

enum {
    JOB_FIRST_PAUSE_SECONDS = 60, /* then twice as long, ... */
    JOB_LONGEST_PAUSE_SECONDS = 3600,
    JOB_RECOVERED_MOST = 64, /* organizations of one step */
};

/* The job of ingest, for the table: it is in no schedule. */
extern const char job_measurements[];

/* The state of a job of this process. call->job points to it while a step runs. */
struct job_step {
    const char *job; /* "renewals" */
    utc_seconds began;
    int64_t organization_id; /* the step works for it now; 0: for none, or for all */
    int64_t after;           /* job_last_organization() */
    utc_seconds rests_until; /* the job as a whole; 0: it does not rest */
    bool has_failures;
    int64_t recovered[JOB_RECOVERED_MOST]; /* organizations that left the table with this step */
    size_t recovered_count;
};

/* Begins a step, in its transaction. *rests: the job as a whole rests after a failure; the step
 * must do nothing. */
enum status job_begin_step(struct call *call, bool *rests);

/* The step works for this organization from now on, until it names another one. A job calls it
 * before anything that may fail because of the organization's rows. Does nothing outside of a job.
 */
enum status job_begin_organization(struct call *call, int64_t organization_id);

/* The step found nothing to do: an organization whose pause is over no longer has work. */
enum status job_end(struct call *call);

/* "" outside of a job: no organization is left out. */
const char *job_name(const struct call *call);

/* The organization of the last step that named one; 0: none, or outside of a job. A job that
 * searches from the next organization on gives each a step in turn, so one with much work does not
 * delay the others. */
int64_t job_last_organization(const struct call *call);

/* Statements that name the instant at which something is due next. */
struct job_failure_next_in;
struct job_failure_next_out;
typedef enum status job_next_statement(struct db *db, const struct job_failure_next_in *in,
                                       struct job_failure_next_out *out);

/* UTC_NEVER if nothing is. */
enum status job_next_at(struct call *call, job_next_statement *next, utc_seconds *at);

/* When an organization that was left out, of any job, is tried again. */
enum status job_retry_at(struct call *call, utc_seconds *at);

/* The pause after this many failures, 1 or more. */
int64_t job_pause_seconds(int64_t failures);

struct job_failure {
    const char *job;
    int64_t organization_id; /* 0: the job as a whole */
    const char *reason;
    utc_seconds began; /* the step that failed; 0: it was no step */
};

/* The result of recording the failure. */
struct job_pause {
    int64_t failures;
    utc_seconds retry_at;
    bool was_left_out; /* another server has just recorded it, or */
    bool in_vain;      /* the job does not leave it out: it failed before this step began */
};

/* Records one more failure. Inside a transaction. A job as a whole rests for
 * JOB_FIRST_PAUSE_SECONDS each time. */
enum status job_record_failure(struct call *call, const struct job_failure *failure,
                               struct job_pause *out);

/* Forgets the failures. *was_there: there was a record. Inside a transaction. */
enum status job_forget_failure(struct call *call, const char *job, int64_t organization_id,
                               bool *was_there);

/* An organization that a job leaves out. */
struct job_left_out {
    const char *job;
    int64_t organization_id; /* 0: the job as a whole */
    const char *name;        /* of the organization */
    int64_t failures;
    utc_seconds since, retry_at;
    const char *reason;
};

/* Log lines, for after the commit: job.isolated, job.recovered. */
void job_log_isolated(const struct job_failure *failure, const struct job_pause *pause);
void job_log_recovered(const char *job, int64_t organization_id);

/* Lists up to `most` of them, the longest failing first. *total: of all. A read. */
enum status job_list_left_out(struct call *call, int64_t most, struct job_left_out **out,
                              size_t *count, int64_t *total);

/* The number of organizations that a job leaves out. */
struct job_isolation {
    const char *job;
    int64_t organizations;
};

/* Lists the jobs that leave out organizations. A read. */
enum status job_count_left_out(struct call *call, struct job_isolation **out, size_t *count);

#endif
