#include "service/outbox/events.h"

#include "service/outbox/outbox.h"
#include "statements.h"
#include "store/store.h"

enum { BODY_MOST_BYTES = 64 * 1024 };

const char *const event_words[EVENT_COUNT] = {
    [EVENT_LICENSE_EXPIRING] = "license.expiring",
    [EVENT_LICENSE_EXPIRED] = "license.expired",
    [EVENT_LICENSE_RENEWED] = "license.renewed",
    [EVENT_POOL_LOW] = "pool.low",
    [EVENT_CODE_REDEEMED] = "code.redeemed",
    [EVENT_SENSOR_REFUSED_FIRST] = "sensor.refused_first",
    [EVENT_SENSOR_CONFLICTS] = "sensor.conflicts",
};

enum status
events_wanted(struct call *call, int64_t organization_id, enum event event, bool *wanted)
{
    struct event_wanted_in in = { organization_id, event_words[event] };
    struct event_wanted_out row;
    enum status status = event_wanted(&call->db, &in, &row);

    *wanted = !status && row.wanted;
    return status;
}

const char *
event_body(struct call *call, const char *type, event_writer *write, const void *with, size_t index)
{
    struct buffer buffer;
    struct json_writer json;

    buffer_init(&buffer, BODY_MOST_BYTES);
    json_begin(&json, &buffer);
    json_object_open(&json);
    json_put_text(&json, "type", type);
    json_put_time(&json, "timestamp", call->now);
    json_key(&json, "data");
    json_object_open(&json);
    write(&json, with, index);
    json_object_close(&json);
    json_object_close(&json);
    const char *text = buffer.overflow ? NULL
                                       : arena_text(call->db.arena, buffer.bytes, buffer.size);
    buffer_clear(&buffer);
    if (!text)
        (void)!call_too_large(call);
    return text;
}

enum status
event_emit(struct call *call, const struct event_batch *batch)
{
    const char *word = event_words[batch->event];
    struct event_webhooks_in in = { batch->organization_id, word };
    struct event_webhooks_out *webhooks;
    size_t webhook_count, queued = 0;
    enum status status = event_webhooks(&call->db, &in, &webhooks, &webhook_count);

    if (status || webhook_count == 0)
        return status;
    struct outbox_webhook_call *calls =
        call_new(call, (batch->count * webhook_count + 1) * sizeof *calls);
    if (!calls)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < batch->count; i++) {
        const char *body = event_body(call, word, batch->write, batch->with, i);
        if (!body)
            return STATUS_TOO_LARGE;
        for (size_t k = 0; k < webhook_count; k++)
            calls[queued++] = (struct outbox_webhook_call){ batch->organization_id,
                                                            webhooks[k].webhook_id, word, body };
    }
    return outbox_put_webhook_calls(call, calls, queued, NULL);
}
