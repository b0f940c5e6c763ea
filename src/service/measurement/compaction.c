#include "service/measurement/compaction.h"

#include <string.h>

#include "service/core/transaction.h"
#include "service/measurement/compaction_step.h"
#include "service/measurement/journal.h"
#include "store/store.h"

enum {
    STEP_ROWS = 2048, /* messages that end a step: about 10 ms */
    LONG_STEP_ROWS = 4 * STEP_ROWS,
    ROWS_A_SENSOR = 4, /* a fourth as many sensors end it, too, */
    ROWS_A_BLOCK = 2,  /* or half as many blocks, */
    ARENA_PARTS = 4,   /* or a fourth of the arena's limit: one sensor fits in the rest */
};

static enum status
compact_add_damaged(struct call *call, struct compaction *compaction,
                    const struct block_place *place)
{
    struct block_place *damaged = arena_grow(call->db.arena, compaction->damaged_blocks,
                                             sizeof *damaged, compaction->damaged_count,
                                             &compaction->damaged_room);

    if (!damaged)
        return call_too_large(call);
    compaction->damaged_blocks = damaged;
    damaged[compaction->damaged_count++] = *place;
    return STATUS_OK;
}

/* Reads the day's block, if there is one; a damaged block counts as empty. */
static enum status
compact_read_block(struct call *call, struct compaction *compaction,
                   const struct block_place *place, struct samples *samples)
{
    struct block_get_out old;
    bool found;
    enum status status = block_get(
        &call->db, &(struct block_get_in){ place->organization_id, place->sensor_id, place->day },
        &old, &found);

    if (status || !found || block_add(call, place, samples, old.samples))
        return status;
    return compact_add_damaged(call, compaction, place);
}

static enum status
compact_add_block(struct call *call, struct compaction *compaction, const struct block_place *place,
                  const struct samples *samples)
{
    struct block_put_in *blocks = arena_grow(call->db.arena, compaction->blocks, sizeof *blocks,
                                             compaction->block_count, &compaction->block_room);

    if (!blocks)
        return call_too_large(call);
    compaction->blocks = blocks;
    blocks[compaction->block_count] = (struct block_put_in){
        .organization_id = place->organization_id,
        .sensor_id = place->sensor_id,
        .day = place->day,
        .sample_count = (int64_t)samples->count,
    };
    return block_pack(call, samples, &blocks[compaction->block_count++].samples);
}

/* Merges one day's samples (sorted by channel and time) into its block. A block that has all of
 * them stays as it is. */
static enum status
compact_day(struct call *call, struct compaction *compaction, const struct block_place *place,
            const struct samples *fresh, size_t *differing)
{
    struct samples samples = { 0 };
    enum status status = compact_read_block(call, compaction, place, &samples);

    if (!status) {
        size_t before = samples.count;
        *differing += samples_merge(&samples, fresh->at, fresh->count);
        if (samples.count > before)
            status = compact_add_block(call, compaction, place, &samples);
    }
    samples_clear(&samples);
    return status;
}

static enum status
compact_days(struct call *call, struct compaction *compaction,
             const struct compaction_sensor *sensor, const struct samples *fresh, size_t *differing)
{
    struct block_place place = { sensor->organization_id, sensor->sensor_id, 0 };
    struct samples of_day = { 0 };
    enum status status = STATUS_OK;

    for (place.day = samples_next_day(fresh, -1); !status && place.day != INT64_MAX;
         place.day = samples_next_day(fresh, place.day)) {
        samples_take_day(&of_day, fresh, place.day);
        status = compact_day(call, compaction, &place, &of_day, differing);
    }
    samples_clear(&of_day);
    return status;
}

