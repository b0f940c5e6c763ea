/* compaction_write.c - writes a prepared step. Decides, on the writer's connection, about the rows
 * that the step's snapshot did not show or could not read. */
#include <inttypes.h>
#include <string.h>

#include "base/id.h"
#include "base/log.h"
#include "service/core/transaction.h"
#include "service/measurement/compaction_step.h"
#include "service/measurement/journal.h"
#include "store/store.h"

static enum status
step_conflict(struct call *call, const char *reason)
{
    return call_fail(call, STATUS_CONFLICT, "", "", "%s", reason);
}

static enum status
step_claim(struct call *call, const struct compaction *compaction)
{
    int64_t changed;
    enum status status = compaction_step_claim(
        &call->db,
        &(struct compaction_step_claim_in){ compaction->step_before,
                                            { compaction->step_after, COMPACTION_MARK_BYTES } },
        &changed);

    if (!status && changed != 1)
        return step_conflict(call, "measurements were compacted after this step was read");
    return status;
}

/* Reads the sensor's rows again that the snapshot did not show or could not read. */
static enum status
step_look_again(struct call *call, const struct compaction *compaction,
                const struct compaction_sensor *sensor)
{
    int64_t ids[COMPACTION_SENSOR_MOST_ROWS];
    uint8_t found[COMPACTION_SENSOR_MOST_ROWS];
    size_t places[COMPACTION_SENSOR_MOST_ROWS], count = 0;
    struct uncompacted uncompacted;

    for (size_t i = sensor->first; i < sensor->first + sensor->count; i++)
        if (compaction->found[i] != JOURNAL_ROW_READ) {
            places[count] = i;
            ids[count++] = compaction->ids[i];
        }
    if (count == 0)
        return STATUS_OK;
    enum status status = journal_read(call,
                                      &(struct journal_query){
                                          .organization_id = sensor->organization_id,
                                          .sensor_id = sensor->sensor_id,
                                          .ids = ids,
                                          .count = count,
                                          .to = UTC_NEVER,
                                          .rows = found,
                                      },
                                      &uncompacted);
    samples_clear(&uncompacted.samples);
    for (size_t i = 0; i < count && !status; i++) {
        if (compaction->found[places[i]] == JOURNAL_ROW_MISSING)
            compaction->seen[places[i]] = found[i] != JOURNAL_ROW_MISSING;
        else if (found[i] != JOURNAL_ROW_BROKEN)
            return step_conflict(call, "a message that could not be read has changed");
    }
    return status;
}

/* Moves the messages that cannot be read. */
static enum status
step_set_messages_aside(struct call *call, const struct compaction *compaction)
{
    size_t count = 0;
    int64_t copied, deleted;

    for (size_t i = 0; i < compaction->row_count; i++)
        count += compaction->found[i] == JOURNAL_ROW_BROKEN;
    if (count == 0)
        return STATUS_OK;
    struct damaged_take_message_in *taken = call_new(call, count * sizeof *taken);
    struct journal_delete_in *gone = call_new(call, count * sizeof *gone);
    if (!taken || !gone)
        return STATUS_TOO_LARGE;
    for (size_t i = 0, at = 0; i < compaction->row_count; i++) {
        if (compaction->found[i] != JOURNAL_ROW_BROKEN)
            continue;
        taken[at] = (struct damaged_take_message_in){ id_random(), call->now, compaction->ids[i] };
        gone[at++].id = compaction->ids[i];
    }
    enum status status = damaged_take_message(&call->db, taken, count, &copied);
    if (!status)
        status = journal_delete(&call->db, gone, count, &deleted);
    if (!status && (copied != (int64_t)count || deleted != copied))
        return step_conflict(call, "a message that could not be read is gone");
    return status;
}

/* Copies a block before a new one takes its place. */
static enum status
step_set_block_aside(struct call *call, const struct block_place *place)
{
    struct block_get_out row;
    struct samples samples = { 0 };
    bool found;
    enum status status = block_get(
        &call->db, &(struct block_get_in){ place->organization_id, place->sensor_id, place->day },
        &row, &found);

    if (status)
        return status;
    bool good = !found || block_add(call, place, &samples, row.samples);
    samples_clear(&samples);
    if (good)
        return step_conflict(call, "a block that could not be read has changed");
    return damaged_take_block(&call->db,
                              &(struct damaged_take_block_in){ id_random(), call->now,
                                                               place->organization_id,
                                                               place->sensor_id, place->day },
                              NULL);
}

