/* sealing_write.c - writes a prepared step, and decides on the writer's connection about the rows
 * that the step's snapshot did not show or could not read. */
#include <string.h>

#include "base/id.h"
#include "service/core/transaction.h"
#include "service/measurement/journal.h"
#include "service/measurement/sealing_step.h"
#include "store/store.h"

static enum status
conflict(struct call *call, const char *reason)
{
    return fail(&call->fault, STATUS_CONFLICT, "", "", "%s", reason);
}

static enum status
too_large(struct call *call)
{
    return fail(&call->fault, STATUS_TOO_LARGE, "", "", "too much to seal in one step");
}

static enum status
claim_step(struct call *call, const struct sealing *sealing)
{
    int64_t changed;
    enum status status =
        sealing_step_claim(call->store, call->arena,
                           &(struct sealing_step_claim_in){
                               sealing->step_before, { sealing->step_after, STEP_VALUE_BYTES } },
                           &changed, &call->fault);

    if (!status && changed != 1)
        return conflict(call, "measurements were sealed after this step was read");
    return status;
}

/* The sensor's rows that the snapshot did not show or could not read, as the writer finds them. */
static enum status
look_again(struct call *call, const struct sealing *sealing, const struct sealing_sensor *sensor)
{
    int64_t ids[SEALING_SENSOR_MOST_ROWS];
    uint8_t found[SEALING_SENSOR_MOST_ROWS];
    size_t places[SEALING_SENSOR_MOST_ROWS], count = 0;
    struct unsealed unsealed;

    for (size_t i = sensor->first; i < sensor->first + sensor->count; i++)
        if (sealing->found[i] != JOURNAL_ROW_READ) {
            places[count] = i;
            ids[count++] = sealing->ids[i];
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
                                      &unsealed);
    samples_clear(&unsealed.samples);
    for (size_t i = 0; i < count && !status; i++) {
        if (sealing->found[places[i]] == JOURNAL_ROW_MISSING)
            sealing->seen[places[i]] = found[i] != JOURNAL_ROW_MISSING;
        else if (found[i] != JOURNAL_ROW_BROKEN)
            return conflict(call, "a message that could not be read has changed");
    }
    return status;
}

/* Moves the messages that cannot be read. */
static enum status
set_messages_aside(struct call *call, const struct sealing *sealing)
{
    size_t count = 0;
    int64_t copied, deleted;

    for (size_t i = 0; i < sealing->row_count; i++)
        count += sealing->found[i] == JOURNAL_ROW_BROKEN;
    if (count == 0)
        return STATUS_OK;
    struct damaged_take_message_in *taken = arena_new(call->arena, count * sizeof *taken);
    struct journal_delete_in *gone = arena_new(call->arena, count * sizeof *gone);
    if (!taken || !gone)
        return too_large(call);
    for (size_t i = 0, at = 0; i < sealing->row_count; i++) {
        if (sealing->found[i] != JOURNAL_ROW_BROKEN)
            continue;
        taken[at] = (struct damaged_take_message_in){ id_random(), call->now, sealing->ids[i] };
        gone[at++].id = sealing->ids[i];
    }
    enum status status =
        damaged_take_message(call->store, call->arena, taken, count, &copied, &call->fault);
    if (!status)
        status = journal_delete(call->store, call->arena, gone, count, &deleted, &call->fault);
    if (!status && (copied != (int64_t)count || deleted != copied))
        return conflict(call, "a message that could not be read is gone");
    return status;
}

/* Copies a block before a new one takes its place. */
static enum status
set_block_aside(struct call *call, const struct block_place *place)
{
    struct block_get_out row;
    struct samples samples = { 0 };
    bool found;
    int64_t copied = 0;
    enum status status =
        block_get(call->store, call->arena,
                  &(struct block_get_in){ place->organization_id, place->sensor_id, place->day },
                  &row, &found, &call->fault);

    if (status)
        return status;
    bool good = !found || block_add(call, place, &samples, row.samples);
    samples_clear(&samples);
    if (good)
        return conflict(call, "a block that could not be read has changed");
    return damaged_take_block(call->store, call->arena,
                              &(struct damaged_take_block_in){ id_random(), call->now,
                                                               place->organization_id,
                                                               place->sensor_id, place->day },
                              &copied, &call->fault);
}

