#include "service/ingest/conflict_watch.h"

#include "service/core/job.h"
#include "service/measurement/sensor_status.h"
#include "service/outbox/events.h"
#include "statements.h"
#include "store/store.h"

enum { SENSORS_A_STEP = 16 };

static bool
conflict_watch_suspects(struct conflict_watch *watch, int64_t sensor_id,
                        const struct sample *samples, size_t count)
{
    size_t slot = (uint64_t)sensor_id % CONFLICT_WATCH_SLOTS;
    utc_seconds before = watch->known[slot].newest, newest = 0;
    bool suspects = false;

    if (watch->known[slot].sensor_id != sensor_id)
        before = 0;
    for (size_t i = 0; i < count; i++) {
        suspects |= samples[i].at <= before
                    || (i > 0 && samples[i].channel == samples[i - 1].channel
                        && samples[i].at <= samples[i - 1].at);
        if (samples[i].at > newest)
            newest = samples[i].at;
    }
    watch->known[slot].sensor_id = sensor_id;
    watch->known[slot].newest = newest > before ? newest : before;
    return suspects;
}

enum status
conflict_watch_note(struct conflict_watch *watch, struct call *call,
                    const struct covered_sensor *sensor, const struct sample *samples, size_t count)
{
    if (!conflict_watch_suspects(watch, sensor->sensor_id, samples, count))
        return STATUS_OK;
    struct conflicting_sensor *marks = arena_grow(call->db.arena, watch->marks, sizeof *marks,
                                                  watch->mark_count, &watch->mark_room);
    if (!marks)
        return call_too_large(call);
    watch->marks = marks;
    marks[watch->mark_count++] =
        (struct conflicting_sensor){ sensor->organization->id, sensor->sensor_id };
    return STATUS_OK;
}

enum status
conflict_watch_write(struct conflict_watch *watch, struct call *call)
{
    return conflicts_mark(call, watch->marks, watch->mark_count);
}

void
conflict_watch_end(struct conflict_watch *watch, bool committed)
{
    watch->has_marked |= committed && watch->mark_count > 0;
    watch->marks = NULL;
    watch->mark_count = watch->mark_room = 0;
}

bool
conflict_watch_take_marked(struct conflict_watch *watch)
{
    bool has_marked = watch->has_marked;

    watch->has_marked = false;
    return has_marked;
}

struct conflicting {
    const struct conflict_watch_next_out *sensor;
    int64_t count;
    day_number day;
};

static void
conflicts_write_event(struct json_writer *json, const void *with, size_t index)
{
    const struct conflicting *conflicting = with;

    (void)index;
    json_put_text(json, "serial", conflicting->sensor->serial);
    json_put_text(json, "name", conflicting->sensor->name);
    json_put_int64(json, "conflicts", conflicting->count);
    json_put_date(json, "day", conflicting->day);
}

/* Counts one sensor's conflicts. The server whose count reaches the number first emits the
 * event. */
static enum status
conflicts_count_sensor(struct call *call, const struct conflict_watch_next_out *sensor)
{
    int64_t organization_id = sensor->organization_id, sensor_id = sensor->sensor_id, changed;
    day_number today = call->now / UTC_DAY;
    struct sensor_status sensor_status;
    enum status status = sensor_status_read(call, organization_id, sensor_id, &sensor_status);

    if (status)
        return status;
    status = conflict_watch_count(&call->db,
                                  &(struct conflict_watch_count_in){
                                      organization_id, sensor_id, today, sensor_status.conflicts },
                                  NULL);
    if (status)
        return status;
    status = conflict_watch_claim(&call->db,
                                  &(struct conflict_watch_claim_in){ organization_id, sensor_id,
                                                                     today, CONFLICT_EVENT_LEAST },
                                  &changed);
    if (status || changed == 0)
        return status;
    bool is_same_day = sensor->day == today;
    struct conflicting conflicting = { sensor,
                                       sensor_status.conflicts
                                           - (is_same_day ? sensor->total_before : sensor->total),
                                       today };
    struct event_batch batch = { organization_id, EVENT_SENSOR_CONFLICTS, 1, conflicts_write_event,
                                 &conflicting };
    return event_emit(call, &batch);
}

enum status
conflict_watch_job_run(struct call *call, bool *more)
{
    struct conflict_watch_next_out *sensors;
    size_t count;
    enum status status = conflict_watch_next(
        &call->db, &(struct conflict_watch_next_in){ job_name(call), call->now, SENSORS_A_STEP },
        &sensors, &count);

    *more = !status && count == SENSORS_A_STEP;
    for (size_t i = 0; i < count && !status; i++) {
        status = job_begin_organization(call, sensors[i].organization_id);
        if (!status)
            status = conflicts_count_sensor(call, &sensors[i]);
    }
    return status;
}

enum status
conflict_watch_job_next_at(struct call *call, utc_seconds *at)
{
    return job_next_at(call, conflict_watch_next_at, at);
}
