#include "service/measurement/sealing.h"

#include <string.h>

#include "service/core/transaction.h"
#include "service/measurement/journal.h"
#include "service/measurement/sealing_step.h"
#include "store/store.h"

enum {
    STEP_ROWS = 2048, /* a step ends when it has as many messages: some 10 ms */
    LONG_STEP_ROWS = 4 * STEP_ROWS,
    ROWS_A_SENSOR = 4, /* or a sensor for each four of them */
    ROWS_A_BLOCK = 2,  /* or a block for each two, */
    ARENA_PARTS = 4,   /* or a fourth of what the arena may hold: one sensor fits in the rest */
};

static enum status
too_large(struct call *call)
{
    return fail(&call->fault, STATUS_TOO_LARGE, "", "", "too much to seal in one step");
}

static struct block_put_in *
new_block(struct call *call, struct sealing *sealing)
{
    struct block_put_in *blocks = arena_grow(call->arena, sealing->blocks, sizeof *blocks,
                                             sealing->block_count, &sealing->block_room);

    if (!blocks)
        return NULL;
    sealing->blocks = blocks;
    return &blocks[sealing->block_count++];
}

static enum status
note_damaged_block(struct call *call, struct sealing *sealing, const struct block_place *place)
{
    struct block_place *damaged = arena_grow(call->arena, sealing->damaged_blocks, sizeof *damaged,
                                             sealing->damaged_count, &sealing->damaged_room);

    if (!damaged)
        return too_large(call);
    sealing->damaged_blocks = damaged;
    damaged[sealing->damaged_count++] = *place;
    return STATUS_OK;
}

/* Merges one day's samples (sorted by channel and time) behind what its block holds. */
static enum status
seal_day(struct call *call, struct sealing *sealing, const struct block_place *place,
         const struct samples *fresh, size_t *differing)
{
    struct block_get_out old;
    struct samples samples = { 0 };
    bool found;
    struct block_put_in *block = new_block(call, sealing);

    if (!block)
        return too_large(call);
    *block = (struct block_put_in){
        .organization_id = place->organization_id,
        .sensor_id = place->sensor_id,
        .day = place->day,
    };
    enum status status =
        block_get(call->store, call->arena,
                  &(struct block_get_in){ place->organization_id, place->sensor_id, place->day },
                  &old, &found, &call->fault);
    if (!status && found && !block_add(call, place, &samples, old.samples))
        status = note_damaged_block(call, sealing, place);
    if (!status) {
        size_t before = samples.count;
        *differing += samples_merge(&samples, fresh->at, fresh->count);
        block->sample_count = (int64_t)samples.count;
        if (samples.count > before)
            status = block_pack(call, &samples, &block->samples);
        else
            sealing->block_count--; /* all of it is there already */
    }
    samples_clear(&samples);
    return status;
}

static day_number
day_of(const struct sample *sample)
{
    return sample->at / UTC_DAY; /* admitted samples lie after 1970 */
}

static enum status
seal_days(struct call *call, struct sealing *sealing, const struct sealing_sensor *sensor,
          const struct samples *fresh, size_t *differing)
{
    struct block_place place = { sensor->organization_id, sensor->sensor_id, 0 };
    struct samples of_day = { 0 };
    enum status status = STATUS_OK;

    for (day_number day = -1, next = 0; !status; day = next) {
        /* The earliest day after `day`; few days stand in one step. */
        next = INT64_MAX;
        for (size_t i = 0; i < fresh->count; i++)
            if (day_of(&fresh->at[i]) > day && day_of(&fresh->at[i]) < next)
                next = day_of(&fresh->at[i]);
        if (next == INT64_MAX)
            break;
        of_day.count = 0;
        for (size_t i = 0; i < fresh->count; i++)
            if (day_of(&fresh->at[i]) == next) {
                *samples_reserve(&of_day, 1) = fresh->at[i];
                of_day.count++;
            }
        place.day = next;
        status = seal_day(call, sealing, &place, &of_day, differing);
    }
    samples_clear(&of_day);
    return status;
}

static enum status
seal_status(struct call *call, struct sealing *sealing, struct sealing_sensor *sensor,
            const struct unsealed *unsealed, size_t differing)
{
    struct sealed_status old;
    struct bytes latest;
    enum status status =
        journal_sealed_status(call, sensor->organization_id, sensor->sensor_id, &old);

    if (status)
        return status;
    sensor->status_is_damaged = old.damaged;
    latest_add(&old.latest, unsealed->samples.at, unsealed->samples.count);
    status = latest_encode(call, &old.latest, &latest);
    if (status)
        return status;
    struct sensor_status_put_in *put = &sealing->statuses[sealing->status_count++];
    *put = (struct sensor_status_put_in){
        .organization_id = sensor->organization_id,
        .sensor_id = sensor->sensor_id,
        .last_seen_at = old.row.last_seen_at,
        .battery_ok = old.row.battery_ok,
        .battery_level = old.row.battery_level,
        .signal = old.row.signal,
        .next_transmission_at = old.row.next_transmission_at,
        .latest = latest,
        .differing_repeats = old.row.differing_repeats + (int64_t)differing,
    };
    if (unsealed->newest_received_at < old.row.last_seen_at)
        return STATUS_OK; /* newer ones are sealed: by another process, or before the start */
    put->last_seen_at = unsealed->newest_received_at;
    put->battery_ok = unsealed->newest.battery_ok;
    put->battery_level = unsealed->newest.battery_level;
    put->signal = unsealed->newest.signal;
    put->next_transmission_at = unsealed->newest.next_transmission_at;
    return STATUS_OK;
}