/* Counts the conflicts of the rows that were read. */
static enum status
compact_conflicts(struct call *call, struct compaction *compaction,
                  const struct compaction_sensor *sensor, struct conflicts *conflicts)
{
    struct journal_query rows = { .organization_id = sensor->organization_id,
                                  .sensor_id = sensor->sensor_id,
                                  .ids = compaction->ids + sensor->first,
                                  .count = sensor->count,
                                  .to = UTC_NEVER };
    enum status status = conflicts_find(call, &rows, conflicts->known, conflicts);

    if (!status && conflicts->count > 0)
        compaction->marks[compaction->mark_count++] =
            (struct conflicting_sensor){ sensor->organization_id, sensor->sensor_id };
    return status;
}

static enum status
compact_status(struct call *call, struct compaction *compaction, struct compaction_sensor *sensor,
               const struct uncompacted *uncompacted, bool has_repeats)
{
    struct compacted_status old;
    struct conflicts conflicts = { 0 };
    struct bytes latest;
    enum status status =
        journal_compacted_status(call, sensor->organization_id, sensor->sensor_id, &old);

    if (status)
        return status;
    sensor->status_is_damaged = old.damaged;
    conflicts.known = old.row.conflicts;
    if (has_repeats)
        status = compact_conflicts(call, compaction, sensor, &conflicts);
    if (status)
        return status;
    latest_add(&old.latest, uncompacted->samples.at, uncompacted->samples.count, call->now);
    status = latest_encode(call, &old.latest, &latest);
    if (status)
        return status;
    struct sensor_signs signs = compacted_signs(&old);
    bool is_newer = uncompacted->newest_received_at >= old.row.last_seen_at;
    if (is_newer)
        sensor_signs_add(&signs, uncompacted);
    struct sensor_status_put_in *put = &compaction->statuses[compaction->status_count++];
    *put = (struct sensor_status_put_in){
        .organization_id = sensor->organization_id,
        .sensor_id = sensor->sensor_id,
        .last_seen_at = old.row.last_seen_at,
        .battery_ok = old.row.battery_ok,
        .battery_level = old.row.battery_level,
        .signal = old.row.signal,
        .next_transmission_at = old.row.next_transmission_at,
        .latest = latest,
        .differing_repeats = old.row.differing_repeats + (int64_t)conflicts.count,
        .conflicts = conflicts.known,
        .clock_wrong_since = signs.clock_wrong_since,
        .clock_offset = signs.clock_offset,
        .tamper_at = signs.tamper_at,
        .tamper_signs = signs.tamper_signs,
    };
    if (!is_newer)
        return STATUS_OK; /* a newer message is compacted: by another process, or before the start
                           */
    put->last_seen_at = uncompacted->newest_received_at;
    put->battery_ok = uncompacted->newest.battery_ok;
    put->battery_level = uncompacted->newest.battery_level;
    put->signal = uncompacted->newest.signal;
    put->next_transmission_at = uncompacted->newest.next_transmission_at;
    return STATUS_OK;
}

/* Compacts the rows that were read. compaction_write.c decides about the others. */
static enum status
compact_rows(struct call *call, struct compaction *compaction, struct compaction_sensor *sensor)
{
    struct uncompacted uncompacted;
    enum status status = journal_read(call,
                                      &(struct journal_query){
                                          .organization_id = sensor->organization_id,
                                          .sensor_id = sensor->sensor_id,
                                          .ids = compaction->ids + sensor->first,
                                          .count = sensor->count,
                                          .to = UTC_NEVER,
                                          .rows = compaction->found + sensor->first,
                                          .stops_ahead = true,
                                      },
                                      &uncompacted);
    size_t differing = uncompacted.differing;
    bool is_read = uncompacted.newest_received_at > 0;

    if (!status && is_read)
        status = compact_days(call, compaction, sensor, &uncompacted.samples, &differing);
    sensor->count = uncompacted.row_count;
    if (!status && is_read)
        status = compact_status(call, compaction, sensor, &uncompacted, differing > 0);
    samples_clear(&uncompacted.samples);
    return status;
}

