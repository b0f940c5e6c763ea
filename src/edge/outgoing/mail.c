#include "edge/outgoing/mail.h"

#include <stdio.h>

#include "base/email.h"
#include "edge/outgoing/mime.h"

enum { MAIL_MOST_BYTES = 96 * 1024 * 1024 };

void
outcome_from_transfer(struct outcome *out, const struct transfer_result *result)
{
    static const enum outcome_end ends[] = {
        [TRANSFER_DONE] = OUTCOME_SENT,       [TRANSFER_LATER] = OUTCOME_LATER,
        [TRANSFER_REFUSED] = OUTCOME_FAILED,  [TRANSFER_UNREACHED] = OUTCOME_UNREACHED,
        [TRANSFER_STOPPED] = OUTCOME_STOPPED,
    };

    _Static_assert(sizeof ends / sizeof *ends == TRANSFER_END_COUNT, "each end means something");
    out->end = ends[result->end];
    out->answer_code = result->code;
    snprintf(out->words, sizeof out->words, "%s", result->words);
}

static enum status
send_mail(void *with, struct call *call, const struct outbox_message *message, struct outcome *out)
{
    struct mail_channel *channel = with;
    struct transfer_result result;
    char to[EMAIL_SIZE];
    struct buffer bytes;

    (void)call;
    if (!email_valid(message->target)) { /* a line break would start another command */
        *out = (struct outcome){ .end = OUTCOME_FAILED,
                                 .words = "mail cannot be sent to this address" };
        return STATUS_OK;
    }
    email_for_mail(to, message->target);
    buffer_init(&bytes, MAIL_MOST_BYTES);
    mime_write(&bytes, &(struct mime_mail){
                           .from = channel->from,
                           .to = to,
                           .message_id = message->message_id,
                           .date = message->queued_at,
                           .content = &message->content,
                       });
    if (bytes.overflow) {
        *out = (struct outcome){ .end = OUTCOME_FAILED, .words = "the mail is too large" };
    } else {
        transfer_mail(channel->relay, to, &bytes,
                      (struct transfer_stop){ sender_stop_asked, message->sender }, &result);
        outcome_from_transfer(out, &result);
    }
    buffer_clear(&bytes);
    return STATUS_OK;
}

struct transport
mail_transport(struct mail_channel *channel)
{
    return (
        struct transport){ .kind = "mail", .send = send_mail, .with = channel, .uses_relay = true };
}
