/* sensors_read.c - what the sensors are, and what they last said. */
#include "service/core/cursor.h"
#include "service/ledger/sensor_find.h"
#include "service/measurement/journal.h"
#include "service/sensor/sensors.h"
#include "statements.h"
#include "store/store.h"

static const char list_letter = 'l';
static const char beyond_all_serials[] = "Z";

/* The index of what is not compacted yet is asked before the store (journal_index.h), so this is no
 * part of a transaction that reads the rows. */
static enum status
sensors_fill(struct call *call, int64_t organization_id, const struct sensor_list_page_out *row,
             struct sensor *out)
{
    *out = (struct sensor){
        .id = row->id,
        .serial = row->serial,
        .name = row->name,
        .state = row->covered       ? SENSOR_ACTIVE
                 : row->had_license ? SENSOR_EXPIRED
                                    : SENSOR_UNLICENSED,
        .auto_renewal = row->auto_renewal,
        .alarms_paused = row->alarms_paused,
    };
    enum status status = sensor_status_read(call, organization_id, row->id, &out->status);
    if (!status && row->refused_last_at > out->status.last_seen_at)
        out->status.last_seen_at = row->refused_last_at;
    return status;
}

enum status
sensor_list(struct call *call, int64_t organization_id, struct page_request page,
            struct sensor_page *out)
{
    struct sensor_list_page_out *rows;
    struct cursor_place first = { .text = "" };
    size_t found, limit = (size_t)page.limit;
    enum status status = cursor_read(call, list_letter, page.cursor, &first);

    if (!status)
        status = sensor_list_page(&call->db,
                                  &(struct sensor_list_page_in){
                                      .organization_id = organization_id,
                                      .first_serial = first.text,
                                      .last_serial = beyond_all_serials,
                                      .most = page.limit + 1,
                                      .now = call->now,
                                  },
                                  &rows, &found);
    if (status)
        return status;
    *out = (struct sensor_page){ .count = found < limit ? found : limit };
    out->items = call_new(call, (out->count + 1) * sizeof *out->items);
    if (!out->items)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; !status && i < out->count; i++)
        status = sensors_fill(call, organization_id, &rows[i], &out->items[i]);
    if (status || found <= limit)
        return status;
    out->next =
        cursor_write(call, list_letter, &(struct cursor_place){ .text = rows[limit].serial });
    return out->next ? STATUS_OK : call->db.fault.status;
}

enum status
sensor_get(struct call *call, int64_t organization_id, const char *serial, struct sensor *out)
{
    struct sensor_list_page_out *rows;
    struct found_sensor sensor;
    size_t found;
    enum status status = sensor_find(call, organization_id, serial, &sensor);

    if (!status)
        status = sensor_list_page(&call->db,
                                  &(struct sensor_list_page_in){
                                      .organization_id = organization_id,
                                      .first_serial = sensor.serial,
                                      .last_serial = sensor.serial,
                                      .most = 1,
                                      .now = call->now,
                                  },
                                  &rows, &found);
    if (status)
        return status;
    if (found == 0) /* removed between the two */
        return call_fail(call, STATUS_NOT_FOUND, "", "serial", "there is no such sensor");
    return sensors_fill(call, organization_id, &rows[0], out);
}
