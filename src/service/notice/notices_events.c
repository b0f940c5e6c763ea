#include "service/notice/notices_events.h"

#include "service/outbox/events.h"
#include "statements.h"
#include "store/store.h"

enum { WEBHOOKS = 0 }; /* in place of a user's id */

enum status
notices_was_sent(struct call *call, int64_t organization_id, const struct notice_item *item,
                 int64_t user_id, bool *sent)
{
    struct notice_item_get_in in = { organization_id, item->license_id,
                                     notice_kind_words[item->kind], user_id };
    struct notice_item_get_out row;

    *sent = false;
    return item->sent ? notice_item_get(&call->db, &in, &row, sent) : STATUS_OK;
}

static void
notices_events_write_item(struct json_writer *json, const void *with, size_t index)
{
    const struct notice_item *item = ((const struct notice_item *const *)with)[index];

    json_put_text(json, "serial", item->serial);
    json_put_text(json, "name", item->name);
    json_put_id(json, "license_id", item->license_id);
    json_put_time(json, "expires_at", item->expires_at);
    json_put_date(json, "last_day", item->last_day);
    json_put_text(json, "next", notice_next_words[item->next]);
}

static enum status
notices_events_record(struct call *call, int64_t organization_id,
                      const struct notice_item *const *items, size_t count)
{
    struct notice_item_insert_in *rows = call_new(call, count * sizeof *rows);

    if (!rows)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct notice_item_insert_in){
            .organization_id = organization_id,
            .license_id = items[i]->license_id,
            .kind = notice_kind_words[items[i]->kind],
            .user_id = WEBHOOKS,
            .sensor_id = items[i]->sensor_id,
        };
    return notice_item_insert(&call->db, rows, count, NULL);
}

enum status
notices_emit(struct call *call, const struct notices_due *due)
{
    const struct notice_item **items = call_new(call, (due->list.count + 1) * sizeof *items);
    size_t count = 0;
    bool wanted, sent;

    if (!items)
        return STATUS_TOO_LARGE;
    enum status status = events_wanted(call, due->organization_id, EVENT_LICENSE_EXPIRING, &wanted);
    if (status || !wanted)
        return status;
    for (size_t i = 0; i < due->list.count; i++) {
        if (due->list.items[i].kind != NOTICE_MONTH_BEFORE)
            continue;
        status = notices_was_sent(call, due->organization_id, &due->list.items[i], WEBHOOKS, &sent);
        if (status)
            return status;
        if (!sent)
            items[count++] = &due->list.items[i];
    }
    if (count == 0)
        return STATUS_OK;
    struct event_batch batch = { due->organization_id, EVENT_LICENSE_EXPIRING, count,
                                 notices_events_write_item, items };
    status = event_emit(call, &batch);
    return status ? status : notices_events_record(call, due->organization_id, items, count);
}
