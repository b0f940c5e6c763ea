#include "service/core/job.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "statements.h"
#include "store/store.h"

enum {
    FORGOTTEN_SECONDS = 2 * JOB_LONGEST_PAUSE_SECONDS,
    JOB_REASON_SIZE = 256, /* as in struct fault */
};

const char job_measurements[] = "measurements";

const char *
job_name(const struct call *call)
{
    return call->job ? call->job->job : "";
}

int64_t
job_last_organization(const struct call *call)
{
    return call->job ? call->job->after : 0;
}

enum status
job_begin_step(struct call *call, bool *rests)
{
    struct job_step *step = call->job;
    struct job_state_out state;
    struct job_state_in in = { step->job, call->now - FORGOTTEN_SECONDS };
    enum status status = job_state(&call->db, &in, &state);

    *rests = false;
    step->began = call->now;
    step->organization_id = 0;
    step->recovered_count = 0;
    if (status)
        return status;
    step->has_failures = state.failing > 0;
    step->rests_until = state.rests_until;
    *rests = state.rests_until > call->now;
    return STATUS_OK;
}

static void
job_note_recovered(struct job_step *step, int64_t organization_id)
{
    if (step->recovered_count < JOB_RECOVERED_MOST)
        step->recovered[step->recovered_count++] = organization_id;
}

enum status
job_begin_organization(struct call *call, int64_t organization_id)
{
    struct job_step *step = call->job;
    bool was_there;

    if (!step || step->organization_id == organization_id)
        return STATUS_OK;
    step->organization_id = step->after = organization_id;
    if (!step->has_failures)
        return STATUS_OK;
    enum status status = job_forget_failure(call, step->job, organization_id, &was_there);
    if (!status && was_there)
        job_note_recovered(step, organization_id);
    return status;
}

enum status
job_end(struct call *call)
{
    struct job_step *step = call->job;
    struct job_failures_end_in in = { step->job, call->now, call->now - FORGOTTEN_SECONDS };
    struct job_failures_end_out *rows;
    size_t count = 0;

    step->organization_id = 0;
    if (!step->has_failures)
        return STATUS_OK;
    enum status status = job_failures_end(&call->db, &in, &rows, &count);
    for (size_t i = 0; i < count && !status; i++)
        if (!strcmp(rows[i].job, step->job))
            job_note_recovered(step, rows[i].organization_id);
    return status;
}

enum status
job_next_at(struct call *call, job_next_statement *next, utc_seconds *at)
{
    struct job_failure_next_out row;
    enum status status =
        next(&call->db, &(struct job_failure_next_in){ job_name(call), call->now }, &row);

    if (!status)
        *at = row.at.is ? row.at.value : UTC_NEVER;
    return status;
}

enum status
job_retry_at(struct call *call, utc_seconds *at)
{
    return job_next_at(call, job_failure_next, at);
}

int64_t
job_pause_seconds(int64_t failures)
{
    int64_t seconds = JOB_FIRST_PAUSE_SECONDS;

    for (int64_t i = 1; i < failures && seconds < JOB_LONGEST_PAUSE_SECONDS; i++)
        seconds *= 2;
    return seconds < JOB_LONGEST_PAUSE_SECONDS ? seconds : JOB_LONGEST_PAUSE_SECONDS;
}

/* A reason may quote a broken text, which PostgreSQL does not accept. */
static void
job_clean_reason(char out[JOB_REASON_SIZE], const char *reason)
{
    snprintf(out, JOB_REASON_SIZE, "%s", reason);
    if (utf8_valid(out, strlen(out)))
        return;
    for (char *at = out; *at; at++)
        *at = (*at & 0x80) ? '?' : *at;
}

enum status
job_record_failure(struct call *call, const struct job_failure *failure, struct job_pause *out)
{
    char reason[JOB_REASON_SIZE];
    struct job_failure_get_in key = { failure->job, failure->organization_id };
    struct job_failure_get_out row = { .since = call->now };
    bool found;
    enum status status = job_failure_get(&call->db, &key, &row, &found);

    if (status)
        return status;
    out->was_left_out = found && row.retry_at > call->now;
    out->in_vain = out->was_left_out
                   && row.retry_at - job_pause_seconds(row.failures) < failure->began;
    out->failures = found ? row.failures + 1 : 1;
    out->retry_at = call->now + job_pause_seconds(failure->organization_id ? out->failures : 1);
    job_clean_reason(reason, failure->reason);
    struct job_failure_put_in put = {
        .job = failure->job,
        .organization_id = failure->organization_id,
        .failures = out->failures,
        .since = found ? row.since : call->now,
        .retry_at = out->retry_at,
        .reason = reason,
    };
    return job_failure_put(&call->db, &put, NULL);
}

enum status
job_forget_failure(struct call *call, const char *job, int64_t organization_id, bool *was_there)
{
    int64_t deleted = 0;
    enum status status = job_failure_delete(
        &call->db, &(struct job_failure_delete_in){ job, organization_id }, &deleted);

    *was_there = deleted > 0;
    return status;
}

void
job_log_isolated(const struct job_failure *failure, const struct job_pause *pause)
{
    char id[ID_TEXT_SIZE] = "", retry_at[UTC_TEXT_SIZE];

    if (failure->organization_id)
        id_format(id, failure->organization_id);
    utc_format(retry_at, pause->retry_at);
    log_line(LOG_ERROR, "job.isolated",
             "job=\"%s\" organization=%s failures=%" PRId64 " retry_at=%s reason=\"%s\"",
             failure->job, *id ? id : "all", pause->failures, retry_at, failure->reason);
}

void
job_log_recovered(const char *job, int64_t organization_id)
{
    char id[ID_TEXT_SIZE] = "";

    if (organization_id)
        id_format(id, organization_id);
    log_line(LOG_INFO, "job.recovered", "job=\"%s\" organization=%s", job, *id ? id : "all");
}

enum status
job_list_left_out(struct call *call, int64_t most, struct job_left_out **out, size_t *count,
                  int64_t *total)
{
    struct job_failures_list_out *rows;
    enum status status =
        job_failures_list(&call->db, &(struct job_failures_list_in){ most }, &rows, count);

    *total = 0;
    if (status)
        return status;
    *out = call_new(call, (*count + 1) * sizeof **out);
    if (!*out)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < *count; i++) {
        *total = rows[i].total;
        (*out)[i] = (struct job_left_out){
            .job = rows[i].job,
            .organization_id = rows[i].organization_id,
            .name = rows[i].name,
            .failures = rows[i].failures,
            .since = rows[i].since,
            .retry_at = rows[i].retry_at,
            .reason = rows[i].reason,
        };
    }
    return STATUS_OK;
}

enum status
job_count_left_out(struct call *call, struct job_isolation **out, size_t *count)
{
    struct job_failures_by_job_out *rows;
    enum status status = job_failures_by_job(&call->db, &rows, count);

    if (status)
        return status;
    *out = call_new(call, (*count + 1) * sizeof **out);
    if (!*out)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < *count; i++)
        (*out)[i] = (struct job_isolation){ rows[i].job, rows[i].organizations };
    return STATUS_OK;
}
