#include "service/measurement/sensor_status.h"

#include "service/core/transaction.h"
#include "service/measurement/journal.h"
#include "service/measurement/journal_index.h"

struct status_context {
    struct journal_query rows;
    struct sensor_status *out;
};

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
    bool newer = uncompacted.newest_received_at >= compacted->row.last_seen_at
                 && uncompacted.newest_received_at > 0;
    out->last_seen_at = newer ? uncompacted.newest_received_at : compacted->row.last_seen_at;
    out->has_reported = newer || compacted->found;
    out->battery_ok = newer ? uncompacted.newest.battery_ok : compacted->row.battery_ok;
    out->signal = newer ? uncompacted.newest.signal : compacted->row.signal;
    out->signs = compacted_signs(compacted);
    if (newer)
        sensor_signs_add(&out->signs, &uncompacted);
    latest_add(&compacted->latest, uncompacted.samples.at, uncompacted.samples.count);
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
