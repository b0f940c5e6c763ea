#include "edge/outgoing/mail.h"

#include <stdio.h>

#include "base/email.h"
#include "edge/outgoing/mime.h"

enum { MAIL_MOST_BYTES = 96 * 1024 * 1024 };

/* A mail on its way. */
struct mail_sending {
    struct work_item item;
    struct mail_channel *channel;
    struct sending *sending;
    char to[EMAIL_SIZE];
    struct buffer bytes;
};

struct outcome
outcome_from_transfer(const struct transfer_result *result)
{
    static const enum outcome_end ends[] = {
        [TRANSFER_DONE] = OUTCOME_SENT,       [TRANSFER_LATER] = OUTCOME_LATER,
        [TRANSFER_REFUSED] = OUTCOME_FAILED,  [TRANSFER_UNREACHED] = OUTCOME_UNREACHED,
        [TRANSFER_STOPPED] = OUTCOME_STOPPED,
    };
    struct outcome out = { .end = ends[result->end],
                           .answer_code = result->code,
                           .retry_at = result->retry_at };

    _Static_assert(sizeof ends / sizeof *ends == TRANSFER_END_COUNT, "each end means something");
    snprintf(out.words, sizeof out.words, "%s", result->words);
    return out;
}

static bool
mail_stop_asked(void *with)
{
    struct mail_channel *channel = with;

    return atomic_load(&channel->stopping);
}

/* On a worker's thread. */
static void
mail_run(struct work_item *item)
{
    struct mail_sending *mail = item->owner;
    struct transfer_result result;

    transfer_mail(mail->channel->relay, mail->to, &mail->bytes,
                  (struct transfer_stop){ mail_stop_asked, mail->channel }, &result);
    struct outcome outcome = outcome_from_transfer(&result);
    sending_end(mail->sending, &outcome);
}

static void
mail_refuse(struct sending *sending, const char *words)
{
    struct outcome outcome = { .end = OUTCOME_FAILED };

    snprintf(outcome.words, sizeof outcome.words, "%s", words);
    sending_end(sending, &outcome);
}

static enum status
mail_start(void *with, struct call *call, struct sending *sending)
{
    struct mail_channel *channel = with;
    const struct outbox_message *message = &sending->message;
    struct mail_sending *mail = call_new(call, sizeof *mail);

    if (!mail)
        return STATUS_TOO_LARGE;
    *mail = (struct mail_sending){ .item = { .run = mail_run, .owner = mail },
                                   .channel = channel,
                                   .sending = sending };
    buffer_init(&mail->bytes, MAIL_MOST_BYTES);
    sending->own = mail;
    if (!email_valid(message->target)) { /* a line break would start another command */
        mail_refuse(sending, "mail cannot be sent to this address");
        return STATUS_OK;
    }
    email_for_mail(mail->to, message->target);
    mime_write(&mail->bytes, &(struct mime_mail){
                                 .from = channel->from,
                                 .to = mail->to,
                                 .message_id = message->message_id,
                                 .date = message->queued_at,
                                 .content = &message->content,
                             });
    if (mail->bytes.overflow)
        mail_refuse(sending, "the mail is too large");
    else if (!workers_put(channel->workers, &mail->item))
        sending_end(sending, &(struct outcome){ .end = OUTCOME_STOPPED });
    return STATUS_OK;
}

static void
mail_clear(void *with, struct call *call, struct sending *sending)
{
    struct mail_sending *mail = sending->own;

    (void)with, (void)call;
    buffer_clear(&mail->bytes);
}

static void
mail_stop(void *with)
{
    struct mail_channel *channel = with;

    atomic_store(&channel->stopping, true);
}

struct transport
mail_transport(struct mail_channel *channel)
{
    return (struct transport){
        .kind = "mail",
        .limits = { MAIL_MOST_RUNNING, MAIL_MOST_QUICK, .by_domain = true },
        .start = mail_start,
        .end = mail_clear,
        .stop = mail_stop,
        .with = channel,
        .uses_relay = true,
    };
}
