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

struct use_context {
    const struct call *call;
    int64_t organization_id, sensor_id;
    struct interval interval;
    struct samples samples; /* of the row that is looked at */
    day_number last_day;
    size_t blocks;
    bool *used;
};

static void
license_use_look(struct use_context *context, utc_seconds received_at)
{
    const struct interval *interval = &context->interval;

    for (size_t i = 0; i < context->samples.count && !*context->used; i++) {
        utc_seconds at = context->samples.at[i].at;
        if (at > received_at)
            at = received_at; /* as it was judged: domain/gate.h */
        *context->used = interval->starts_at <= at && at < interval->expires_at;
    }
    context->samples.count = 0;
}

static enum status
look_at_message(void *with, const struct journal_rows_out *row, struct fault *fault)
{
    struct use_context *context = with;
    struct delivery facts;
    const uint8_t *series;
    size_t size;

    (void)fault;
    if (message_decode(&facts, &series, &size, row->message.at, row->message.size)
        && samples_add_series(&context->samples, series, size)) {
        license_use_look(context, row->received_at);
        return STATUS_OK;
    }
    damage_log_tell(
        journal_index_damage_log(context->call->journal_index),
        &(struct damage){ DAMAGE_MESSAGE, context->organization_id, context->sensor_id, row->id });
    if (context->interval.starts_at <= row->received_at
        && row->received_at < context->interval.expires_at)
        *context->used = true;
    return STATUS_OK;
}

static enum status
find_messages(struct call *call, const struct use_context *context, int64_t **ids, size_t *count)
{
    struct journal_of_sensor_out *rows;

    if (call->journal_index && !store_is_shared(call->db.store))
        return journal_index_find(call, context->sensor_id, ids, count);
    enum status status =
        journal_of_sensor(&call->db,
                          &(struct journal_of_sensor_in){
                              .organization_id = context->organization_id,
                              .sensor_id = context->sensor_id,
                              .from_id = journal_first_id(context->interval.starts_at),
                          },
                          &rows, count);
    if (status)
        return status;
    *ids = call_new(call, (*count + 1) * sizeof **ids);
    if (!*ids)
        return call_fail(call, STATUS_TOO_LARGE, "", "",
                         "the sensor has too many uncompacted messages");
    for (size_t i = 0; i < *count; i++)
        (*ids)[i] = rows[i].id;
    return STATUS_OK;
}

static enum status
look_at_journal(struct call *call, struct use_context *context)
{
    int64_t *ids;
    size_t count;
    enum status status = find_messages(call, context, &ids, &count);

    for (size_t done = 0; done < count && !status && !*context->used; done += IN_LIST) {
        struct journal_rows_in in;
        size_t left = count - done;
        for (size_t i = 0; i < IN_LIST; i++)
            in.ids[i] = ids[done + (i < left ? i : left - 1)];
        status = journal_rows(&call->db, &in, look_at_message, context);
    }
    return status;
}

static enum status
look_at_block(void *with, const struct blocks_from_out *row, struct fault *fault)
{
    struct use_context *context = with;
    struct block_place place = { context->organization_id, context->sensor_id, row->day };

    (void)fault;
    if (!block_add(context->call, &place, &context->samples, row->samples))
        *context->used = true; /* of a day that the interval touches */
    context->last_day = row->day;
    context->blocks++;
    license_use_look(context, UTC_NEVER);
    return STATUS_OK;
}

static enum status
look_at_blocks(struct call *call, struct use_context *context)
{
    day_number day = context->interval.starts_at / UTC_DAY;
    enum status status = STATUS_OK;

    do {
        context->blocks = 0;
        status = blocks_from(&call->db,
                             &(struct blocks_from_in){
                                 .organization_id = context->organization_id,
                                 .sensor_id = context->sensor_id,
                                 .from_day = day,
                                 .to_day = (context->interval.expires_at - 1) / UTC_DAY,
                                 .most = BLOCKS_AT_ONCE,
                             },
                             look_at_block, context);
        day = context->last_day + 1;
    } while (!status && !*context->used && context->blocks == BLOCKS_AT_ONCE);
    return status;
}

/* Looks among the rows that compaction has set aside. */
static enum status
look_at_damaged(struct call *call, struct use_context *context, enum damage_kind kind, int64_t from,
                int64_t to)
{
    struct damaged_in_out found;
    enum status status = damaged_in(&call->db,
                                    &(struct damaged_in_in){
                                        .organization_id = context->organization_id,
                                        .sensor_id = context->sensor_id,
                                        .kind = damage_kind_words[kind],
                                        .from_place = from,
                                        .to_place = to,
                                    },
                                    &found);

    if (!status)
        *context->used = found.is_there;
    return status;
}

enum status
license_is_used(struct call *call, int64_t organization_id, int64_t sensor_id,
                struct interval interval, bool *used)
{
    struct use_context context = {
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
    enum status status = look_at_journal(call, &context);
    if (!status && !*used)
        status = look_at_blocks(call, &context);
    if (!status && !*used)
        status = look_at_damaged(call, &context, DAMAGE_MESSAGE,
                                 journal_first_id(interval.starts_at),
                                 journal_first_id(received_to));
    if (!status && !*used)
        status = look_at_damaged(call, &context, DAMAGE_BLOCK, interval.starts_at / UTC_DAY,
                                 (interval.expires_at - 1) / UTC_DAY + 1);
    samples_clear(&context.samples);
    return status;
}
