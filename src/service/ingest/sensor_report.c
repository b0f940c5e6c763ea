#include "service/ingest/sensor_report.h"

#include "service/ingest/config_parts.h"

enum status
sensor_report_make(struct call *call, const struct covered_sensor *sensor,
                   const struct delivery *delivery, struct sensor_report_put_in *out, bool *is_kept)
{
    *is_kept = coverage_contains(sensor->intervals, sensor->interval_count, call->now);
    if (!*is_kept)
        return STATUS_OK;
    *out = (struct sensor_report_put_in){
        .organization_id = sensor->organization->id,
        .sensor_id = sensor->sensor_id,
        .kind = delivery->kind == DELIVERY_DEVICE_INFO ? "device_info" : "config",
        .received_at = call->now,
        .payload = { delivery->payload, delivery->payload_size },
        .enclosure = delivery->enclosure,
    };
    return delivery->kind == DELIVERY_CONFIG ? config_parts_take(call, delivery, out, is_kept)
                                             : STATUS_OK;
}
