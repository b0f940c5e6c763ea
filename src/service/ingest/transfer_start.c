#include "service/ingest/transfer_start.h"

#include "statements.h"
#include "store/store.h"

static bool
reaches(const struct delivery *delivery, utc_seconds at)
{
    for (size_t i = 0; i < delivery->sample_count; i++)
        if (delivery->samples[i].at >= at)
            return true;
    return false;
}

enum status
transfer_start_announce(struct call *call, const struct covered_sensor *sensor,
                        struct ingest_item *item)
{
    struct interval gap;
    int64_t changed;

    if (!coverage_gap(&gap, sensor->intervals, sensor->interval_count, call->now)
        || sensor->transfer_start >= gap.expires_at || !reaches(item->delivery, gap.starts_at))
        return STATUS_OK;
    enum status status = transfer_start_claim(&call->db,
                                              &(struct transfer_start_claim_in){
                                                  .organization_id = sensor->organization->id,
                                                  .sensor_id = sensor->sensor_id,
                                                  .starts_at = gap.expires_at,
                                              },
                                              &changed);
    if (status)
        return status;
    item->transfer_start = gap.expires_at;
    item->transfer_start_is_new = changed == 1;
    return STATUS_OK;
}
