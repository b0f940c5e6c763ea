#include "service/threads/job_turn.h"

struct job_turn
job_turn_of(const struct scheduled_job *row)
{
    return (struct job_turn){ .row = row, .step.job = row->name };
}

enum status
job_turn_run(struct call *call, void *with)
{
    struct job_turn *turn = with;
    bool rests;

    turn->more = false;
    call->job = &turn->step;
    enum status status = job_begin_step(call, &rests);
    if (status || rests)
        return status;
    status = turn->row->run(call, &turn->more);
    return status || turn->more ? status : job_end(call);
}

enum status
job_turn_isolate(struct call *call, void *with)
{
    struct job_turn *turn = with;

    turn->failure.job = turn->row->name;
    turn->failure.organization_id = turn->step.organization_id;
    turn->failure.began = turn->step.began;
    enum status status = job_record_failure(call, &turn->failure, &turn->pause);

    if (!status && turn->pause.in_vain) {
        turn->failure.organization_id = 0;
        status = job_record_failure(call, &turn->failure, &turn->pause);
    }
    if (status)
        return status;
    turn->more = turn->failure.organization_id && !turn->pause.was_left_out;
    turn->step.rests_until = turn->failure.organization_id ? 0 : turn->pause.retry_at;
    return STATUS_OK;
}

enum status
job_turn_next_at(struct call *call, struct job_turn *turn, utc_seconds *at)
{
    *at = turn->step.rests_until;
    if (*at > call->now)
        return STATUS_OK;
    call->job = &turn->step;
    return turn->row->next_at(call, at);
}
