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

/* What mails and calls have in common. */
static enum status
outbox_fill(struct call *call, int64_t organization_id, const char *kind, const char *purpose,
            const struct outbox_content *content, struct outbox_insert_in *row)
{
    const void *sealed;
    size_t size;
    enum status status = outbox_content_seal(call, content, &sealed, &size);

    *row = (struct outbox_insert_in){
        .organization_id = organization_id,
        .id = id_random(),
        .kind = kind,
        .purpose = purpose,
        .queued_at = call->now,
    };
    if (!status)
        row->content = (struct bytes){ sealed, size };
    return status;
}

static enum status
insert(struct call *call, struct outbox_insert_in *rows, size_t count, int64_t *ids)
{
    for (size_t i = 0; i < count; i++)
        ids[i] = rows[i].id;
    return count == 0 ? STATUS_OK : outbox_insert(&call->db, rows, count, NULL);
}

enum status
outbox_put_mails(struct call *call, const struct outbox_mail *mails, size_t count, int64_t *ids)
{
    struct outbox_insert_in *rows = call_new(call, (count + 1) * sizeof *rows);
    char token[TOKEN_TEXT_SIZE], host[256], message_id[MESSAGE_ID_SIZE];
    enum status status = STATUS_OK;

    if (!rows)
        return call_too_large(call);
    write_host(host, sizeof host, call->public_url);
    for (size_t i = 0; i < count && !status; i++) {
        const struct outbox_content content = {
            .letter = mails[i].letter,
            .attachment = mails[i].attachment,
            .unsubscribe_url = mails[i].unsubscribe_url,
        };
        status = outbox_fill(call, mails[i].organization_id, "mail", mails[i].purpose, &content,
                             &rows[i]);
        random_token(token);
        snprintf(message_id, sizeof message_id, "<%s@%s>", token, host);
        rows[i].target = mails[i].to;
        rows[i].message_id = call_text(call, message_id);
        if (!status && !rows[i].message_id)
            status = call_too_large(call);
    }
    return status ? status : insert(call, rows, count, ids);
}

enum status
outbox_put_mail(struct call *call, const struct outbox_mail *mail, int64_t *id)
{
    return outbox_put_mails(call, mail, 1, id);
}

enum status
outbox_put_webhook_calls(struct call *call, const struct outbox_webhook_call *calls, size_t count,
                         int64_t *ids)
{
    struct outbox_insert_in *rows = call_new(call, (count + 1) * sizeof *rows);
    char token[TOKEN_TEXT_SIZE], webhook[ID_TEXT_SIZE], message_id[MESSAGE_ID_SIZE];
    enum status status = STATUS_OK;

    if (!rows)
        return call_too_large(call);
    for (size_t i = 0; i < count && !status; i++) {
        const struct outbox_content content = { .body = calls[i].body };
        status = outbox_fill(call, calls[i].organization_id, "webhook", calls[i].event, &content,
                             &rows[i]);
        random_token(token);
        snprintf(message_id, sizeof message_id, "msg_%s", token);
        id_format(webhook, calls[i].webhook_id);
        rows[i].message_id = call_text(call, message_id);
        rows[i].target = call_text(call, webhook);
        if (!status && (!rows[i].message_id || !rows[i].target))
            status = call_too_large(call);
    }
    return status ? status : insert(call, rows, count, ids);
}

enum status
outbox_put_webhook_call(struct call *call, const struct outbox_webhook_call *what, int64_t *id)
{
    return outbox_put_webhook_calls(call, what, 1, id);
}
