#include "service/alarm/alarm_rules.h"

#include <string.h>

#include "service/core/cursor.h"
#include "statements.h"
#include "store/store.h"

static enum status
alarm_rules_read_recipients(struct call *call, int64_t organization_id, struct alarm_rule_row *row)
{
    struct alarm_recipients_out *found;
    size_t count;
    enum status status = alarm_recipients(
        &call->db, &(struct alarm_recipients_in){ organization_id, row->id }, &found, &count);

    if (status)
        return status;
    row->recipients = call_new(call, (count + 1) * sizeof *row->recipients);
    if (!row->recipients)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < count; i++)
        row->recipients[i] = found[i].user_id;
    row->recipient_count = count;
    return STATUS_OK;
}

static enum status
alarm_rules_fill(struct call *call, int64_t organization_id,
                 const struct alarm_rules_page_out *from, struct alarm_rule_row *out)
{
    *out = (struct alarm_rule_row){
        .id = from->id,
        .sensor_id = from->sensor_id,
        .serial = from->serial,
        .sensor_name = from->sensor_name,
        .rule.channel_type = (int32_t)from->channel_type,
        .rule.threshold = from->threshold,
        .rule.hysteresis = from->hysteresis,
        .rule.for_seconds = from->for_seconds,
        .tell_when_over = from->tell_when_over,
        .samples_from = from->samples_from,
        .made_at = from->made_at,
        .made_by = from->made_by,
    };
    if (!alarm_condition_parse(&out->rule.condition, from->condition, strlen(from->condition)))
        return call_fail(call, STATUS_BROKEN, "", "", "an alarm rule in the store cannot be read");
    return alarm_rules_read_recipients(call, organization_id, out);
}

enum status
alarm_rules_list(struct call *call, int64_t organization_id, struct page_request page,
                 struct alarm_rule_page *out)
{
    struct cursor_place after = { 0 };
    struct alarm_rules_page_out *rows;
    size_t found, limit = (size_t)page.limit;
    enum status status = cursor_read(call, CURSOR_ALARM_RULES, page.cursor, &after);

    if (!status)
        status = alarm_rules_page(
            &call->db,
            &(struct alarm_rules_page_in){ organization_id, after.number, page.limit + 1 }, &rows,
            &found);
    if (status)
        return status;
    *out = (struct alarm_rule_page){ .count = found < limit ? found : limit };
    out->items = call_new(call, (out->count + 1) * sizeof *out->items);
    if (!out->items)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; !status && i < out->count; i++)
        status = alarm_rules_fill(call, organization_id, &rows[i], &out->items[i]);
    if (status || found <= limit)
        return status;
    out->next = cursor_write(call, CURSOR_ALARM_RULES,
                             &(struct cursor_place){ .number = rows[limit - 1].id });
    return out->next ? STATUS_OK : call->db.fault.status;
}

enum status
alarm_rule_read(struct call *call, int64_t organization_id, int64_t id, struct alarm_rule_row *out)
{
    struct alarm_rules_page_out row;
    bool found;
    enum status status =
        alarm_rule_get(&call->db, &(struct alarm_rule_get_in){ organization_id, id }, &row, &found);

    if (!status && !found)
        status = call_fail(call, STATUS_NOT_FOUND, "", "", "there is no such alarm rule");
    return status ? status : alarm_rules_fill(call, organization_id, &row, out);
}
