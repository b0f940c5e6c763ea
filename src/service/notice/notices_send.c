#include "service/notice/notices_send.h"

#include <stdio.h>

#include "base/id.h"
#include "service/notice/notice_settings.h"
#include "service/outbox/outbox.h"
#include "statements.h"
#include "store/store.h"

void
organization_page_url(char out[PAGE_URL_SIZE], const struct call *call, int64_t organization_id,
                      const char *page)
{
    char id[ID_TEXT_SIZE];

    id_format(id, organization_id);
    snprintf(out, PAGE_URL_SIZE, "%s/o/%s/%s", call->public_url, id, page);
}

void
notices_say_why(struct letter_writer *writer, const struct call *call, int64_t organization_id,
                const char *organization)
{
    char url[PAGE_URL_SIZE];

    organization_page_url(url, call, organization_id, "notifications");
    letter_small(writer,
                 "You get this because you are ticked in the Notification Manager of %s: %s",
                 organization, url);
}

static enum status
notices_send_record(struct call *call, const struct notice_to_all *what,
                    const struct notice_recipients *recipients, const int64_t *outbox_ids)
{
    struct notice_insert_in *rows = call_new(call, recipients->count * sizeof *rows);

    if (!rows)
        return call_fail(call, STATUS_TOO_LARGE, "", "", "too many recipients");
    for (size_t i = 0; i < recipients->count; i++)
        rows[i] = (struct notice_insert_in){
            .organization_id = what->organization_id,
            .id = id_random(),
            .kind = what->kind,
            .user_id = recipients->items[i].user_id,
            .recipient = recipients->items[i].email,
            .due_on = zone_local_day(what->zone, call->now),
            .queued_at = call->now,
            .outbox_id = outbox_ids[i],
        };
    return notice_insert(&call->db, rows, recipients->count, NULL);
}

enum status
notices_send_all(struct call *call, const struct notice_to_all *what)
{
    struct notice_recipients recipients;
    char url[PAGE_URL_SIZE];
    enum status status = notice_recipients_get(call, what->organization_id, &recipients);

    if (status || recipients.count == 0)
        return status;
    struct outbox_mail *mails = call_new(call, recipients.count * sizeof *mails);
    int64_t *ids = call_new(call, recipients.count * sizeof *ids);
    if (!mails || !ids)
        return call_fail(call, STATUS_TOO_LARGE, "", "", "too many recipients");
    organization_page_url(url, call, what->organization_id, "notifications");
    for (size_t i = 0; i < recipients.count; i++)
        mails[i] = (struct outbox_mail){
            .organization_id = what->organization_id,
            .purpose = what->purpose,
            .to = recipients.items[i].email,
            .letter = what->letter,
            .unsubscribe_url = url,
        };
    status = outbox_put_mails(call, mails, recipients.count, ids);
    return status ? status : notices_send_record(call, what, &recipients, ids);
}
