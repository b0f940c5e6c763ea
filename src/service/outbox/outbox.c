#include "service/outbox/outbox.h"

#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "statements.h"

enum { MESSAGE_ID_SIZE = 320 };

/* The right side of a Message-ID (RFC 5322, section 3.6.4): the host of the public URL. */
static void
write_host(char *out, size_t size, const char *public_url)
{
    const char *host = strstr(public_url, "://");

    host = host ? host + 3 : "tenure.invalid";
    size_t length = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/");
    snprintf(out, size, "%.*s", (int)length, host);
}

/* Completes a row that has its organization, purpose and target. */
static enum status
outbox_fill(struct call *call, struct outbox_insert_in *row, const char *message_id,
            const struct outbox_content *content)
{
    const void *sealed;
    size_t size;
    enum status status = outbox_content_seal(call, content, &sealed, &size);

    if (status)
        return status;
    row->id = id_random();
    row->message_id = call_text(call, message_id);
    row->content = (struct bytes){ sealed, size };
    row->queued_at = call->now;
    return row->message_id && row->target ? STATUS_OK : STATUS_TOO_LARGE;
}

static enum status
insert_rows(struct call *call, const struct outbox_insert_in *rows, size_t count, int64_t *ids)
{
    for (size_t i = 0; ids && i < count; i++)
        ids[i] = rows[i].id;
    return count == 0 ? STATUS_OK : outbox_insert(&call->db, rows, count, NULL);
}

enum status
outbox_put_mails(struct call *call, const struct outbox_mail *mails, size_t count, int64_t *ids)
{
    struct outbox_insert_in *rows = call_new(call, (count + 1) * sizeof *rows);
    char token[TOKEN_TEXT_SIZE], host[256], message_id[MESSAGE_ID_SIZE];

    if (!rows)
        return STATUS_TOO_LARGE;
    write_host(host, sizeof host, call->public_url);
    for (size_t i = 0; i < count; i++) {
        const struct outbox_mail *mail = &mails[i];
        const struct outbox_content content = {
            .letter = mail->letter,
            .attachment = mail->attachment,
            .unsubscribe_url = mail->unsubscribe_url,
        };
        random_token(token);
        snprintf(message_id, sizeof message_id, "<%s@%s>", token, host);
        rows[i] = (struct outbox_insert_in){ .organization_id = mail->organization_id,
                                             .kind = "mail",
                                             .purpose = mail->purpose,
                                             .target = mail->to };
        enum status status = outbox_fill(call, &rows[i], message_id, &content);
        if (status)
            return status;
    }
    return insert_rows(call, rows, count, ids);
}

enum status
outbox_record_notices(struct call *call, const struct outbox_notice *notices, size_t count)
{
    struct notice_insert_in *rows = call_new(call, count * sizeof *rows);

    if (!rows)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct notice_insert_in){
            .organization_id = notices[i].organization_id,
            .id = notices[i].id,
            .kind = notices[i].kind,
            .user_id = notices[i].user_id,
            .recipient = notices[i].recipient,
            .due_on = notices[i].due_on,
            .queued_at = call->now,
            .outbox_id = notices[i].outbox_id,
        };
    return notice_insert(&call->db, rows, count, NULL);
}

enum status
outbox_put_webhook_calls(struct call *call, const struct outbox_webhook_call *calls, size_t count,
                         int64_t *ids)
{
    struct outbox_insert_in *rows = call_new(call, (count + 1) * sizeof *rows);
    char token[TOKEN_TEXT_SIZE], webhook[ID_TEXT_SIZE], message_id[MESSAGE_ID_SIZE];

    if (!rows)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < count; i++) {
        const struct outbox_content content = { .body = calls[i].body };
        random_token(token);
        snprintf(message_id, sizeof message_id, "msg_%s", token);
        id_format(webhook, calls[i].webhook_id);
        rows[i] = (struct outbox_insert_in){ .organization_id = calls[i].organization_id,
                                             .kind = "webhook",
                                             .purpose = calls[i].event,
                                             .target = call_text(call, webhook) };
        enum status status = outbox_fill(call, &rows[i], message_id, &content);
        if (status)
            return status;
    }
    return insert_rows(call, rows, count, ids);
}

enum status
outbox_end_pause(struct call *call, int64_t organization_id, int64_t webhook_id)
{
    char webhook[ID_TEXT_SIZE];
    struct outbox_pause_end_in in = { organization_id, "webhook", webhook };

    id_format(webhook, webhook_id);
    return outbox_pause_end(&call->db, &in, NULL);
}
