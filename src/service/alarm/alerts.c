#include "service/alarm/alerts.h"

#include <string.h>

#include "base/id.h"
#include "domain/serial.h"
#include "service/core/cursor.h"
#include "statements.h"
#include "store/store.h"

static const char list_letter = 'a';

static enum status
alerts_fill(struct call *call, const struct alert_get_out *row, struct alert *out)
{
    *out = (struct alert){
        .id = row->id,
        .rule_id = row->rule_id,
        .serial = row->serial,
        .sensor_name = row->sensor_name,
        .channel = row->channel,
        .rule.channel_type = (uint16_t)row->channel_type,
        .rule.threshold = row->threshold,
        .rule.hysteresis = row->hysteresis,
        .rule.for_seconds = row->for_seconds,
        .started_at = row->started_at,
        .ended_at = row->ended_at.value,
        .peak = row->peak,
        .noticed_at = row->noticed_at,
        .withdrawn_at = row->withdrawn_at.value,
        .evaluated = row->evaluated,
    };
    if (!alarm_condition_parse(&out->rule.condition, row->condition, strlen(row->condition)))
        return call_fail(call, STATUS_BROKEN, "", "", "an alert in the store cannot be read");
    return STATUS_OK;
}

enum status
alert_read(struct call *call, int64_t organization_id, int64_t id, struct alert *out)
{
    struct alert_get_out row;
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
alerts_read_of_sensor(struct call *call, const struct alerts_page_in *in,
                      const struct alert_query *query, void **rows, size_t *count)
{
    struct serial serial;
    char text[SERIAL_TEXT_SIZE] = "";
    struct alerts_page_of_sensor_out *found = NULL;

    if (serial_parse(&serial, query->serial, strlen(query->serial)))
        serial_format(text, serial);
    enum status status = alerts_page_of_sensor(&call->db,
                                               &(struct alerts_page_of_sensor_in){
                                                   .now = in->now,
                                                   .organization_id = in->organization_id,
                                                   .before_at = in->before_at,
                                                   .before_id = in->before_id,
                                                   .most = in->most,
                                                   .serial = text,
                                                   .open = query->has_open ? query->open : 2,
                                               },
                                               &found, count);
    *rows = found;
    return status;
}

static enum status
read_open(struct call *call, const struct alerts_page_in *in, void **rows, size_t *count)
{
    struct alerts_page_open_out *found = NULL;
    enum status status =
        alerts_page_open(&call->db,
                         &(struct alerts_page_open_in){ in->now, in->organization_id, in->before_at,
                                                        in->before_id, in->most },
                         &found, count);

    *rows = found;
    return status;
}

static enum status
read_ended(struct call *call, const struct alerts_page_in *in, void **rows, size_t *count)
{
    struct alerts_page_ended_out *found = NULL;
    enum status status =
        alerts_page_ended(&call->db,
                          &(struct alerts_page_ended_in){ in->now, in->organization_id,
                                                          in->before_at, in->before_id, in->most },
                          &found, count);

    *rows = found;
    return status;
}

static enum status
alerts_read_all(struct call *call, const struct alerts_page_in *in, void **rows, size_t *count)
{
    struct alerts_page_out *found = NULL;
    enum status status = alerts_page(&call->db, in, &found, count);

    *rows = found;
    return status;
}

/* All of them give the same columns. */
_Static_assert(sizeof(struct alerts_page_out) == sizeof(struct alert_get_out)
                   && sizeof(struct alerts_page_open_out) == sizeof(struct alert_get_out)
                   && sizeof(struct alerts_page_ended_out) == sizeof(struct alert_get_out)
                   && sizeof(struct alerts_page_of_sensor_out) == sizeof(struct alert_get_out),
               "one fragment, one row");

enum status
alerts_list(struct call *call, int64_t organization_id, const struct alert_query *query,
            struct alert_page *out)
{
    struct cursor_place before = { .number = INT64_MAX, .text = "" };
    size_t found, limit = (size_t)query->page.limit;
    void *rows = NULL;
    enum status status = cursor_read(call, list_letter, query->page.cursor, &before);
    struct alerts_page_in in = { .now = call->now,
                                 .organization_id = organization_id,
                                 .before_at = before.number,
                                 .before_id = INT64_MAX,
                                 .most = query->page.limit + 1 };

    if (!status && before.text[0] && !id_parse(&in.before_id, before.text, strlen(before.text)))
        status =
            call_fail(call, STATUS_MALFORMED, "", "cursor", "the cursor is not one of this list");
    if (!status)
        status = query->serial      ? alerts_read_of_sensor(call, &in, query, &rows, &found)
                 : !query->has_open ? alerts_read_all(call, &in, &rows, &found)
                 : query->open      ? read_open(call, &in, &rows, &found)
                                    : read_ended(call, &in, &rows, &found);
    if (status)
        return status;
    *out = (struct alert_page){ .count = found < limit ? found : limit };
    out->items = call_new(call, (out->count + 1) * sizeof *out->items);
    if (!out->items)
        return call_fail(call, STATUS_TOO_LARGE, "", "limit", "ask for fewer at once");
    for (size_t i = 0; i < out->count && !status; i++) {
        struct alert_get_out row;
        memcpy(&row, (char *)rows + i * sizeof row, sizeof row);
        status = alerts_fill(call, &row, &out->items[i]);
    }
    if (status || found <= limit)
        return status;
    char id[ID_TEXT_SIZE];
    const struct alert *last = &out->items[limit - 1];
    id_format(id, last->id);
    out->next = cursor_write(call, list_letter,
                             &(struct cursor_place){ .number = last->started_at, .text = id });
    return out->next ? STATUS_OK : call->db.fault.status;
}
