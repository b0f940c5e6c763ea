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

struct telling {
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
too_large(struct call *call)
{
    return fail(&call->fault, STATUS_TOO_LARGE, "", "", "too many licenses end at once");
}

static enum status
choose(struct telling *telling)
{
    const struct notices_due *due = telling->due;

    telling->count = 0;
    for (size_t i = 0; i < due->count; i++) {
        const struct notice_item *item = &due->items[i];
        bool told;
        if (!notice_tells(telling->recipient->only_what_stops, item->next))
            continue;
        enum status status = notices_was_told(telling->call, due->organization_id, item,
                                              telling->recipient->user_id, &told);
        if (status)
            return status;
        if (!told)
            telling->items[telling->count++] = item;
    }
    return STATUS_OK;
}

/* The notice that an item belongs to; they are few: a kind and a day each. */
static int64_t
notice_of(struct telling *telling, const struct notice_item *item)
{
    for (size_t i = 0; i < telling->notice_count; i++) {
        const struct told_of *notice = &telling->notices[i];
        if (notice->kind == item->kind && notice->due_on == item->due_on)
            return notice->id;
    }
    struct told_of *made = &telling->notices[telling->notice_count++];
    *made = (struct told_of){ id_random(), item->kind, item->due_on };
    return made->id;
}

static enum status
write_notices(struct telling *telling, int64_t outbox_id)
{
    struct call *call = telling->call;
    struct notice_insert_in *rows = arena_new(call->arena, telling->notice_count * sizeof *rows);

    if (!rows)
        return too_large(call);
    for (size_t i = 0; i < telling->notice_count; i++)
        rows[i] = (struct notice_insert_in){
            .organization_id = telling->due->organization_id,
            .id = telling->notices[i].id,
            .kind = notice_kind_word(telling->notices[i].kind),
            .user_id = telling->recipient->user_id,
            .recipient = telling->recipient->email,
            .due_on = telling->notices[i].due_on,
            .queued_at = call->now,
            .outbox_id = outbox_id,
        };
    return notice_insert(call->store, call->arena, rows, telling->notice_count, NULL, &call->fault);
}

static enum status
record(struct telling *telling, int64_t outbox_id)
{
    struct call *call = telling->call;

    telling->notice_count = 0;
    for (size_t i = 0; i < telling->count; i++) {
        const struct notice_item *item = telling->items[i];
        telling->rows[i] = (struct notice_item_insert_in){
            .organization_id = telling->due->organization_id,
            .license_id = item->license_id,
            .kind = notice_kind_word(item->kind),
            .user_id = telling->recipient->user_id,
            .notice_id = notice_of(telling, item),
            .sensor_id = item->sensor_id,
        };
    }
    enum status status = write_notices(telling, outbox_id);
    return status ? status
                  : notice_item_insert(call->store, call->arena, telling->rows, telling->count,
                                       NULL, &call->fault);
}

static enum status
tell_one(struct telling *telling, struct notices_letter *letter)
{
    int64_t outbox_id;
    enum status status = choose(telling);

    if (status || telling->count == 0)
        return status;
    letter->items = telling->items;
    letter->count = telling->count;
    status = notices_letter_queue(telling->call, letter, telling->recipient->email, &outbox_id);
    return status ? status : record(telling, outbox_id);
}

static enum status
prepare(struct telling *telling)
{
    struct arena *arena = telling->call->arena;
    size_t count = telling->due->count + 1;

    telling->items = arena_new(arena, count * sizeof *telling->items);
    telling->rows = arena_new(arena, count * sizeof *telling->rows);
    telling->notices = arena_new(arena, count * sizeof *telling->notices);
    return telling->items && telling->rows && telling->notices ? STATUS_OK
                                                               : too_large(telling->call);
}

static int
compare(const void *left, const void *right)
{
    const struct notice_recipient *a = left, *b = right;

    return (a->user_id > b->user_id) - (a->user_id < b->user_id);
}

/* Those behind `told_user`, by id: so that a step can go on where the one before stopped. */
static enum status
read_recipients(struct call *call, int64_t organization_id, int64_t told_user,
                struct notice_recipients *out)
{
    enum status status = notice_recipients_get(call, organization_id, out);

    if (status || out->count == 0)
        return status;
    qsort(out->items, out->count, sizeof *out->items, compare);
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
    struct telling telling = { .call = call, .due = due };
    struct notices_letter letter = {
        .organization_id = due->organization_id,
        .organization = organization,
        .zone = zone,
    };
    struct notice_recipients recipients;
    size_t told = 0;
    enum status status = read_recipients(call, due->organization_id, *told_user, &recipients);

    if (!status && *told_user == 0)
        status = notices_emit(call, due);
    if (!status)
        status = prepare(&telling);
    for (size_t i = 0; i < recipients.count && !status && told < NOTICES_STEP; i++) {
        telling.recipient = &recipients.items[i];
        status = tell_one(&telling, &letter);
        told += telling.count;
        *told_user = i + 1 < recipients.count ? telling.recipient->user_id : 0;
    }
    if (recipients.count == 0)
        *told_user = 0;
    return status;
}
