#include "service/notice/notices_events.h"

#include "service/outbox/events.h"
#include "statements.h"
#include "store/store.h"

enum { WEBHOOKS = 0 }; /* in place of a user's id */

enum status
notices_was_told(struct call *call, int64_t organization_id, const struct notice_item *item,
                 int64_t user_id, bool *told)
{
    struct notices_is_told_out row;

    *told = false;
    if (!item->told)
        return STATUS_OK;
    return notices_is_told(&call->db,
                           &(struct notices_is_told_in){
                               .organization_id = organization_id,
                               .license_id = item->license_id,
                               .kind = notice_kind_word(item->kind),
                               .user_id = user_id,
                           },
                           &row, told);
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
    json_put_text(json, "next", notice_next_word(item->next));
}

static enum status
notices_events_record(struct call *call, int64_t organization_id,
                      const struct notice_item *const *items, size_t count)
{
    struct notice_item_insert_in *rows = call_new(call, count * sizeof *rows);

    if (!rows)
        return call_fail(call, STATUS_TOO_LARGE, "", "", "too many licenses end at once");
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct notice_item_insert_in){
            .organization_id = organization_id,
            .license_id = items[i]->license_id,
            .kind = notice_kind_word(items[i]->kind),
            .user_id = WEBHOOKS,
            .sensor_id = items[i]->sensor_id,
        };
    return notice_item_insert(&call->db, rows, count, NULL);
}

enum status
notices_emit(struct call *call, const struct notices_due *due)
{
    const struct notice_item **items = call_new(call, (due->count + 1) * sizeof *items);
    size_t count = 0;
    bool wanted, told;
    enum status status = events_wanted(call, due->organization_id, EVENT_LICENSE_EXPIRING, &wanted);

    if (!status && !items)
        status = call_fail(call, STATUS_TOO_LARGE, "", "", "too many licenses end at once");
    if (status || !wanted)
        return status;
    for (size_t i = 0; i < due->count && !status; i++) {
        if (due->items[i].kind != NOTICE_MONTH_BEFORE)
            continue;
        status = notices_was_told(call, due->organization_id, &due->items[i], WEBHOOKS, &told);
        if (!status && !told)
            items[count++] = &due->items[i];
    }
    if (status || count == 0)
        return status;
    status = event_emit_each(call, due->organization_id, EVENT_LICENSE_EXPIRING, count,
                             notices_events_write_item, items);
    return status ? status : notices_events_record(call, due->organization_id, items, count);
}
