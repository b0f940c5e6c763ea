#include "service/notice/notices_send.h"

#include "base/id.h"
#include "service/notice/notice_settings.h"
#include "service/outbox/outbox.h"

void
notices_say_why(struct letter_writer *writer, const struct call *call, int64_t organization_id,
                const char *organization)
{
    char url[PAGE_URL_SIZE];

    letter_page_url(url, call, organization_id, "notifications");
    letter_small(writer,
                 "You get this e-mail because you are a recipient in the Notification Manager of "
                 "%s: %s",
                 organization, url);
}

enum status
notices_send_all(struct call *call, const struct notice_to_all *all)
{
    struct notice_recipients recipients;
    char url[PAGE_URL_SIZE];
    enum status status = notice_recipients_get(call, all->organization_id, &recipients);

    if (status || recipients.count == 0)
        return status;
    struct outbox_mail *mails = call_new(call, recipients.count * sizeof *mails);
    struct outbox_notice *notices = call_new(call, recipients.count * sizeof *notices);
    int64_t *ids = call_new(call, recipients.count * sizeof *ids);
    if (!mails || !notices || !ids)
        return STATUS_TOO_LARGE;
    letter_page_url(url, call, all->organization_id, "notifications");
    for (size_t i = 0; i < recipients.count; i++)
        mails[i] = (struct outbox_mail){
            .organization_id = all->organization_id,
            .purpose = all->purpose,
            .to = recipients.items[i].email,
            .letter = all->letter,
            .unsubscribe_url = url,
        };
    status = outbox_put_mails(call, mails, recipients.count, ids);
    if (status)
        return status;
    for (size_t i = 0; i < recipients.count; i++)
        notices[i] = (struct outbox_notice){
            .organization_id = all->organization_id,
            .id = id_random(),
            .kind = all->kind,
            .user_id = recipients.items[i].user_id,
            .recipient = recipients.items[i].email,
            .due_on = zone_local_day(all->zone, call->now),
            .outbox_id = ids[i],
        };
    return outbox_record_notices(call, notices, recipients.count);
}
