#include "service/ingest/config_parts.h"

#include <string.h>

/* The parts of one sensor. */
struct parts {
    struct config_part_list_out *rows; /* by part */
    size_t count;
};

static enum status
parts_read(struct call *call, const struct sensor_report_put_in *report, struct parts *out)
{
    struct config_part_list_in in = { report->organization_id, report->sensor_id };

    return config_part_list(&call->db, &in, &out->rows, &out->count);
}

static enum status
parts_forget(struct call *call, const struct sensor_report_put_in *report, int64_t from_part,
             utc_seconds before)
{
    struct config_part_forget_in in = { report->organization_id, report->sensor_id, from_part,
                                        before };

    return config_part_forget(&call->db, &in, NULL);
}

/* The same datagram came again, because its acknowledgement was lost. */
static bool
is_repeat(const struct parts *parts, const struct delivery *delivery, utc_seconds now)
{
    for (size_t i = 0; i < parts->count; i++) {
        const struct config_part_list_out *row = &parts->rows[i];

        if (row->part == delivery->part)
            return row->message_id == delivery->message_id
                   && row->received_at > now - CONFIG_PART_EARLY_SECONDS
                   && row->payload.size == delivery->payload_size
                   && !memcmp(row->payload.at, delivery->payload, delivery->payload_size);
    }
    return false;
}

static enum status
part_put(struct call *call, const struct delivery *delivery,
         const struct sensor_report_put_in *report)
{
    struct config_part_put_in in = {
        .organization_id = report->organization_id,
        .sensor_id = report->sensor_id,
        .part = delivery->part,
        .is_last = delivery->is_last_part,
        .received_at = report->received_at,
        .message_id = delivery->message_id,
        .payload = report->payload,
    };
    enum status status = delivery->part == 1 ? parts_forget(
                             call, report, 2, report->received_at - CONFIG_PART_EARLY_SECONDS)
                                             : STATUS_OK;

    return status ? status : config_part_put(&call->db, &in, NULL);
}

/* The number of parts, when all are there and none of them is merged; else 0. */
static size_t
parts_whole(const struct parts *parts)
{
    for (size_t i = 0; i < parts->count; i++) {
        if (parts->rows[i].part != (int64_t)i + 1 || parts->rows[i].is_merged)
            return 0;
        if (parts->rows[i].is_last)
            return i + 1;
    }
    return 0;
}

static enum status
parts_merge(struct call *call, const struct parts *parts, size_t count,
            struct sensor_report_put_in *report)
{
    struct config_part_set_merged_in in = { report->organization_id, report->sensor_id };
    size_t size = 0;

    for (size_t i = 0; i < count; i++)
        size += parts->rows[i].payload.size;
    uint8_t *bytes = call_new(call, size);
    if (!bytes)
        return STATUS_TOO_LARGE;
    report->payload = (struct bytes){ bytes, size };
    for (size_t i = 0; i < count; i++) {
        memcpy(bytes, parts->rows[i].payload.at, parts->rows[i].payload.size);
        bytes += parts->rows[i].payload.size;
    }
    return config_part_set_merged(&call->db, &in, NULL);
}

enum status
config_parts_take(struct call *call, const struct delivery *delivery,
                  struct sensor_report_put_in *report, bool *is_whole)
{
    struct parts parts;

    *is_whole = delivery->part == 0;
    if (*is_whole)
        return parts_forget(call, report, 1, INT64_MAX);
    enum status status = parts_read(call, report, &parts);
    if (!status && !is_repeat(&parts, delivery, report->received_at)) {
        status = part_put(call, delivery, report);
        if (!status)
            status = parts_read(call, report, &parts);
    }
    if (status)
        return status;
    size_t count = parts_whole(&parts);
    *is_whole = count > 0;
    return count > 0 ? parts_merge(call, &parts, count, report) : STATUS_OK;
}