static enum status
compact_sensor(struct call *call, struct compaction *compaction, struct journal_index_sensor key)
{
    int64_t *ids;
    size_t count;
    enum status status =
        journal_index_rows(call, key.sensor_id, COMPACTION_SENSOR_MOST_ROWS, &ids, &count);

    while (!status && count > 0 && ids[count - 1] > compaction->newest_id)
        count--; /* it may be newer than the snapshot */
    if (status || count == 0)
        return status;
    struct compaction_sensor *sensor = &compaction->sensors[compaction->sensor_count];
    *sensor = (struct compaction_sensor){
        .organization_id = key.organization_id,
        .sensor_id = key.sensor_id,
        .first = compaction->row_count,
        .count = count,
    };
    memcpy(compaction->ids + sensor->first, ids, count * sizeof *ids);
    status = compact_rows(call, compaction, sensor);
    if (status || sensor->count == 0)
        return status;
    compaction->sensor_count++;
    compaction->row_count += sensor->count;
    return STATUS_OK;
}

struct preparation {
    struct compaction_queue *queue;
    size_t from; /* of the queue: the body may run again */
    struct compaction *compaction;
};

static bool
prepare_is_full(const struct compaction *compaction, size_t bytes, const struct arena *arena)
{
    return compaction->row_count >= compaction->most_rows
           || compaction->sensor_count >= compaction->most_rows / ROWS_A_SENSOR
           || compaction->block_count >= compaction->most_rows / ROWS_A_BLOCK
           || bytes > arena->limit / ARENA_PARTS;
}

static enum status
prepare_body(struct call *call, void *with)
{
    const struct preparation *preparation = with;
    struct compaction_queue *queue = preparation->queue;
    struct compaction *compaction = preparation->compaction;
    struct compaction_step_out step;
    bool found;
    size_t used = call->db.arena->used;
    enum status status = compaction_step(&call->db, &step, &found);

    compaction->step_before = found && !status ? step.value : (struct bytes){ "", 0 };
    compaction_mark_next(compaction->step_after, compaction->step_before);
    compaction->block_count = compaction->damaged_count = compaction->status_count = 0;
    compaction->mark_count = 0;
    compaction->sensor_count = compaction->row_count = 0;
    queue->done = preparation->from;
    while (!status && queue->done < queue->count
           && !prepare_is_full(compaction, call->db.arena->used - used, call->db.arena))
        status = compact_sensor(call, compaction, queue->sensors[queue->done++]);
    return status;
}

static struct compaction *
prepare_new(struct call *call, size_t most_rows)
{
    struct arena *arena = call->db.arena;
    size_t sensors = most_rows / ROWS_A_SENSOR, rows = most_rows + COMPACTION_SENSOR_MOST_ROWS;
    struct compaction *compaction = arena_new(arena, sizeof *compaction);

    if (!compaction)
        return NULL;
    compaction->newest_id = journal_index_totals(call->journal_index).newest_id;
    compaction->most_rows = most_rows;
    compaction->statuses = arena_new(arena, sensors * sizeof *compaction->statuses);
    compaction->marks = arena_new(arena, sensors * sizeof *compaction->marks);
    compaction->sensors = arena_new(arena, sensors * sizeof *compaction->sensors);
    compaction->ids = arena_new(arena, rows * sizeof *compaction->ids);
    compaction->found = arena_new(arena, rows);
    compaction->seen = arena_new(arena, rows * sizeof *compaction->seen);
    bool whole = compaction->statuses && compaction->marks && compaction->sensors && compaction->ids
                 && compaction->found && compaction->seen;
    return whole ? compaction : NULL;
}

enum status
compaction_prepare(struct call *call, struct compaction_queue *queue, struct compaction **out)
{
    struct preparation preparation = { queue, queue->done, .compaction = NULL };

    preparation.compaction = *out = prepare_new(call, queue->is_long ? LONG_STEP_ROWS : STEP_ROWS);
    return *out ? read_transact(call, prepare_body, &preparation) : call_too_large(call);
}
