#include "service/measurement/saved_samples.h"

#include "service/measurement/block.h"
#include "service/measurement/journal.h"
#include "service/measurement/journal_index.h"

static void
saved_keep(struct samples *samples, struct interval times)
{
    size_t kept = 0;

    for (size_t i = 0; i < samples->count; i++)
        if (samples->at[i].at >= times.starts_at && samples->at[i].at < times.expires_at)
            samples->at[kept++] = samples->at[i];
    samples->count = kept;
}

enum status
saved_samples_read(struct call *call, int64_t organization_id, int64_t sensor_id,
                   struct interval times, struct samples *out)
{
    utc_seconds received_from = times.starts_at - (times.expires_at - times.starts_at);
    int64_t *ids, first_id = journal_first_id(received_from);
    struct journal_query rows = { .organization_id = organization_id,
                                  .sensor_id = sensor_id,
                                  .from = times.starts_at,
                                  .to = times.expires_at };
    struct block_range days = { organization_id, sensor_id, times.starts_at / UTC_DAY,
                                (times.expires_at - 1) / UTC_DAY, INT64_MAX };
    struct uncompacted uncompacted;
    struct block_run run;
    enum status status = journal_index_find(call, sensor_id, &ids, &rows.count);

    if (status)
        return status;
    while (rows.count > 0 && ids[0] < first_id) {
        ids++;
        rows.count--;
    }
    rows.ids = ids;
    status = block_read_range(call, &days, out, &run);
    if (status)
        return status;
    saved_keep(out, times);
    status = journal_read(call, &rows, &uncompacted);
    samples_sort(out); /* blocks hold a day each: now by channel first */
    samples_merge(out, uncompacted.samples.at, uncompacted.samples.count);
    samples_clear(&uncompacted.samples);
    return status;
}
