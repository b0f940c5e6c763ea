#include "service/alarm/alerts.h"

#include <string.h>

#include "domain/serial.h"
#include "service/core/cursor.h"
#include "statements.h"
#include "store/store.h"

static enum status
alerts_fill(struct call *call, const struct alerts_page_out *row, struct alert *out)
{
    *out = (struct alert){
        .id = row->id,
        .rule_id = row->rule_id,
        .serial = row->serial,
        .sensor_name = row->sensor_name,
        .channel = row->channel,
        .rule.channel_type = (int32_t)row->channel_type,
        .rule.threshold = row->threshold,
        .rule.hysteresis = row->hysteresis,
        .rule.for_seconds = row->for_seconds,
        .started_at = row->started_at,
        .ended_at = row->ended_at.value,
        .peak = row->peak,
        .noticed_at = row->noticed_at,
        .withdrawn_at = row->withdrawn_at.value,
        .never_seen = row->never_seen,
        .evaluated = row->evaluated,
    };
    if (!alarm_condition_parse(&out->rule.condition, row->condition, strlen(row->condition)))
        return call_fail(call, STATUS_BROKEN, "", "", "an alert in the store cannot be read");
    return STATUS_OK;
}

const char *
alert_cause(const struct alert *alert)
{
    if (alert->rule.condition == ALARM_LOST_CONNECTION)
        return alert->never_seen ? "never_seen" : "silent";
    if (alert->rule.condition != ALARM_TAMPER)
        return NULL;
    switch ((int)alert->peak) {
    case TAMPER_PIN:
        return "pin";
    case TAMPER_ENCLOSURE:
        return "enclosure";
    default:
        return "pin_and_enclosure";
    }
}

enum status
alert_read(struct call *call, int64_t organization_id, int64_t id, struct alert *out)
{
    struct alerts_page_out row;
    bool found;
    enum status status = alert_get(
        &call->db,
        &(struct alert_get_in){ .now = call->now, .organization_id = organization_id, .id = id },
        &row, &found);

    if (!status && !found)
        return call_fail(call, STATUS_NOT_FOUND, "", "", "there is no such alert");
    return status ? status : alerts_fill(call, &row, out);
}

static enum status
alerts_read_rows(struct call *call, const struct alert_query *query, struct alerts_page_in *in,
                 struct alerts_page_out **rows, size_t *count)
{
    struct serial serial;
    char text[SERIAL_TEXT_SIZE] = "";

    if (query->serial && serial_parse(&serial, query->serial, strlen(query->serial)))
        serial_format(text, serial);
    in->serial = text;
    in->open = query->has_open ? query->open : 2;
    return (query->serial      ? alerts_page_of_sensor
            : !query->has_open ? alerts_page
            : query->open      ? alerts_page_open
                               : alerts_page_ended)(&call->db, in, rows, count);
}

enum status
alerts_list(struct call *call, int64_t organization_id, const struct alert_query *query,
            struct alert_page *out)
{
    size_t found, limit = (size_t)query->page.limit;
    struct alerts_page_out *rows;
    struct alerts_page_in in = { .now = call->now,
                                 .organization_id = organization_id,
                                 .before_at = INT64_MAX,
                                 .before_id = INT64_MAX,
                                 .most = query->page.limit + 1 };

    enum status status =
        cursor_read_id(call, CURSOR_ALERTS, query->page.cursor, &in.before_at, &in.before_id);
    if (!status)
        status = alerts_read_rows(call, query, &in, &rows, &found);
    if (status)
        return status;
    *out = (struct alert_page){ .count = found < limit ? found : limit };
    out->items = call_new(call, (out->count + 1) * sizeof *out->items);
    if (!out->items)
        return call_fail(call, STATUS_TOO_LARGE, "", "limit", "request fewer at a time");
    for (size_t i = 0; i < out->count && !status; i++)
        status = alerts_fill(call, &rows[i], &out->items[i]);
    if (status || found <= limit)
        return status;
    out->next =
        cursor_write_id(call, CURSOR_ALERTS, rows[limit - 1].started_at, rows[limit - 1].id);
    return out->next ? STATUS_OK : call->db.fault.status;
}
