#include "service/outbox/outbox_old.h"

#include "statements.h"
#include "store/store.h"

enum {
    CONTENT_SECONDS = OUTBOX_CONTENT_DAYS * 86400,
    MESSAGE_SECONDS = OUTBOX_MESSAGE_DAYS * 86400,
    A_STEP = 500,
};

enum status
outbox_old_job_run(struct call *call, bool *more)
{
    struct outbox_forget_content_in content = { call->now - CONTENT_SECONDS, A_STEP };
    struct outbox_delete_old_in old = { call->now - MESSAGE_SECONDS, A_STEP };
    int64_t forgotten, deleted;
    enum status status = outbox_forget_content(&call->db, &content, &forgotten);

    *more = false;
    if (status)
        return status;
    status = outbox_delete_old(&call->db, &old, &deleted);
    *more = !status && (forgotten == A_STEP || deleted == A_STEP);
    return status;
}

static utc_seconds
old_at(struct optional_int64 queued_at, int64_t seconds)
{
    return queued_at.is ? queued_at.value + seconds + 1 : UTC_NEVER;
}

enum status
outbox_old_job_next_at(struct call *call, utc_seconds *at)
{
    struct outbox_oldest_kept_out kept;
    struct outbox_oldest_out oldest;
    enum status status = outbox_oldest_kept(&call->db, &kept);

    if (status)
        return status;
    status = outbox_oldest(&call->db, &oldest);
    if (status)
        return status;
    utc_seconds content = old_at(kept.queued_at, CONTENT_SECONDS),
                message = old_at(oldest.queued_at, MESSAGE_SECONDS);
    *at = content < message ? content : message;
    return STATUS_OK;
}
