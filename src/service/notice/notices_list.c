#include "service/notice/notices_list.h"

#include "service/alarm/alerts.h"
#include "service/core/cursor.h"
#include "service/core/transaction.h"
#include "service/ledger/sensor_find.h"
#include "statements.h"
#include "store/store.h"

struct list_context {
    int64_t organization_id;
    const struct notice_query *query;
    struct notice_page *out;
};

static enum status
notices_list_read_rows(struct call *call, const struct list_context *context,
                       struct notices_page_out **rows, size_t *count)
{
    const struct notice_query *query = context->query;
    struct notices_page_in in = {
        .alert_id = query->alert_id,
        .organization_id = context->organization_id,
        .before_at = UTC_NEVER,
        .before_id = INT64_MAX,
        .most = query->page.limit + 1,
    };
    struct found_sensor sensor;
    struct alert alert;
    enum status status =
        cursor_read_id(call, CURSOR_NOTICES, query->page.cursor, &in.before_at, &in.before_id);

    if (status)
        return status;
    if (query->serial)
        status = sensor_find(call, context->organization_id, query->serial, &sensor);
    if (!status && query->alert_id)
        status = alert_read(call, context->organization_id, query->alert_id, &alert);
    if (status)
        return status;
    in.sensor_id = query->serial ? sensor.id : 0;
    return (query->alert_id ? notices_page_of_alert
            : query->serial ? notices_page_of_sensor
                            : notices_page)(&call->db, &in, rows, count);
}

static enum status
notices_list_read_serials(struct call *call, int64_t organization_id, struct notice *notice)
{
    struct notice_serials_in in = { organization_id, notice->id };
    struct notice_serials_out *rows;
    enum status status = notice_serials(&call->db, &in, &rows, &notice->serial_count);

    if (status)
        return status;
    notice->serials = call_new(call, (notice->serial_count + 1) * sizeof *notice->serials);
    if (!notice->serials)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < notice->serial_count; i++)
        notice->serials[i] = rows[i].serial;
    return STATUS_OK;
}

static struct notice
notices_list_notice_of(const struct notices_page_out *row)
{
    return (struct notice){
        .id = row->id,
        .kind = row->kind,
        .recipient = row->recipient,
        .due_on = row->due_on,
        .delivery = { row->queued_at, row->state, row->attempts, row->sent_at, row->last_error },
    };
}

static enum status
notices_list_body(struct call *call, void *with)
{
    const struct list_context *context = with;
    struct notice_page *out = context->out;
    size_t limit = (size_t)context->query->page.limit, count;
    struct notices_page_out *rows;
    int64_t serials = 0;
    enum status status = notices_list_read_rows(call, context, &rows, &count);

    if (status)
        return status;
    *out = (struct notice_page){ .items = call_new(call, (count + 1) * sizeof *out->items) };
    if (!out->items)
        return STATUS_TOO_LARGE;
    while (out->count < count && out->count < limit && !status) {
        serials += rows[out->count].items;
        if (out->count > 0 && serials > NOTICES_MOST_SERIALS)
            break;
        out->items[out->count] = notices_list_notice_of(&rows[out->count]);
        status =
            notices_list_read_serials(call, context->organization_id, &out->items[out->count++]);
    }
    if (status || out->count == count)
        return status;
    out->next = cursor_write_id(call, CURSOR_NOTICES, rows[out->count - 1].queued_at,
                                rows[out->count - 1].id);
    return out->next ? STATUS_OK : STATUS_TOO_LARGE;
}

enum status
notices_list(struct call *call, int64_t organization_id, const struct notice_query *query,
             struct notice_page *out)
{
    struct list_context context = { organization_id, query, out };

    return read_transact(call, notices_list_body, &context);
}
