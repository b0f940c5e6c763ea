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
    int64_t forgotten = 0, deleted = 0;
    enum status status = outbox_forget_content(
        &call->db,
        &(struct outbox_forget_content_in){ .before = call->now - CONTENT_SECONDS, .most = A_STEP },
        &forgotten);

    if (!status)
        status = outbox_delete_old(
            &call->db,
            &(struct outbox_delete_old_in){ .before = call->now - MESSAGE_SECONDS, .most = A_STEP },
            &deleted);
    *more = !status && (forgotten == A_STEP || deleted == A_STEP);
    return status;
}

enum status
outbox_old_job_next_at(struct call *call, utc_seconds *at)
{
    struct outbox_oldest_kept_out kept;
    struct outbox_oldest_out oldest;
    enum status status = outbox_oldest_kept(&call->db, &kept);

    *at = UTC_NEVER;
    if (!status && kept.queued_at.is)
        *at = kept.queued_at.value + CONTENT_SECONDS + 1;
    if (!status)
        status = outbox_oldest(&call->db, &oldest);
    if (!status && oldest.queued_at.is && oldest.queued_at.value + MESSAGE_SECONDS + 1 < *at)
        *at = oldest.queued_at.value + MESSAGE_SECONDS + 1;
    return status;
}