static enum status
set_status_aside(struct call *call, const struct sealing_sensor *sensor)
{
    struct sealed_status status_now;
    int64_t copied;
    enum status status =
        journal_sealed_status(call, sensor->organization_id, sensor->sensor_id, &status_now);

    if (!status && !status_now.damaged)
        return conflict(call, "a status that could not be read has changed");
    return status ? status
                  : damaged_take_status(call->store, call->arena,
                                        &(struct damaged_take_status_in){ id_random(), call->now,
                                                                          sensor->organization_id,
                                                                          sensor->sensor_id },
                                        &copied, &call->fault);
}

static enum status
set_aside(struct call *call, const struct sealing *sealing)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < sealing->sensor_count && !status; i++)
        status = look_again(call, sealing, &sealing->sensors[i]);
    if (!status)
        status = set_messages_aside(call, sealing);
    for (size_t i = 0; i < sealing->damaged_count && !status; i++)
        status = set_block_aside(call, &sealing->damaged_blocks[i]);
    for (size_t i = 0; i < sealing->sensor_count && !status; i++)
        if (sealing->sensors[i].status_is_damaged)
            status = set_status_aside(call, &sealing->sensors[i]);
    return status;
}

static enum status
write_body(struct call *call, void *with)
{
    const struct sealing *sealing = with;
    int64_t changed;
    enum status status = claim_step(call, sealing);

    if (!status)
        status = set_aside(call, sealing);
    if (!status && sealing->block_count > 0)
        status = block_put(call->store, call->arena, sealing->blocks, sealing->block_count,
                           &changed, &call->fault);
    if (!status && sealing->status_count > 0)
        status = sensor_status_put(call->store, call->arena, sealing->statuses,
                                   sealing->status_count, &changed, &call->fault);
    return status;
}

enum status
sealing_write(struct call *call, struct sealing *sealing)
{
    return transact(call, write_body, sealing);
}

void
sealing_forget(const struct sealing *sealing, struct tail *tail, struct sweep *sweep)
{
    /* Numbers of steps only ascend in a store that loses nothing. */
    if (sweep->count > 0 && step_value_is_before(sealing->step_before, sweep->step))
        sweep->blocks_lost = true;
    for (size_t i = 0; i < sealing->sensor_count; i++) {
        const struct sealing_sensor *sensor = &sealing->sensors[i];
        int64_t sealed[SEALING_SENSOR_MOST_ROWS], forgotten[SEALING_SENSOR_MOST_ROWS];
        size_t sealed_count = 0, forgotten_count = 0;
        for (size_t row = sensor->first; row < sensor->first + sensor->count; row++) {
            if (sealing->found[row] == JOURNAL_ROW_READ)
                sealed[sealed_count++] = sealing->ids[row];
            if (sealing->found[row] != JOURNAL_ROW_MISSING || !sealing->seen[row])
                forgotten[forgotten_count++] = sealing->ids[row];
        }
        sweep_add(sweep, sealed, sealed_count);
        tail_remove(tail, sensor->sensor_id, forgotten, forgotten_count);
    }
    memcpy(sweep->step, sealing->step_after, STEP_VALUE_BYTES);
}

static void
count_missing(struct sealing_missing *missing, const struct sealing_sensor *sensor, int64_t id)
{
    if (missing->count++ > 0)
        return;
    missing->organization_id = sensor->organization_id;
    missing->sensor_id = sensor->sensor_id;
    missing->first_id = id;
}

void
sealing_find_missing(const struct sealing *sealing, struct sealing_missing *behind,
                     struct sealing_missing *gone)
{
    *behind = *gone = (struct sealing_missing){ 0 };
    for (size_t i = 0; i < sealing->sensor_count; i++) {
        const struct sealing_sensor *sensor = &sealing->sensors[i];
        for (size_t row = sensor->first; row < sensor->first + sensor->count; row++)
            if (sealing->found[row] == JOURNAL_ROW_MISSING)
                count_missing(sealing->seen[row] ? behind : gone, sensor, sealing->ids[row]);
    }
}
