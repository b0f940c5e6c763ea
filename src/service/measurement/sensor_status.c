#include "service/measurement/sensor_status.h"

#include "service/core/transaction.h"
#include "service/measurement/conflicts.h"
#include "service/measurement/journal.h"
#include "service/measurement/journal_index.h"

struct status_context {
    struct journal_query rows;
    struct sensor_status *out;
};

/* Is one of the samples not newer than the newest compacted one of its channel? It may repeat a
 * sample of a block. */
static bool
status_has_late(const struct latest *latest, const struct samples *samples)
{
    for (size_t i = 0; i < samples->count; i++)
        for (size_t k = 0; k < latest->count; k++)
            if (latest->at[k].channel == samples->at[i].channel
                && samples->at[i].at <= latest->at[k].at)
                return true;
    return false;
}

static enum status
status_count_conflicts(struct call *call, const struct status_context *context,
                       const struct compacted_status *compacted,
                       const struct uncompacted *uncompacted)
{
    struct conflicts conflicts = { 0 };
    enum status status = STATUS_OK;

    if (uncompacted->differing > 0 || status_has_late(&compacted->latest, &uncompacted->samples))
        status = conflicts_find(call, &context->rows, compacted->row.conflicts, &conflicts);
    context->out->conflicts = compacted->row.differing_repeats + (int64_t)conflicts.count;
    return status;
}

static enum status
status_body(struct call *call, void *with)
{
    const struct status_context *context = with;
    struct sensor_status *out = context->out;
    struct compacted_status *compacted = call_new(call, sizeof *compacted);
    struct uncompacted uncompacted;

    if (!compacted)
        return STATUS_TOO_LARGE;
    enum status status = journal_compacted_status(call, context->rows.organization_id,
                                                  context->rows.sensor_id, compacted);
    if (status)
        return status;
    status = journal_read(call, &context->rows, &uncompacted);
    if (!status)
        status = status_count_conflicts(call, context, compacted, &uncompacted);
    bool newer = uncompacted.newest_received_at >= compacted->row.last_seen_at
                 && uncompacted.newest_received_at > 0;
    out->last_seen_at = newer ? uncompacted.newest_received_at : compacted->row.last_seen_at;
    out->has_reported = newer || compacted->found;
    out->battery_ok = newer ? uncompacted.newest.battery_ok : compacted->row.battery_ok;
    out->signal = newer ? uncompacted.newest.signal : compacted->row.signal;
    out->signs = compacted_signs(compacted);
    if (newer)
        sensor_signs_add(&out->signs, &uncompacted);
    latest_add(&compacted->latest, uncompacted.samples.at, uncompacted.samples.count, call->now);
    out->channels = compacted->latest.at;
    out->channel_count = compacted->latest.count;
    samples_clear(&uncompacted.samples);
    return status;
}

enum status
sensor_status_read(struct call *call, int64_t organization_id, int64_t sensor_id,
                   struct sensor_status *out)
{
    int64_t *ids;
    struct status_context context = {
        .rows = { .organization_id = organization_id, .sensor_id = sensor_id, .to = UTC_NEVER },
        .out = out,
    };
    /* The index first, the store's snapshot after: journal_index.h. */
    enum status status = journal_index_find(call, sensor_id, &ids, &context.rows.count);

    context.rows.ids = ids;
    return status ? status : read_transact(call, status_body, &context);
}
