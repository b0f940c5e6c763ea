/* sensors_read.c - reads sensors with their last status. */
#include "service/core/cursor.h"
#include "service/ledger/sensor_find.h"
#include "service/measurement/journal.h"
#include "service/sensor/sensors.h"
#include "statements.h"
#include "store/store.h"

static const char beyond_all_serials[] = "Z";

/* The DeviceInfo also reports the enclosure. */
static void
sensors_add_enclosure(struct sensor_signs *signs, const struct sensor_list_page_out *row)
{
    if (row->enclosure == ENCLOSURE_CLOSED || row->enclosure_at <= signs->tamper_at)
        return;
    signs->tamper_at = row->enclosure_at;
    signs->tamper_signs = TAMPER_ENCLOSURE;
}

/* Runs outside a transaction: the journal index must be read before the store (journal_index.h). */
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

    if (row->reported_at > out->status.last_seen_at)
        out->status.last_seen_at = row->reported_at;
    sensors_add_enclosure(&out->status.signs, row);
    out->enclosure_open = row->enclosure == ENCLOSURE_OPEN;
    return status;
}

/* After sensors_fill(). */
static enum status
sensors_fill_refused(struct call *call, int64_t organization_id, struct sensor *items, size_t count)
{
    int64_t *ids = call_new(call, (count + 1) * sizeof *ids);
    struct refused *refused = call_new(call, (count + 1) * sizeof *refused);
    enum status status = ids && refused ? STATUS_OK : STATUS_TOO_LARGE;

    for (size_t i = 0; i < count && !status; i++)
        ids[i] = items[i].id;
    for (size_t done = 0, some; done < count && !status; done += some) {
        some = count - done;
        status = refused_read(call, organization_id, ids + done, &some, refused + done);
    }
    for (size_t i = 0; i < count && !status; i++) {
        items[i].refused = refused[i];
        if (refused[i].last_at > items[i].status.last_seen_at)
            items[i].status.last_seen_at = refused[i].last_at;
    }
    return status;
}

enum status
sensor_list(struct call *call, int64_t organization_id, struct page_request page,
            struct sensor_page *out)
{
    struct sensor_list_page_in in = { organization_id, "", beyond_all_serials, page.limit + 1,
                                      call->now };
    struct cursor_place first = { .text = "" };
    struct sensor_list_page_out *rows;
    size_t found, limit = (size_t)page.limit;
    enum status status = cursor_read(call, CURSOR_SENSORS, page.cursor, &first);

    if (status)
        return status;
    in.first_serial = first.text;
    status = sensor_list_page(&call->db, &in, &rows, &found);
    if (status)
        return status;
    *out = (struct sensor_page){ .count = found < limit ? found : limit };
    out->items = call_new(call, (out->count + 1) * sizeof *out->items);
    if (!out->items)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; !status && i < out->count; i++)
        status = sensors_fill(call, organization_id, &rows[i], &out->items[i]);
    if (!status)
        status = sensors_fill_refused(call, organization_id, out->items, out->count);
    if (status || found <= limit)
        return status;
    first.text = rows[limit].serial;
    out->next = cursor_write(call, CURSOR_SENSORS, &first);
    return out->next ? STATUS_OK : STATUS_TOO_LARGE;
}

enum status
sensor_get(struct call *call, int64_t organization_id, const char *serial, struct sensor *out)
{
    struct sensor_list_page_out *rows;
    struct found_sensor sensor;
    size_t found;
    enum status status = sensor_find(call, organization_id, serial, &sensor);

    if (status)
        return status;
    struct sensor_list_page_in in = { organization_id, sensor.serial, sensor.serial, 1, call->now };
    status = sensor_list_page(&call->db, &in, &rows, &found);
    if (status)
        return status;
    if (found == 0) /* removed since it was found */
        return call_fail(call, STATUS_NOT_FOUND, "", "serial", "there is no such sensor");
    status = sensors_fill(call, organization_id, &rows[0], out);
    return status ? status : sensors_fill_refused(call, organization_id, out, 1);
}
