#include "edge/outgoing/webhook.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/address_class.h"
#include "base/id.h"
#include "edge/outgoing/mail.h"
#include "edge/outgoing/transfer.h"
#include "service/threads/writer_call.h"
#include "service/webhook/webhooks.h"

enum {
    POST_MOST_SECONDS = 20, /* the standard recommends 15 to 30 */
    HEADER_SIZE = 400,
    HTTP_GONE = 410,
};

struct set_aside_context {
    int64_t organization_id, id;
};

static bool
is_public(const struct address *address)
{
    return address_class_of((const struct sockaddr *)&address->storage) == ADDRESS_PUBLIC;
}

static void
webhook_refuse(struct outcome *out, enum outcome_end end, const char *words)
{
    *out = (struct outcome){ .end = end };
    snprintf(out->words, sizeof out->words, "%s", words);
}

static void
webhook_post(const struct webhook_channel *channel, const struct outbox_message *message,
             const struct webhook_receiver *receiver, struct transfer_result *result)
{
    const char *body = message->content.body ? message->content.body : "";
    const struct webhook_message signed_message = { message->message_id, utc_now(), body,
                                                    strlen(body) };
    char id[HEADER_SIZE], when[HEADER_SIZE], signature[HEADER_SIZE], value[WEBHOOK_SIGNATURE_SIZE];
    const char *const headers[] = {
        "Content-Type: application/json",
        "User-Agent: Tenure/" TENURE_VERSION,
        id,
        when,
        signature,
        NULL,
    };

    webhook_sign(value, &signed_message, receiver->secret, sizeof receiver->secret);
    snprintf(id, sizeof id, "webhook-id: %s", message->message_id);
    snprintf(when, sizeof when, "webhook-timestamp: %" PRId64, signed_message.sent_at);
    snprintf(signature, sizeof signature, "webhook-signature: %s", value);
    transfer_post(
        &(struct transfer_post){
            .url = receiver->url,
            .headers = headers,
            .body = body,
            .body_size = strlen(body),
            .most_seconds = POST_MOST_SECONDS,
            .admits = channel->private_is_allowed ? NULL : is_public,
            .ca_file = "",
            .stop = { sender_stop_asked, message->sender },
        },
        NULL, result);
}

static enum status
webhook_end_body(struct call *call, void *with)
{
    const struct set_aside_context *context = with;

    return webhook_set_aside(call, context->organization_id, context->id);
}

/* If this fails, the next message gets the same answer and tries again. */
static void
webhook_end(const struct webhook_channel *channel, struct call *call, int64_t organization_id,
            int64_t id)
{
    struct set_aside_context context = { organization_id, id };
    struct fault fault;

    (void)!writer_call(
        channel->writer,
        &(struct writer_work){ webhook_end_body, .with = &context, .arena = call->db.arena },
        &fault);
}

static enum status
webhook_send(void *with, struct call *call, const struct outbox_message *message,
             struct outcome *out)
{
    const struct webhook_channel *channel = with;
    struct webhook_receiver receiver;
    struct transfer_result result;
    int64_t id;

    enum status status = id_parse(&id, message->target, strlen(message->target))
                             ? webhook_receiver_get(call, message->organization_id, id, &receiver)
                             : STATUS_NOT_FOUND;
    if (status == STATUS_NOT_FOUND || (!status && receiver.gone)) {
        webhook_refuse(out, OUTCOME_FAILED,
                       status ? "the webhook was deleted"
                              : "the receiver asked for no more messages (410)");
        return STATUS_OK;
    }
    if (status)
        return status;
    webhook_post(channel, message, &receiver, &result);
    outcome_from_transfer(out, &result);
    if (result.code == HTTP_GONE)
        webhook_end(channel, call, message->organization_id, id);
    return STATUS_OK;
}

struct transport
webhook_transport(struct webhook_channel *channel)
{
    return (struct transport){
        .kind = "webhook", .send = webhook_send, .with = channel, .uses_relay = false
    };
}
