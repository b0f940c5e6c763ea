#include "service/outbox/outbox_try.h"

#include <string.h>

#include "statements.h"
#include "store/store.h"

enum status
outbox_try_claim(struct call *call, const struct outbox_try *try, bool *claimed)
{
    struct outbox_claim_in in = { try->organization_id, try->id, try->seen, call->now,
                                  call->now + OUTBOX_LEASE_SECONDS };
    int64_t changed = 0;
    enum status status = outbox_claim(&call->db, &in, &changed);

    *claimed = changed > 0;
    return status;
}

enum status
outbox_try_read(struct call *call, const struct outbox_try *try, struct outbox_message *out)
{
    struct outbox_get_in in = { try->organization_id, try->id };
    struct outbox_get_out row;
    bool found;
    enum status status = outbox_get(&call->db, &in, &row, &found);

    *out = (struct outbox_message){ .attempts = 0 };
    if (status)
        return status;
    if (!found || strcmp(row.state, "waiting"))
        return call_fail(call, STATUS_NOT_FOUND, "", "", "the message no longer waits");
    *out = (struct outbox_message){
        .organization_id = try->organization_id,
        .id = try->id,
        .purpose = row.purpose,
        .target = row.target,
        .message_id = row.message_id,
        .queued_at = row.queued_at,
        .attempts = row.attempts,
    };
    return outbox_content_open(call, row.content.at, row.content.size, &out->content);
}

int64_t
outbox_try_pause_seconds(int64_t attempts)
{
    int64_t seconds = OUTBOX_FIRST_PAUSE_SECONDS;

    for (int64_t i = 1; i < attempts && seconds < OUTBOX_LONGEST_PAUSE_SECONDS; i++)
        seconds *= 2;
    return seconds < OUTBOX_LONGEST_PAUSE_SECONDS ? seconds : OUTBOX_LONGEST_PAUSE_SECONDS;
}

/* Holds back the messages to a target until `until`. Otherwise each of them would be refused or
 * would time out. */
static enum status
pause_target(struct call *call, const struct outbox_try *try, const struct outbox_get_out *row,
             utc_seconds until)
{
    struct outbox_pauses_forget_in over = { try->organization_id, call->now };
    struct outbox_pause_set_in in = { try->organization_id, row->kind, row->target, until };
    enum status status = outbox_pauses_forget(&call->db, &over, NULL);

    return status ? status : outbox_pause_set(&call->db, &in, NULL);
}

static utc_seconds
pause_earlier(utc_seconds a, utc_seconds b)
{
    return a < b ? a : b;
}

static utc_seconds
pause_later(utc_seconds a, utc_seconds b)
{
    return a > b ? a : b;
}

/* When the target may get its next message. A relay that was not reached is not a target: the
 * sender rests. */
static utc_seconds
pause_end(const struct call *call, const struct outbox_get_out *row, const struct outcome *outcome)
{
    bool unreached = outcome->end == OUTCOME_UNREACHED && !strcmp(row->kind, "webhook");
    utc_seconds asked = pause_earlier(outcome->retry_at, call->now + OUTBOX_TRIES_SECONDS);

    return pause_later(asked, unreached ? call->now + OUTBOX_FIRST_PAUSE_SECONDS : 0);
}

static struct optional_int64
answer_code(const struct outcome *outcome)
{
    return (struct optional_int64){ .is = outcome->answer_code != 0,
                                    .value = outcome->answer_code };
}

/* Schedules the next try, or gives up. */
static enum status
finish_failure(struct call *call, const struct outbox_try *try, int64_t attempt,
               const struct outcome *outcome)
{
    struct outbox_get_in in = { try->organization_id, try->id };
    struct outbox_get_out row;
    bool found;
    enum status status = outbox_get(&call->db, &in, &row, &found);

    if (status || !found)
        return status;
    utc_seconds first = row.first_try_at.is ? row.first_try_at.value : call->now,
                last = first + OUTBOX_TRIES_SECONDS, pause = pause_end(call, &row, outcome);
    if (pause > call->now && outcome->end != OUTCOME_FAILED)
        status = pause_target(call, try, &row, pause);
    if (status)
        return status;
    bool over = outcome->end == OUTCOME_FAILED || call->now >= last;
    struct outbox_not_sent_in failure = {
        .organization_id = try->organization_id,
        .id = try->id,
        .attempt = attempt,
        .state = over ? "failed" : "waiting",
        .next_try_at = pause_later(call->now + outbox_try_pause_seconds(attempt),
                                   pause_earlier(outcome->retry_at, last)),
        .last_error = outcome->words,
        .answer_code = answer_code(outcome),
    };
    return outbox_not_sent(&call->db, &failure, NULL);
}

enum status
outbox_try_finish(struct call *call, const struct outbox_try *try, int64_t attempt,
                  const struct outcome *outcome)
{
    struct outbox_put_back_in back = { try->organization_id, try->id, attempt, call->now };
    struct outbox_sent_in sent = { try->organization_id, try->id, call->now, answer_code(outcome) };

    if (outcome->end == OUTCOME_STOPPED)
        return outbox_put_back(&call->db, &back, NULL);
    if (outcome->end == OUTCOME_SENT)
        return outbox_sent(&call->db, &sent, NULL);
    return finish_failure(call, try, attempt, outcome);
}
