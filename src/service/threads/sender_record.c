#include "service/threads/sender_record.h"

#include "base/log.h"
#include "service/threads/writer_call.h"

enum {
    MOST_MEMORY_BYTES = 64 * 1024 * 1024,
    RECORD_TRIES = 5,
    RECORD_PAUSE_MILLISECONDS = 200,
};

void
sender_records_init(struct sender_records *records, struct writer *writer, struct sleeper *sleeper)
{
    records->writer = writer;
    records->sleeper = sleeper;
    arena_init(&records->arena, MOST_MEMORY_BYTES);
}

void
sender_records_clear(struct sender_records *records)
{
    arena_clear(&records->arena);
}

static enum status
records_write(struct sender_records *records, transaction_body *body, struct sending_batch *batch,
              struct fault *fault)
{
    struct writer_work work = { body, .with = batch, .arena = &records->arena };
    enum status status = writer_call(records->writer, &work, fault);

    arena_clear(&records->arena);
    return status;
}

static enum status
sender_claim_body(struct call *call, void *with)
{
    const struct sending_batch *batch = with;
    enum status status = STATUS_OK;

    for (size_t i = 0; i < batch->count && !status; i++) {
        struct sending *sending = batch->items[i];
        status = outbox_try_claim(call, &sending->try, &sending->claimed);
    }
    return status;
}

bool
sender_claim(struct sender_records *records, struct sending_batch *batch)
{
    struct fault fault;
    enum status status = records_write(records, sender_claim_body, batch, &fault);

    for (size_t i = 0; status && i < batch->count; i++)
        batch->items[i]->claimed = false;
    if (status && status != STATUS_BUSY)
        log_often(LOG_ERROR, "sender.failed", fault.reason, "%s", fault.reason);
    return !status;
}

static enum status
sender_record_body(struct call *call, void *with)
{
    const struct sending_batch *batch = with;
    enum status status = STATUS_OK;

    for (size_t i = 0; i < batch->count && !status; i++) {
        const struct sending *sending = batch->items[i];
        status =
            outbox_try_finish(call, &sending->try, sending->message.attempts, &sending->outcome);
    }
    return status;
}

static enum status
record_patiently(struct sender_records *records, struct sending_batch *batch, struct fault *fault)
{
    enum status status = STATUS_BUSY;

    for (int i = 0; status == STATUS_BUSY && i < RECORD_TRIES; i++) {
        if (i > 0)
            (void)sleeper_rest(records->sleeper, RECORD_PAUSE_MILLISECONDS);
        status = records_write(records, sender_record_body, batch, fault);
    }
    return status;
}

static void
record_log(const struct fault *fault)
{
    log_often(LOG_ERROR, "sender.not_noted", fault->reason, "a message will be sent once more: %s",
              fault->reason);
}

void
sender_record(struct sender_records *records, struct sending_batch *batch)
{
    struct fault fault;
    enum status status = batch->count > 0 ? record_patiently(records, batch, &fault) : STATUS_OK;

    if (status == STATUS_BUSY) {
        record_log(&fault);
        return;
    }
    for (size_t i = 0; status && i < batch->count; i++) { /* one that fails holds up no other */
        struct sending_batch one = { .items = { batch->items[i] }, .count = 1 };
        if (record_patiently(records, &one, &fault))
            record_log(&fault);
    }
}
