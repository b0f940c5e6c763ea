#include "service/notice/notices_tell.h"

#include <stdlib.h>

#include "base/id.h"
#include "service/notice/notice_settings.h"
#include "service/notice/notices_events.h"
#include "service/notice/notices_letter.h"
#include "service/outbox/outbox.h"
#include "statements.h"
#include "store/store.h"

/* A notice: what one mail says of one kind and day. */
struct told_of {
    int64_t id;
    enum notice_kind kind;
    day_number due_on;
};

struct notice_context {
    struct call *call;
    const struct notices_due *due;
    const struct notice_recipient *recipient;
    const struct notice_item **items; /* what he is told, in order */
    size_t count;
    struct told_of *notices;
    size_t notice_count;
    struct notice_item_insert_in *rows;
};

static enum status
choose(struct notice_context *context)
{
    const struct notices_due *due = context->due;

    context->count = 0;
    for (size_t i = 0; i < due->count; i++) {
        const struct notice_item *item = &due->items[i];
        bool told;
        if (!notice_tells(context->recipient->only_what_stops, item->next))
            continue;
        enum status status = notices_was_told(context->call, due->organization_id, item,
                                              context->recipient->user_id, &told);
        if (status)
            return status;
        if (!told)
            context->items[context->count++] = item;
    }
    return STATUS_OK;
}

/* The notice that an item belongs to; they are few: a kind and a day each. */
static int64_t
notices_tell_notice_of(struct notice_context *context, const struct notice_item *item)
{
    for (size_t i = 0; i < context->notice_count; i++) {
        const struct told_of *notice = &context->notices[i];
        if (notice->kind == item->kind && notice->due_on == item->due_on)
            return notice->id;
    }
    struct told_of *made = &context->notices[context->notice_count++];
    *made = (struct told_of){ id_random(), item->kind, item->due_on };
    return made->id;
}

static enum status
write_notices(struct notice_context *context, int64_t outbox_id)
{
    struct call *call = context->call;
    struct notice_insert_in *rows = call_new(call, context->notice_count * sizeof *rows);

    if (!rows)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < context->notice_count; i++)
        rows[i] = (struct notice_insert_in){
            .organization_id = context->due->organization_id,
            .id = context->notices[i].id,
            .kind = notice_kind_word(context->notices[i].kind),
            .user_id = context->recipient->user_id,
            .recipient = context->recipient->email,
            .due_on = context->notices[i].due_on,
            .queued_at = call->now,
            .outbox_id = outbox_id,
        };
    return notice_insert(&call->db, rows, context->notice_count, NULL);
}

static enum status
notices_tell_record(struct notice_context *context, int64_t outbox_id)
{
    struct call *call = context->call;

    context->notice_count = 0;
    for (size_t i = 0; i < context->count; i++) {
        const struct notice_item *item = context->items[i];
        context->rows[i] = (struct notice_item_insert_in){
            .organization_id = context->due->organization_id,
            .license_id = item->license_id,
            .kind = notice_kind_word(item->kind),
            .user_id = context->recipient->user_id,
            .notice_id = notices_tell_notice_of(context, item),
            .sensor_id = item->sensor_id,
        };
    }
    enum status status = write_notices(context, outbox_id);
    return status ? status : notice_item_insert(&call->db, context->rows, context->count, NULL);
}

static enum status
tell_one(struct notice_context *context, struct notices_letter *letter)
{
    int64_t outbox_id;
    enum status status = choose(context);

    if (status || context->count == 0)
        return status;
    letter->items = context->items;
    letter->count = context->count;
    status = notices_letter_queue(context->call, letter, context->recipient->email, &outbox_id);
    return status ? status : notices_tell_record(context, outbox_id);
}

static enum status
notices_tell_prepare(struct notice_context *context)
{
    struct arena *arena = context->call->db.arena;
    size_t count = context->due->count + 1;

    context->items = arena_new(arena, count * sizeof *context->items);
    context->rows = arena_new(arena, count * sizeof *context->rows);
    context->notices = arena_new(arena, count * sizeof *context->notices);
    return context->items && context->rows && context->notices ? STATUS_OK
                                                               : call_too_large(context->call);
}

static int
notices_tell_compare(const void *left, const void *right)
{
    const struct notice_recipient *a = left, *b = right;

    return (a->user_id > b->user_id) - (a->user_id < b->user_id);
}

/* Those behind `told_user`, by id: so that a step can go on where the one before stopped. */
static enum status
notices_tell_read_recipients(struct call *call, int64_t organization_id, int64_t told_user,
                             struct notice_recipients *out)
{
    enum status status = notice_recipients_get(call, organization_id, out);

    if (status || out->count == 0)
        return status;
    qsort(out->items, out->count, sizeof *out->items, notices_tell_compare);
    while (out->count > 0 && out->items[0].user_id <= told_user) {
        out->items++;
        out->count--;
    }
    return STATUS_OK;
}

enum status
notices_tell(struct call *call, const char *organization, const struct zone *zone,
             const struct notices_due *due, int64_t *told_user)
{
    struct notice_context context = { .call = call, .due = due };
    struct notices_letter letter = {
        .organization_id = due->organization_id,
        .organization = organization,
        .zone = zone,
    };
    struct notice_recipients recipients;
    size_t told = 0;
    enum status status =
        notices_tell_read_recipients(call, due->organization_id, *told_user, &recipients);

    if (!status && *told_user == 0)
        status = notices_emit(call, due);
    if (!status)
        status = notices_tell_prepare(&context);
    for (size_t i = 0; i < recipients.count && !status && told < NOTICES_STEP; i++) {
        context.recipient = &recipients.items[i];
        status = tell_one(&context, &letter);
        told += context.count;
        *told_user = i + 1 < recipients.count ? context.recipient->user_id : 0;
    }
    if (recipients.count == 0)
        *told_user = 0;
    return status;
}
