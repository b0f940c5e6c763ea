#include "service/license/license_use.h"

#include "service/measurement/block.h"
#include "service/measurement/damage_log.h"
#include "service/measurement/journal.h"
#include "service/measurement/journal_index.h"
#include "service/measurement/message.h"
#include "service/measurement/samples.h"
#include "statements.h"
#include "store/store.h"

enum { IN_LIST = 32, BLOCKS_AT_ONCE = 2 };

struct looking {
    const struct call *call;
    int64_t organization_id, sensor_id;
    struct interval interval;
    struct samples samples; /* of the row that is looked at */
    day_number last_day;
    size_t blocks;
    bool *used;
};

static void
look(struct looking *looking, utc_seconds received_at)
{
    const struct interval *interval = &looking->interval;

    for (size_t i = 0; i < looking->samples.count && !*looking->used; i++) {
        utc_seconds at = looking->samples.at[i].at;
        if (at > received_at)
            at = received_at; /* as it was judged: domain/gate.h */
        *looking->used = interval->starts_at <= at && at < interval->expires_at;
    }
    looking->samples.count = 0;
}

static enum status
look_at_message(void *with, const struct journal_rows_out *row, struct fault *fault)
{
    struct looking *looking = with;
    struct delivery facts;
    const uint8_t *series;
    size_t size;

    (void)fault;
    if (message_decode(&facts, &series, &size, row->message.at, row->message.size)
        && samples_add_series(&looking->samples, series, size)) {
        look(looking, row->received_at);
        return STATUS_OK;
    }
    damage_log_tell(
        journal_index_damage_log(looking->call->journal_index),
        &(struct damage){ DAMAGE_MESSAGE, looking->organization_id, looking->sensor_id, row->id });
    if (looking->interval.starts_at <= row->received_at
        && row->received_at < looking->interval.expires_at)
        *looking->used = true;
    return STATUS_OK;
}

static enum status
find_messages(struct call *call, const struct looking *looking, int64_t **ids, size_t *count)
{
    struct journal_of_sensor_out *rows;

    if (call->journal_index && !store_is_shared(call->store))
        return journal_index_find(call, looking->sensor_id, ids, count);
    enum status status =
        journal_of_sensor(call->store, call->arena,
                          &(struct journal_of_sensor_in){
                              .organization_id = looking->organization_id,
                              .sensor_id = looking->sensor_id,
                              .from_id = journal_first_id(looking->interval.starts_at),
                          },
                          &rows, count, &call->fault);
    if (status)
        return status;
    *ids = arena_new(call->arena, (*count + 1) * sizeof **ids);
    if (!*ids)
        return fail(&call->fault, STATUS_TOO_LARGE, "", "",
                    "the sensor has too many uncompacted messages");
    for (size_t i = 0; i < *count; i++)
        (*ids)[i] = rows[i].id;
    return STATUS_OK;
}

static enum status
look_at_journal(struct call *call, struct looking *looking)
{
    int64_t *ids;
    size_t count;
    enum status status = find_messages(call, looking, &ids, &count);

    for (size_t done = 0; done < count && !status && !*looking->used; done += IN_LIST) {
        struct journal_rows_in in;
        size_t left = count - done;
        for (size_t i = 0; i < IN_LIST; i++)
            in.ids[i] = ids[done + (i < left ? i : left - 1)];
        status =
            journal_rows(call->store, call->arena, &in, look_at_message, looking, &call->fault);
    }
    return status;
}

static enum status
look_at_block(void *with, const struct blocks_from_out *row, struct fault *fault)
{
    struct looking *looking = with;
    struct block_place place = { looking->organization_id, looking->sensor_id, row->day };

    (void)fault;
    if (!block_add(looking->call, &place, &looking->samples, row->samples))
        *looking->used = true; /* of a day that the interval touches */
    looking->last_day = row->day;
    looking->blocks++;
    look(looking, UTC_NEVER);
    return STATUS_OK;
}

static enum status
look_at_blocks(struct call *call, struct looking *looking)
{
    day_number day = looking->interval.starts_at / UTC_DAY;
    enum status status = STATUS_OK;

    do {
        looking->blocks = 0;
        status = blocks_from(call->store, call->arena,
                             &(struct blocks_from_in){
                                 .organization_id = looking->organization_id,
                                 .sensor_id = looking->sensor_id,
                                 .from_day = day,
                                 .to_day = (looking->interval.expires_at - 1) / UTC_DAY,
                                 .most = BLOCKS_AT_ONCE,
                             },
                             look_at_block, looking, &call->fault);
        day = looking->last_day + 1;
    } while (!status && !*looking->used && looking->blocks == BLOCKS_AT_ONCE);
    return status;
}

/* Looks among the rows that compaction has set aside. */
static enum status
look_at_damaged(struct call *call, struct looking *looking, enum damage_kind kind, int64_t from,
                int64_t to)
{
    struct damaged_in_out found;
    enum status status = damaged_in(call->store, call->arena,
                                    &(struct damaged_in_in){
                                        .organization_id = looking->organization_id,
                                        .sensor_id = looking->sensor_id,
                                        .kind = damage_kind_words[kind],
                                        .from_place = from,
                                        .to_place = to,
                                    },
                                    &found, &call->fault);

    if (!status)
        *looking->used = found.is_there;
    return status;
}

enum status
license_is_used(struct call *call, int64_t organization_id, int64_t sensor_id,
                struct interval interval, bool *used)
{
    struct looking looking = {
        .call = call,
        .organization_id = organization_id,
        .sensor_id = sensor_id,
        .interval = interval,
        .used = used,
    };

    utc_seconds received_to = interval.expires_at < call->now + UTC_DAY ? interval.expires_at
                                                                        : call->now + UTC_DAY;

    /* The journal first: what is compacted in between is found in its block. */
    *used = false;
    enum status status = look_at_journal(call, &looking);
    if (!status && !*used)
        status = look_at_blocks(call, &looking);
    if (!status && !*used)
        status = look_at_damaged(call, &looking, DAMAGE_MESSAGE,
                                 journal_first_id(interval.starts_at),
                                 journal_first_id(received_to));
    if (!status && !*used)
        status = look_at_damaged(call, &looking, DAMAGE_BLOCK, interval.starts_at / UTC_DAY,
                                 (interval.expires_at - 1) / UTC_DAY + 1);
    samples_clear(&looking.samples);
    return status;
}
