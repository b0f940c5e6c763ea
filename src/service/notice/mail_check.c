#include "service/notice/mail_check.h"

#include <stdio.h>

#include "service/core/throttle.h"
#include "service/core/transaction.h"
#include "service/notice/notices_send.h"
#include "service/organization/organizations.h"
#include "service/outbox/outbox.h"
#include "statements.h"
#include "store/store.h"

struct mail_check_context {
    int64_t organization_id;
    const char *recipient;
    char subject[THROTTLE_SUBJECT_SIZE]; /* of the throttle */
    int64_t *id;
};

static enum status
mail_check_write_letter(struct call *call, const struct mail_check_context *context,
                        const char *organization, struct letter *out)
{
    struct letter_writer writer;
    char url[PAGE_URL_SIZE];

    letter_page_url(url, call, context->organization_id, "notifications");
    letter_open(&writer, "Test e-mail from Tenure");
    letter_paragraph(
        &writer,
        "This is the test e-mail that you requested in the Notification Manager of %s. Notices of"
        " expiring licenses will arrive the same way.",
        organization);
    letter_button(&writer, "Open the Notification Manager", url);
    letter_small(&writer, "You requested this e-mail. Nobody else gets it.");
    return letter_close(&writer, call, out);
}

static enum status
queue_body(struct call *call, void *with)
{
    struct mail_check_context *context = with;
    struct organization organization;
    struct outbox_mail mail = {
        .organization_id = context->organization_id,
        .purpose = "test",
        .to = context->recipient,
    };
    enum status status =
        throttle_check(call, context->subject, "too_many_test_mails",
                       "you have requested many test e-mails within an hour: wait, then try again");

    if (status)
        return status;
    status = throttle_count(call, context->subject);
    if (status)
        return status;
    status = organization_get(call, context->organization_id, &organization);
    if (status)
        return status;
    status = mail_check_write_letter(call, context, organization.name, &mail.letter);
    return status ? status : outbox_put_mails(call, &mail, 1, context->id);
}

enum status
test_mail_queue(struct call *call, int64_t organization_id, const char *recipient, int64_t *id)
{
    struct mail_check_context context = { .organization_id = organization_id,
                                          .recipient = recipient,
                                          .id = id };

    throttle_subject(context.subject, "test_mail", recipient);
    return transact(call, queue_body, &context);
}

enum status
test_mail_find(struct call *call, int64_t organization_id, int64_t id, struct test_mail *out)
{
    struct test_mail_delivery_in in = { organization_id, id };
    struct test_mail_delivery_out row;
    bool found;
    enum status status = test_mail_delivery(&call->db, &in, &row, &found);

    if (status)
        return status;
    if (!found)
        return call_fail(call, STATUS_NOT_FOUND, "", "", "there is no such test e-mail");
    *out = (struct test_mail){
        .recipient = row.recipient,
        .delivery = { row.queued_at, row.state, row.attempts, row.sent_at, row.last_error },
    };
    return STATUS_OK;
}
