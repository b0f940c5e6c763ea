#include "service/sealing.h"

#include <stdlib.h>
#include <string.h>

#include "base/compress.h"
#include "base/memory.h"
#include "domain/series.h"
#include "service/journal.h"
#include "service/transaction.h"
#include "statements.h"
#include "store/store.h"

enum {
    SENSOR_MOST_ROWS = 1024, /* of one sensor in one step */
    STEP_ROWS = 2048,        /* a step ends when it has as many messages: some 10 ms */
    LONG_STEP_ROWS = 4 * STEP_ROWS,
    ROWS_A_SENSOR = 4, /* or a sensor for each four of them */
    ROWS_A_BLOCK = 2,  /* or a block for each two, */
    ARENA_PARTS = 4,   /* or a fourth of what the arena may hold: one sensor fits in the rest */
    STEP_VALUE_BYTES = 16,
};

struct sealing {
    int64_t newest_id; /* of what the index knew before the snapshot was taken */
    struct bytes step_before;
    uint8_t step_after[STEP_VALUE_BYTES];
    struct block_put_in *blocks;
    size_t block_count, block_room;
    struct sensor_status_put_in *statuses;
    size_t status_count;
    int64_t *sensors, *last_ids; /* whose messages, up to which */
    size_t sensor_count;
    int64_t *ids;
    size_t row_count, most_rows;
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

/* Compresses `samples` into the block's bytes. Only these are kept: what they are made in is many
 * times as large. */
static enum status
pack(struct call *call, const struct samples *samples, struct block_put_in *block)
{
    size_t room = series_bound(samples->count);
    uint8_t *series = memory_must(malloc(room));
    size_t size = series_encode(series, room, samples->at, samples->count);
    size_t packed_room = compress_bound(size);
    uint8_t *packed = memory_must(malloc(packed_room));
    size_t packed_size = compress_bytes(packed, packed_room, series, size);
    void *kept = arena_new(call->arena, packed_size);

    if (kept)
        memcpy(kept, packed, packed_size);
    free(series);
    free(packed);
    block->sample_count = (int64_t)samples->count;
    block->samples = (struct bytes){ kept, packed_size };
    return kept ? STATUS_OK : too_large(call);
}

/* Merges one day's samples (sorted by channel and time) behind what its block holds. */
static enum status
seal_day(struct call *call, struct sealing *sealing, struct tail_sensor sensor, day_number day,
         const struct samples *fresh, size_t *differing)
{
    struct block_get_out old;
    struct samples samples = { 0 };
    bool found;
    struct block_put_in *block = new_block(call, sealing);

    if (!block)
        return too_large(call);
    *block = (struct block_put_in){
        .organization_id = sensor.organization_id,
        .sensor_id = sensor.sensor_id,
        .day = day,
    };
    enum status status =
        block_get(call->store, call->arena,
                  &(struct block_get_in){ sensor.organization_id, sensor.sensor_id, day }, &old,
                  &found, &call->fault);
    if (!status && found && !samples_add_block(&samples, old.samples.at, old.samples.size))
        status = fail(&call->fault, STATUS_BROKEN, "", "",
                      "a block of measurements in the store cannot be read");
    if (!status) {
        size_t before = samples.count;
        *differing += samples_merge(&samples, fresh->at, fresh->count);
        if (samples.count > before)
            status = pack(call, &samples, block);
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
seal_days(struct call *call, struct sealing *sealing, struct tail_sensor sensor,
          const struct samples *fresh, size_t *differing)
{
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
        status = seal_day(call, sealing, sensor, next, &of_day, differing);
    }
    samples_clear(&of_day);
    return status;
}

static enum status
seal_status(struct call *call, struct sealing *sealing, struct tail_sensor sensor,
            const struct unsealed *unsealed, size_t differing)
{
    struct sensor_status_get_out old = { 0 };
    struct sample newest[SAMPLE_MOST_CHANNELS];
    size_t count = 0, room = series_bound(SAMPLE_MOST_CHANNELS);
    bool found;
    uint8_t *latest = arena_new(call->arena, room);

    if (!latest)
        return too_large(call);
    enum status status = sensor_status_get(
        call->store, call->arena,
        &(struct sensor_status_get_in){ sensor.organization_id, sensor.sensor_id }, &old, &found,
        &call->fault);
    if (!status && found
        && !series_decode(newest, SAMPLE_MOST_CHANNELS, &count, old.latest.at, old.latest.size))
        status = fail(&call->fault, STATUS_BROKEN, "", "",
                      "a sensor's status in the store cannot be read");
    if (status)
        return status;
    count = newest_samples(newest, count, unsealed->samples.at, unsealed->samples.count);
    struct sensor_status_put_in *put = &sealing->statuses[sealing->status_count++];
    *put = (struct sensor_status_put_in){
        .organization_id = sensor.organization_id,
        .sensor_id = sensor.sensor_id,
        .last_seen_at = old.last_seen_at,
        .battery_ok = old.battery_ok,
        .battery_level = old.battery_level,
        .signal = old.signal,
        .next_transmission_at = old.next_transmission_at,
        .latest = { latest, series_encode(latest, room, newest, count) },
        .differing_repeats = old.differing_repeats + (int64_t)differing,
    };
    if (unsealed->newest_received_at < old.last_seen_at)
        return STATUS_OK; /* newer ones are sealed: by another process, or before the start */
    put->last_seen_at = unsealed->newest_received_at;
    put->battery_ok = unsealed->newest.battery_ok;
    put->battery_level = unsealed->newest.battery_level;
    put->signal = unsealed->newest.signal;
    put->next_transmission_at = unsealed->newest.next_transmission_at;
    return STATUS_OK;
}

static enum status
seal_sensor(struct call *call, struct sealing *sealing, struct tail_sensor sensor)
{
    struct unsealed unsealed = { 0 };
    int64_t *ids;
    size_t count;
    enum status status = tail_rows(call->tail, call->arena, sensor.sensor_id, SENSOR_MOST_ROWS,
                                   &ids, &count, &call->fault);

    while (!status && count > 0 && ids[count - 1] > sealing->newest_id)
        count--; /* it came after the snapshot, which does not show it */
    if (status || count == 0)
        return status;
    status = journal_read(call, ids, count, 0, UTC_NEVER, &unsealed);
    size_t differing = unsealed.differing;
    bool found = unsealed.newest_received_at > 0; /* else another process has deleted them all */
    if (!status && found)
        status = seal_days(call, sealing, sensor, &unsealed.samples, &differing);
    if (!status && found)
        status = seal_status(call, sealing, sensor, &unsealed, differing);
    samples_clear(&unsealed.samples);
    if (status)
        return status;
    memcpy(sealing->ids + sealing->row_count, ids, count * sizeof *ids);
    sealing->row_count += count;
    sealing->sensors[sealing->sensor_count] = sensor.sensor_id;
    sealing->last_ids[sealing->sensor_count++] = ids[count - 1];
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
    sealing->block_count = sealing->status_count = 0;
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
    size_t sensors = most_rows / ROWS_A_SENSOR;
    struct sealing *sealing = arena_new(arena, sizeof *sealing);

    if (!sealing)
        return NULL;
    random_bytes(sealing->step_after, STEP_VALUE_BYTES);
    sealing->newest_id = tail_newest_id(call->tail);
    sealing->most_rows = most_rows;
    sealing->statuses = arena_new(arena, sensors * sizeof *sealing->statuses);
    sealing->sensors = arena_new(arena, sensors * sizeof *sealing->sensors);
    sealing->last_ids = arena_new(arena, sensors * sizeof *sealing->last_ids);
    sealing->ids = arena_new(arena, (most_rows + SENSOR_MOST_ROWS) * sizeof *sealing->ids);
    bool whole = sealing->statuses && sealing->sensors && sealing->last_ids && sealing->ids;
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

static enum status
write_body(struct call *call, void *with)
{
    const struct sealing *sealing = with;
    int64_t changed;
    enum status status =
        sealing_step_claim(call->store, call->arena,
                           &(struct sealing_step_claim_in){
                               sealing->step_before, { sealing->step_after, STEP_VALUE_BYTES } },
                           &changed, &call->fault);

    if (!status && changed != 1)
        return fail(&call->fault, STATUS_CONFLICT, "", "",
                    "another process has sealed measurements meanwhile");
    if (!status && sealing->block_count > 0)
        status = block_put(call->store, call->arena, sealing->blocks, sealing->block_count,
                           &changed, &call->fault);
    if (!status && sealing->status_count > 0)
        status = sensor_status_put(call->store, call->arena, sealing->statuses,
                                   sealing->status_count, &changed, &call->fault);
    return status;
}

enum status
sealing_write(struct call *call, const struct sealing *sealing)
{
    return transact(call, write_body, (void *)sealing);
}

void
sealing_forget(const struct sealing *sealing, struct tail *tail, struct sweep *sweep)
{
    sweep_add(sweep, sealing->ids, sealing->row_count);
    for (size_t i = 0; i < sealing->sensor_count; i++)
        tail_remove(tail, sealing->sensors[i], sealing->last_ids[i]);
}