static enum status
step_set_status_aside(struct call *call, const struct compaction_sensor *sensor)
{
    struct compacted_status status_now;
    enum status status =
        journal_compacted_status(call, sensor->organization_id, sensor->sensor_id, &status_now);

    if (status)
        return status;
    if (!status_now.damaged)
        return step_conflict(call, "a status that could not be read has changed");
    return damaged_take_status(&call->db,
                               &(struct damaged_take_status_in){ id_random(), call->now,
                                                                 sensor->organization_id,
                                                                 sensor->sensor_id },
                               NULL);
}

static enum status
step_set_aside(struct call *call, const struct compaction *compaction)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < compaction->sensor_count && !status; i++)
        status = step_look_again(call, compaction, &compaction->sensors[i]);
    if (!status)
        status = step_set_messages_aside(call, compaction);
    for (size_t i = 0; i < compaction->damaged_count && !status; i++)
        status = step_set_block_aside(call, &compaction->damaged_blocks[i]);
    for (size_t i = 0; i < compaction->sensor_count && !status; i++)
        if (compaction->sensors[i].status_is_damaged)
            status = step_set_status_aside(call, &compaction->sensors[i]);
    return status;
}

static enum status
step_write_body(struct call *call, void *with)
{
    const struct compaction *compaction = with;
    enum status status = step_claim(call, compaction);

    if (!status)
        status = step_set_aside(call, compaction);
    if (!status && compaction->block_count > 0)
        status = block_put(&call->db, compaction->blocks, compaction->block_count, NULL);
    if (!status)
        status = conflicts_mark(call, compaction->marks, compaction->mark_count);
    if (status || compaction->status_count == 0)
        return status;
    return sensor_status_put(&call->db, compaction->statuses, compaction->status_count, NULL);
}

enum status
compaction_write(struct call *call, struct compaction *compaction)
{
    return transact(call, step_write_body, compaction);
}

void
compaction_forget(const struct compaction *compaction, struct journal_index *index,
                  struct journal_trim *trim)
{
    /* In a store that loses nothing the numbers of steps ascend. */
    if (trim->count > 0 && compaction_mark_is_before(compaction->step_before, trim->step))
        trim->blocks_lost = true;
    for (size_t i = 0; i < compaction->sensor_count; i++) {
        const struct compaction_sensor *sensor = &compaction->sensors[i];
        int64_t compacted[COMPACTION_SENSOR_MOST_ROWS], forgotten[COMPACTION_SENSOR_MOST_ROWS];
        size_t compacted_count = 0, forgotten_count = 0;
        for (size_t row = sensor->first; row < sensor->first + sensor->count; row++) {
            if (compaction->found[row] == JOURNAL_ROW_READ)
                compacted[compacted_count++] = compaction->ids[row];
            if (compaction->found[row] != JOURNAL_ROW_MISSING || !compaction->seen[row])
                forgotten[forgotten_count++] = compaction->ids[row];
        }
        journal_trim_add(trim, compacted, compacted_count);
        journal_index_remove(index, sensor->sensor_id, forgotten, forgotten_count);
    }
    memcpy(trim->step, compaction->step_after, COMPACTION_MARK_BYTES);
}

static void
count_missing(struct compaction_missing *missing, const struct compaction_sensor *sensor,
              int64_t id)
{
    if (missing->count++ > 0)
        return;
    missing->organization_id = sensor->organization_id;
    missing->sensor_id = sensor->sensor_id;
    missing->first_id = id;
}

void
compaction_find_missing(const struct compaction *compaction, struct compaction_missing *behind,
                        struct compaction_missing *gone)
{
    *behind = *gone = (struct compaction_missing){ 0 };
    for (size_t i = 0; i < compaction->sensor_count; i++) {
        const struct compaction_sensor *sensor = &compaction->sensors[i];
        for (size_t row = sensor->first; row < sensor->first + sensor->count; row++)
            if (compaction->found[row] == JOURNAL_ROW_MISSING)
                count_missing(compaction->seen[row] ? behind : gone, sensor, compaction->ids[row]);
    }
}

void
compaction_log_missing(struct log_pause *pause, enum log_level level, const char *event,
                       const struct compaction_missing *missing, const char *words)
{
    uint64_t times = missing->count ? log_pause_count(pause, monotonic_nanoseconds()) : 0;

    if (times > 0)
        log_line(level, event,
                 "organization=%" PRId64 " sensor=%" PRId64 " messages=%zu first_id=%" PRId64
                 " steps=%" PRIu64 " %s",
                 missing->organization_id, missing->sensor_id, missing->count, missing->first_id,
                 times, words);
}
