#include "service/ingest/refusal_watch.h"

#include "service/outbox/events.h"
#include "statements.h"
#include "store/store.h"

struct refused {
    const struct refusal_watch_sensor_out *sensor;
    utc_seconds covered_until, now;
};

static void
write_refused(struct json_writer *json, const void *with, size_t index)
{
    const struct refused *refused = with;

    (void)index;
    json_put_text(json, "serial", refused->sensor->serial);
    json_put_text(json, "name", refused->sensor->name);
    json_put_time(json, "refused_at", refused->now);
    json_put_time(json, "expired_at", refused->covered_until);
}

/* No event if a refusal was counted since the coverage ended: there was no subscriber then. */
static enum status
refusal_watch_emit(struct call *call, const struct covered_sensor *sensor,
                   utc_seconds covered_until)
{
    int64_t organization_id = sensor->organization->id;
    struct refusal_watch_sensor_out row;
    bool found;
    enum status status = refusal_watch_sensor(
        &call->db, &(struct refusal_watch_sensor_in){ organization_id, sensor->sensor_id }, &row,
        &found);

    if (status || !found || (row.refused_at > 0 && row.refused_at >= covered_until))
        return status;
    struct refused refused = { &row, covered_until, call->now };
    struct event_batch batch = { organization_id, EVENT_SENSOR_REFUSED_FIRST, 1, write_refused,
                                 &refused };
    return event_emit(call, &batch);
}

enum status
refusal_watch_report(struct refusal_watch *watch, struct call *call,
                     const struct covered_sensor *sensor)
{
    size_t slot = (uint64_t)sensor->sensor_id % REFUSAL_WATCH_SLOTS;
    utc_seconds covered_until = 0;
    int64_t changed;

    /* Covered now: only measurements of an earlier gap are refused. */
    if (coverage_contains(sensor->intervals, sensor->interval_count, call->now))
        return STATUS_OK;
    for (size_t i = 0; i < sensor->interval_count; i++)
        if (sensor->intervals[i].expires_at <= call->now)
            covered_until = sensor->intervals[i].expires_at;
    if (watch->known[slot].sensor_id == sensor->sensor_id
        && watch->known[slot].covered_until >= covered_until)
        return STATUS_OK;
    enum status status =
        refusal_watch_claim(&call->db,
                            &(struct refusal_watch_claim_in){ sensor->organization->id,
                                                              sensor->sensor_id, covered_until },
                            &changed);
    if (status)
        return status;
    if (changed > 0)
        return refusal_watch_emit(call, sensor, covered_until);
    watch->is_unsure = true; /* this transaction may have claimed it, and may roll back */
    watch->known[slot].sensor_id = sensor->sensor_id;
    watch->known[slot].covered_until = covered_until;
    return STATUS_OK;
}

void
refusal_watch_end(struct refusal_watch *watch, bool committed)
{
    if (watch->is_unsure && !committed)
        *watch = (struct refusal_watch){ 0 };
    watch->is_unsure = false;
}