/* Only what was read is sealed; all else of the sensor is left to sealing_write.c. */
static enum status
seal_rows(struct call *call, struct sealing *sealing, struct sealing_sensor *sensor)
{
    struct unsealed unsealed;
    enum status status = journal_read(call,
                                      &(struct journal_query){
                                          .organization_id = sensor->organization_id,
                                          .sensor_id = sensor->sensor_id,
                                          .ids = sealing->ids + sensor->first,
                                          .count = sensor->count,
                                          .to = UTC_NEVER,
                                          .rows = sealing->found + sensor->first,
                                      },
                                      &unsealed);
    size_t differing = unsealed.differing;
    bool is_read = unsealed.newest_received_at > 0;

    if (!status && is_read)
        status = seal_days(call, sealing, sensor, &unsealed.samples, &differing);
    if (!status && is_read)
        status = seal_status(call, sealing, sensor, &unsealed, differing);
    samples_clear(&unsealed.samples);
    return status;
}

static enum status
seal_sensor(struct call *call, struct sealing *sealing, struct tail_sensor key)
{
    int64_t *ids;
    size_t count;
    enum status status = tail_rows(call->tail, call->arena, key.sensor_id, SEALING_SENSOR_MOST_ROWS,
                                   &ids, &count, &call->fault);

    while (!status && count > 0 && ids[count - 1] > sealing->newest_id)
        count--; /* it came after the snapshot, which does not show it */
    if (status || count == 0)
        return status;
    struct sealing_sensor *sensor = &sealing->sensors[sealing->sensor_count];
    *sensor = (struct sealing_sensor){
        .organization_id = key.organization_id,
        .sensor_id = key.sensor_id,
        .first = sealing->row_count,
        .count = count,
    };
    memcpy(sealing->ids + sensor->first, ids, count * sizeof *ids);
    status = seal_rows(call, sealing, sensor);
    if (status)
        return status;
    sealing->sensor_count++;
    sealing->row_count += count;
    return STATUS_OK;
}

struct preparation {
    const struct tail_sensor *sensors;
    size_t count, from;
    size_t *done;
    struct sealing *sealing;
};

static bool
is_long_enough(const struct sealing *sealing, size_t bytes, const struct arena *arena)
{
    return sealing->row_count >= sealing->most_rows
           || sealing->sensor_count >= sealing->most_rows / ROWS_A_SENSOR
           || sealing->block_count >= sealing->most_rows / ROWS_A_BLOCK
           || bytes > arena->limit / ARENA_PARTS;
}

static enum status
prepare_body(struct call *call, void *with)
{
    struct preparation *preparation = with;
    struct sealing *sealing = preparation->sealing;
    struct sealing_step_out step;
    bool found;
    size_t at = preparation->from, used = call->arena->used;
    enum status status = sealing_step(call->store, call->arena, &step, &found, &call->fault);

    sealing->step_before = found && !status ? step.value : (struct bytes){ "", 0 };
    step_value_next(sealing->step_after, sealing->step_before);
    sealing->block_count = sealing->damaged_count = sealing->status_count = 0;
    sealing->sensor_count = sealing->row_count = 0;
    while (!status && at < preparation->count
           && !is_long_enough(sealing, call->arena->used - used, call->arena))
        status = seal_sensor(call, sealing, preparation->sensors[at++]);
    *preparation->done = at;
    return status;
}

static struct sealing *
new_sealing(struct call *call, size_t most_rows)
{
    struct arena *arena = call->arena;
    size_t sensors = most_rows / ROWS_A_SENSOR, rows = most_rows + SEALING_SENSOR_MOST_ROWS;
    struct sealing *sealing = arena_new(arena, sizeof *sealing);

    if (!sealing)
        return NULL;
    sealing->newest_id = tail_newest_id(call->tail);
    sealing->most_rows = most_rows;
    sealing->statuses = arena_new(arena, sensors * sizeof *sealing->statuses);
    sealing->sensors = arena_new(arena, sensors * sizeof *sealing->sensors);
    sealing->ids = arena_new(arena, rows * sizeof *sealing->ids);
    sealing->found = arena_new(arena, rows);
    sealing->seen = arena_new(arena, rows * sizeof *sealing->seen);
    bool whole = sealing->statuses && sealing->sensors && sealing->ids && sealing->found
                 && sealing->seen;
    return whole ? sealing : NULL;
}

static enum status
prepare(struct call *call, struct preparation *preparation, struct sealing *sealing,
        struct sealing **out)
{
    preparation->from = *preparation->done;
    preparation->sealing = *out = sealing;
    return sealing ? read_transact(call, prepare_body, preparation) : too_large(call);
}

enum status
sealing_prepare(struct call *call, const struct tail_sensor *sensors, size_t count, size_t *done,
                struct sealing **out)
{
    struct preparation preparation = { .sensors = sensors, .count = count, .done = done };

    return prepare(call, &preparation, new_sealing(call, STEP_ROWS), out);
}

enum status
sealing_prepare_long(struct call *call, const struct tail_sensor *sensors, size_t count,
                     size_t *done, struct sealing **out)
{
    struct preparation preparation = { .sensors = sensors, .count = count, .done = done };

    return prepare(call, &preparation, new_sealing(call, LONG_STEP_ROWS), out);
}
