#include "service/measurement/sensor_status.h"

#include "service/core/transaction.h"
#include "service/measurement/journal.h"
#include "service/measurement/tail.h"

struct status_question {
    struct journal_query rows;
    struct sensor_status *out;
};

static enum status
status_body(struct call *call, void *with)
{
    const struct status_question *question = with;
    struct sensor_status *out = question->out;
    struct sealed_status *sealed = arena_new(call->arena, sizeof *sealed);
    struct unsealed unsealed;

    if (!sealed)
        return fail(&call->fault, STATUS_TOO_LARGE, "", "", "the answer is too large");
    enum status status = journal_sealed_status(call, question->rows.organization_id,
                                               question->rows.sensor_id, sealed);
    if (status)
        return status;
    status = journal_read(call, &question->rows, &unsealed);
    bool newer = unsealed.newest_received_at >= sealed->row.last_seen_at
                 && unsealed.newest_received_at > 0;
    out->last_seen_at = newer ? unsealed.newest_received_at : sealed->row.last_seen_at;
    out->has_reported = newer || sealed->found;
    out->battery_ok = newer ? unsealed.newest.battery_ok : sealed->row.battery_ok;
    out->signal = newer ? unsealed.newest.signal : sealed->row.signal;
    latest_add(&sealed->latest, unsealed.samples.at, unsealed.samples.count);
    out->channels = sealed->latest.at;
    out->channel_count = sealed->latest.count;
    samples_clear(&unsealed.samples);
    return status;
}

enum status
sensor_status_read(struct call *call, int64_t organization_id, int64_t sensor_id,
                   struct sensor_status *out)
{
    int64_t *ids;
    struct status_question question = {
        .rows = { .organization_id = organization_id, .sensor_id = sensor_id, .to = UTC_NEVER },
        .out = out,
    };
    /* The index first, the store's snapshot after: tail.h. */
    enum status status = tail_find(call, sensor_id, &ids, &question.rows.count);

    question.rows.ids = ids;
    return status ? status : read_transact(call, status_body, &question);
}
