#include "service/notice/notices_mail.h"

#include <stdlib.h>

#include "base/id.h"
#include "service/notice/notice_settings.h"
#include "service/notice/notices_events.h"
#include "service/notice/notices_letter.h"
#include "service/outbox/outbox.h"
#include "statements.h"
#include "store/store.h"

struct mail_context {
    struct call *call;
    const struct notices_due *due;
    const struct notice_recipient *recipient;
    const struct notice_item **items; /* the recipient's, in order */
    size_t count;
    struct outbox_notice *notices; /* of the mail: one for each kind and day */
    size_t notice_count;
    struct notice_item_insert_in *rows;
};

static enum status
choose_items(struct mail_context *context)
{
    const struct notices_due *due = context->due;

    context->count = 0;
    for (size_t i = 0; i < due->list.count; i++) {
        const struct notice_item *item = &due->list.items[i];
        bool sent;
        if (!notice_is_wanted(context->recipient->only_what_stops, item->next))
            continue;
        enum status status = notices_was_sent(context->call, due->organization_id, item,
                                              context->recipient->user_id, &sent);
        if (status)
            return status;
        if (!sent)
            context->items[context->count++] = item;
    }
    return STATUS_OK;
}

/* The notice that an item belongs to. There are few: one for each kind and day. */
static int64_t
notice_of(struct mail_context *context, const struct notice_item *item, int64_t outbox_id)
{
    const char *kind = notice_kind_words[item->kind];

    for (size_t i = 0; i < context->notice_count; i++) {
        const struct outbox_notice *notice = &context->notices[i];
        if (notice->kind == kind && notice->due_on == item->due_on)
            return notice->id;
    }
    struct outbox_notice *made = &context->notices[context->notice_count++];
    *made = (struct outbox_notice){
        .organization_id = context->due->organization_id,
        .id = id_random(),
        .kind = kind,
        .user_id = context->recipient->user_id,
        .recipient = context->recipient->email,
        .due_on = item->due_on,
        .outbox_id = outbox_id,
    };
    return made->id;
}

static enum status
record_mail(struct mail_context *context, int64_t outbox_id)
{
    struct call *call = context->call;

    context->notice_count = 0;
    for (size_t i = 0; i < context->count; i++) {
        const struct notice_item *item = context->items[i];
        context->rows[i] = (struct notice_item_insert_in){
            .organization_id = context->due->organization_id,
            .license_id = item->license_id,
            .kind = notice_kind_words[item->kind],
            .user_id = context->recipient->user_id,
            .notice_id = notice_of(context, item, outbox_id),
            .sensor_id = item->sensor_id,
        };
    }
    enum status status = outbox_record_notices(call, context->notices, context->notice_count);
    return status ? status : notice_item_insert(&call->db, context->rows, context->count, NULL);
}

static enum status
mail_recipient(struct mail_context *context, struct notices_letter *letter)
{
    int64_t outbox_id;
    enum status status = choose_items(context);

    if (status || context->count == 0)
        return status;
    letter->items = context->items;
    letter->count = context->count;
    status = notices_letter_queue(context->call, letter, context->recipient->email, &outbox_id);
    return status ? status : record_mail(context, outbox_id);
}

static int
compare_recipients(const void *left, const void *right)
{
    const struct notice_recipient *a = left, *b = right;

    return (a->user_id > b->user_id) - (a->user_id < b->user_id);
}

/* Recipients after `last_user`, by id, so that a step continues where the one before ended. */
static enum status
read_recipients(struct call *call, int64_t organization_id, int64_t last_user,
                struct notice_recipients *out)
{
    enum status status = notice_recipients_get(call, organization_id, out);

    if (status || out->count == 0)
        return status;
    qsort(out->items, out->count, sizeof *out->items, compare_recipients);
    while (out->count > 0 && out->items[0].user_id <= last_user) {
        out->items++;
        out->count--;
    }
    return STATUS_OK;
}

enum status
notices_mail(struct call *call, const char *organization, const struct zone *zone,
             const struct notices_due *due, int64_t *last_user)
{
    size_t most = due->list.count + 1, mailed = 0;
    struct mail_context context = {
        .call = call,
        .due = due,
        .items = call_new(call, most * sizeof *context.items),
        .notices = call_new(call, most * sizeof *context.notices),
        .rows = call_new(call, most * sizeof *context.rows),
    };
    struct notices_letter letter = {
        .organization_id = due->organization_id,
        .organization = organization,
        .zone = zone,
    };
    struct notice_recipients recipients;

    if (!context.items || !context.notices || !context.rows)
        return STATUS_TOO_LARGE;
    enum status status = read_recipients(call, due->organization_id, *last_user, &recipients);
    if (status)
        return status;
    if (*last_user == 0)
        status = notices_emit(call, due);
    for (size_t i = 0; i < recipients.count && !status && mailed < NOTICES_STEP; i++) {
        context.recipient = &recipients.items[i];
        status = mail_recipient(&context, &letter);
        mailed += context.count;
        *last_user = i + 1 < recipients.count ? context.recipient->user_id : 0;
    }
    if (recipients.count == 0)
        *last_user = 0;
    return status;
}
