#include "service/outbox/outbox_try.h"

#include <string.h>

#include "statements.h"
#include "store/store.h"

enum status
outbox_try_find(struct call *call, const char *kind, struct outbox_try out[OUTBOX_TRY_MOST],
                size_t *count)
{
    struct outbox_due_out *rows;
    enum status status = outbox_due(
        &call->db,
        &(struct outbox_due_in){ .kind = kind, .now = call->now, .most = OUTBOX_TRY_MOST }, &rows,
        count);

    for (size_t i = 0; !status && i < *count; i++)
        out[i] = (struct outbox_try){ rows[i].organization_id, rows[i].id, rows[i].next_try_at };
    return status;
}

enum status
outbox_try_claim(struct call *call, const struct outbox_try *try, bool *claimed)
{
    int64_t changed = 0;
    enum status status = outbox_claim(&call->db,
                                      &(struct outbox_claim_in){
                                          .organization_id = try->organization_id,
                                          .id = try->id,
                                          .seen = try->seen,
                                          .now = call->now,
                                          .until = call->now + OUTBOX_LEASE_SECONDS,
                                      },
                                      &changed);

    *claimed = changed > 0;
    return status;
}

enum status
outbox_try_read(struct call *call, const struct outbox_try *try, struct outbox_message *out)
{
    struct outbox_get_out row;
    bool found;
    enum status status = outbox_get(
        &call->db, &(struct outbox_get_in){ try->organization_id, try->id }, &row, &found);

    *out = (struct outbox_message){ .attempts = 0 };
    if (status)
        return status;
    if (!found || strcmp(row.state, "waiting"))
        return call_fail(call, STATUS_NOT_FOUND, "", "", "the message waits no more");
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

/* What else is due for the same target waits for a first pause, or each message for one that is
 * gone would hold up the others for as long as it takes to find that out. */
static enum status
rest_target(struct call *call, const struct outbox_try *try, const struct outbox_get_out *row)
{
    return outbox_rest(&call->db,
                       &(struct outbox_rest_in){
                           .organization_id = try->organization_id,
                           .kind = row->kind,
                           .target = row->target,
                           .now = call->now,
                           .until = call->now + OUTBOX_FIRST_PAUSE_SECONDS,
                       },
                       NULL);
}

static struct optional_int64
answer_code(const struct outcome *outcome)
{
    return (struct optional_int64){ .is = outcome->answer_code != 0,
                                    .value = outcome->answer_code };
}

/* Again later, or no more. */
static enum status
note_failure(struct call *call, const struct outbox_try *try, int64_t attempt,
             const struct outcome *outcome)
{
    struct outbox_get_out row;
    bool found;
    enum status status = outbox_get(
        &call->db, &(struct outbox_get_in){ try->organization_id, try->id }, &row, &found);

    if (status || !found)
        return status;
    utc_seconds first = row.first_try_at.is ? row.first_try_at.value : call->now;
    if (outcome->end == OUTCOME_UNREACHED)
        status = rest_target(call, try, &row);
    if (status)
        return status;
    bool over = outcome->end == OUTCOME_FAILED || call->now >= first + OUTBOX_TRIES_SECONDS;
    return outbox_not_sent(&call->db,
                           &(struct outbox_not_sent_in){
                               .organization_id = try->organization_id,
                               .id = try->id,
                               .attempt = attempt,
                               .state = over ? "failed" : "waiting",
                               .next_try_at = call->now + outbox_try_pause_seconds(attempt),
                               .last_error = outcome->words,
                               .answer_code = answer_code(outcome),
                           },
                           NULL);
}

enum status
outbox_try_note(struct call *call, const struct outbox_try *try, int64_t attempt,
                const struct outcome *outcome)
{
    if (outcome->end == OUTCOME_STOPPED)
        return outbox_put_back(&call->db,
                               &(struct outbox_put_back_in){
                                   .organization_id = try->organization_id,
                                   .id = try->id,
                                   .attempt = attempt,
                                   .now = call->now,
                               },
                               NULL);
    if (outcome->end != OUTCOME_SENT)
        return note_failure(call, try, attempt, outcome);
    return outbox_sent(
        &call->db,
        &(struct outbox_sent_in){ try->organization_id, try->id, call->now, answer_code(outcome) },
        NULL);
}
