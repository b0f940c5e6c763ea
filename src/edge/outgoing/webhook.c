#include "edge/outgoing/webhook.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/address_class.h"
#include "base/id.h"
#include "edge/outgoing/mail.h"
#include "service/threads/writer_call.h"
#include "service/webhook/webhooks.h"

enum {
    POST_MOST_SECONDS = 20, /* the standard recommends 15 to 30 */
    HEADER_SIZE = 400,
    HTTP_GONE = 410,
    MOST_RUNNING = 128,
    MOST_QUICK = 64,
};

/* A call on its way. */
struct webhook_sending {
    struct sending *sending;
    int64_t id; /* of the webhook */
    struct transfer_post post;
    char message_id[HEADER_SIZE], when[HEADER_SIZE], signature[HEADER_SIZE];
    const char *headers[6];
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
webhook_refuse(struct sending *sending, const char *words)
{
    struct outcome outcome = { .end = OUTCOME_FAILED };

    snprintf(outcome.words, sizeof outcome.words, "%s", words);
    sending_end(sending, &outcome);
}

/* On the thread of the loop. */
static void
webhook_done(void *with, const struct transfer_result *result)
{
    struct webhook_sending *hook = with;
    struct outcome outcome = outcome_from_transfer(result);

    sending_end(hook->sending, &outcome);
}

static void
webhook_write_headers(struct webhook_sending *hook, const struct webhook_receiver *receiver)
{
    const struct outbox_message *message = &hook->sending->message;
    const struct webhook_message signed_message = { message->message_id, utc_now(), hook->post.body,
                                                    hook->post.body_size };
    const char *const headers[] = {
        "Content-Type: application/json",
        "User-Agent: Tenure/" TENURE_VERSION,
        hook->message_id,
        hook->when,
        hook->signature,
        NULL,
    };
    char value[WEBHOOK_SIGNATURE_SIZE];

    webhook_sign(value, &signed_message, receiver->secret, sizeof receiver->secret);
    snprintf(hook->message_id, HEADER_SIZE, "webhook-id: %s", message->message_id);
    snprintf(hook->when, HEADER_SIZE, "webhook-timestamp: %" PRId64, signed_message.sent_at);
    snprintf(hook->signature, HEADER_SIZE, "webhook-signature: %s", value);
    _Static_assert(sizeof headers == sizeof hook->headers, "all headers");
    memcpy(hook->headers, headers, sizeof headers);
}

/* *hook, the message and the address live in the arena of the call. */
static void
webhook_post(const struct webhook_channel *channel, struct webhook_sending *hook,
             const struct webhook_receiver *receiver)
{
    const char *body = hook->sending->message.content.body;

    hook->post = (struct transfer_post){
        .url = receiver->url,
        .headers = hook->headers,
        .body = body ? body : "",
        .body_size = body ? strlen(body) : 0,
        .most_seconds = POST_MOST_SECONDS,
        .admits = channel->private_is_allowed ? NULL : is_public,
        .ca_file = "",
        .done = webhook_done,
        .with = hook,
    };
    webhook_write_headers(hook, receiver);
    transfer_post(channel->loop, &hook->post);
}

static enum status
webhook_end_body(struct call *call, void *with)
{
    const struct set_aside_context *context = with;

    return webhook_set_aside(call, context->organization_id, context->id);
}

/* If this fails, the next message gets the same answer and tries again. */
static void
webhook_clear(void *with, struct call *call, struct sending *sending)
{
    const struct webhook_channel *channel = with;
    const struct webhook_sending *hook = sending->own;
    struct set_aside_context context = { sending->message.organization_id, hook->id };
    struct fault fault;

    if (sending->outcome.answer_code == HTTP_GONE)
        (void)!writer_call(
            channel->writer,
            &(struct writer_work){ webhook_end_body, .with = &context, .arena = call->db.arena },
            &fault);
}

static enum status
webhook_start(void *with, struct call *call, struct sending *sending)
{
    const struct webhook_channel *channel = with;
    const struct outbox_message *message = &sending->message;
    struct webhook_sending *hook = call_new(call, sizeof *hook);
    struct webhook_receiver receiver = { .url = NULL };

    if (!hook)
        return STATUS_TOO_LARGE;
    hook->sending = sending;
    sending->own = hook;
    enum status status =
        id_parse(&hook->id, message->target, strlen(message->target))
            ? webhook_receiver_get(call, message->organization_id, hook->id, &receiver)
            : STATUS_NOT_FOUND;
    if (status && status != STATUS_NOT_FOUND)
        return status;
    if (status)
        webhook_refuse(sending, "the webhook was deleted");
    else if (receiver.gone)
        webhook_refuse(sending, "the receiver asked for no more messages (410)");
    else
        webhook_post(channel, hook, &receiver);
    return STATUS_OK;
}

static void
webhook_stop(void *with)
{
    const struct webhook_channel *channel = with;

    transfer_loop_interrupt(channel->loop);
}

struct transport
webhook_transport(struct webhook_channel *channel)
{
    return (struct transport){
        .kind = "webhook",
        .limits = { MOST_RUNNING, MOST_QUICK, .by_domain = false },
        .start = webhook_start,
        .end = webhook_clear,
        .stop = webhook_stop,
        .with = channel,
    };
}
