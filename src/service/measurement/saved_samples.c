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

static enum status
saved_read_uncompacted(struct call *call, const struct saved_samples_query *query,
                       struct uncompacted *out)
{
    struct journal_query rows = {
        .organization_id = query->organization_id,
        .sensor_id = query->sensor_id,
        .from = query->times.starts_at,
        .to = query->times.expires_at,
    };
    int64_t *ids, first_id = journal_first_id(query->received_from);
    enum status status = journal_index_find(call, query->sensor_id, &ids, &rows.count);

    if (status)
        return status;
    while (rows.count > 0 && ids[0] < first_id) {
        ids++;
        rows.count--;
    }
    rows.ids = ids;
    return journal_read(call, &rows, out);
}

enum status
saved_samples_read(struct call *call, const struct saved_samples_query *query, struct samples *out)
{
    struct block_range days = {
        .organization_id = query->organization_id,
        .sensor_id = query->sensor_id,
        .from_day = query->times.starts_at / UTC_DAY,
        .to_day = (query->times.expires_at - 1) / UTC_DAY,
        .most = INT64_MAX,
    };
    struct uncompacted uncompacted = { 0 };
    struct block_run run;

    /* The journal first: what another process compacts in between is found in its block. */
    enum status status = saved_read_uncompacted(call, query, &uncompacted);
    if (!status)
        status = block_read_range(call, &days, out, &run);
    saved_keep(out, query->times);
    samples_sort(out); /* blocks hold a day each: now by channel first */
    samples_merge(out, uncompacted.samples.at, uncompacted.samples.count);
    samples_clear(&uncompacted.samples);
    return status;
}
