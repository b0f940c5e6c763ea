#include "service/ingest/transfer_start.h"

#include "domain/gate.h"

utc_seconds
transfer_start_of(const struct covered_sensor *sensor, const struct delivery *delivery,
                  utc_seconds now)
{
    bool reaches_back = false, reaches_gap = false;
    struct interval gap;

    if (!coverage_gap(&gap, sensor->intervals, sensor->interval_count, now)
        || gap.expires_at < GATE_FIRST_TIME)
        return 0;
    for (size_t i = 0; i < delivery->sample_count; i++) {
        utc_seconds at = delivery->samples[i].at;
        if (!gate_time_is_good(at, now))
            continue;
        reaches_back |= at < gap.expires_at;
        reaches_gap |= at >= gap.starts_at;
    }
    return reaches_back && reaches_gap ? gap.expires_at : 0;
}
