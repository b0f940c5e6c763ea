/* webhooks_deliveries.c - the messages of a webhook: list, repeat, test. */
#include <string.h>

#include "base/id.h"
#include "service/core/cursor.h"
#include "service/core/transaction.h"
#include "service/outbox/outbox.h"
#include "service/webhook/webhooks.h"
#include "statements.h"
#include "store/store.h"

enum status
webhook_receiver_get(struct call *call, int64_t organization_id, int64_t id,
                     struct webhook_receiver *out)
{
    struct webhook_secret_in in = { organization_id, id };
    struct webhook_secret_out row;
    bool found;
    enum status status = webhook_secret(&call->db, &in, &row, &found);

    if (status)
        return status;
    if (!found)
        return call_fail(call, STATUS_NOT_FOUND, "", "", "there is no such webhook");
    *out = (struct webhook_receiver){ .url = row.url, .gone = row.gone_at != 0 };
    if (row.secret.size != WEBHOOK_SECRET_BYTES + SEAL_BYTES
        || !secret_open(out->secret, row.secret.at, row.secret.size, call->secret))
        return call_fail(call, STATUS_BROKEN, "", "",
                         "the secret of a webhook was sealed with another secret file");
    return STATUS_OK;
}

static struct webhook_delivery
delivery_of(const struct webhook_calls_page_out *row)
{
    return (struct webhook_delivery){
        .id = row->id,
        .event = row->purpose,
        .message_id = row->message_id,
        .delivery = { row->queued_at, row->state, row->attempts, row->sent_at, row->last_error },
        .next_try_at = strcmp(row->state, "waiting") != 0 ? 0 : row->next_try_at,
        .answer_code = row->answer_code,
    };
}

static enum status
deliveries_finish(struct call *call, const struct webhook_calls_page_out *rows, size_t count,
                  size_t limit, struct webhook_delivery_page *out)
{
    *out = (struct webhook_delivery_page){ .count = count < limit ? count : limit };
    out->items = call_new(call, (out->count + 1) * sizeof *out->items);
    if (!out->items)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < out->count; i++)
        out->items[i] = delivery_of(&rows[i]);
    if (count <= limit)
        return STATUS_OK;
    out->next =
        cursor_write_id(call, CURSOR_DELIVERIES, rows[limit - 1].queued_at, rows[limit - 1].id);
    return out->next ? STATUS_OK : STATUS_TOO_LARGE;
}

enum status
webhook_deliveries(struct call *call, int64_t organization_id, int64_t id, struct page_request page,
                   struct webhook_delivery_page *out)
{
    struct webhook_receiver receiver;
    char target[ID_TEXT_SIZE];
    struct webhook_calls_page_in in = {
        .organization_id = organization_id,
        .target = target,
        .before_at = UTC_NEVER,
        .before_id = INT64_MAX,
        .most = page.limit + 1,
    };
    struct webhook_calls_page_out *rows;
    size_t count;
    enum status status =
        cursor_read_id(call, CURSOR_DELIVERIES, page.cursor, &in.before_at, &in.before_id);

    id_format(target, id);
    if (status)
        return status;
    status = webhook_receiver_get(call, organization_id, id, &receiver);
    if (status)
        return status;
    status = webhook_calls_page(&call->db, &in, &rows, &count);
    return status ? status : deliveries_finish(call, rows, count, (size_t)page.limit, out);
}

struct send_context {
    int64_t organization_id, id, delivery_id;
    struct webhook_delivery *out;
};

static enum status
read_delivery(struct call *call, const struct send_context *context)
{
    char target[ID_TEXT_SIZE];
    struct webhook_call_get_in in = { .organization_id = context->organization_id,
                                      .target = target,
                                      .call_id = context->delivery_id };
    struct webhook_calls_page_out row;
    bool found;

    id_format(target, context->id);
    enum status status = webhook_call_get(&call->db, &in, &row, &found);
    if (status)
        return status;
    if (!found)
        return call_fail(call, STATUS_NOT_FOUND, "", "", "there is no such delivery");
    *context->out = delivery_of(&row);
    return STATUS_OK;
}

static enum status
redeliver_body(struct call *call, void *with)
{
    const struct send_context *context = with;
    struct outbox_retry_in in = { context->organization_id, context->delivery_id, call->now };
    struct webhook_receiver receiver;
    int64_t changed;
    enum status status =
        webhook_receiver_get(call, context->organization_id, context->id, &receiver);

    if (status)
        return status;
    status = read_delivery(call, context);
    if (status)
        return status;
    if (!strcmp(context->out->delivery.state, "waiting"))
        return call_fail(call, STATUS_CONFLICT, "delivery_waiting", "",
                         "this message is already waiting to be sent");
    status = outbox_retry(&call->db, &in, &changed);
    if (status)
        return status;
    if (changed == 0)
        return call_fail(call, STATUS_CONFLICT, "delivery_forgotten", "",
                         "the content of this message is no longer stored");
    status = outbox_end_pause(call, context->organization_id, context->id);
    return status ? status : read_delivery(call, context);
}

enum status
webhook_redeliver(struct call *call, int64_t organization_id, int64_t id, int64_t delivery_id,
                  struct webhook_delivery *out)
{
    struct send_context context = { organization_id, id, delivery_id, out };

    return transact(call, redeliver_body, &context);
}

static void
write_test(struct json_writer *json, const void *with, size_t index)
{
    const struct send_context *context = with;

    (void)index;
    json_put_id(json, "webhook_id", context->id);
}

static enum status
test_body(struct call *call, void *with)
{
    struct send_context *context = with;
    struct webhook_receiver receiver;
    enum status status =
        webhook_receiver_get(call, context->organization_id, context->id, &receiver);

    if (status)
        return status;
    const char *body = event_body(call, WEBHOOK_TEST_TYPE, write_test, context, 0);
    if (!body)
        return STATUS_TOO_LARGE;
    struct outbox_webhook_call test = { context->organization_id, context->id, WEBHOOK_TEST_TYPE,
                                        body };
    status = outbox_end_pause(call, context->organization_id, context->id);
    if (status)
        return status;
    status = outbox_put_webhook_calls(call, &test, 1, &context->delivery_id);
    return status ? status : read_delivery(call, context);
}

enum status
webhook_test(struct call *call, int64_t organization_id, int64_t id, struct webhook_delivery *out)
{
    struct send_context context = { organization_id, id, 0, out };

    return transact(call, test_body, &context);
}
