#include "service/measurement/saved_within.h"

#include "service/measurement/block.h"
#include "service/measurement/damage.h"
#include "service/measurement/journal.h"
#include "service/measurement/journal_index.h"
#include "service/measurement/message.h"
#include "service/measurement/samples.h"
#include "statements.h"
#include "store/in_list.h"
#include "store/store.h"

enum { BLOCKS_A_STEP = 2 };

struct search {
    const struct call *call;
    int64_t organization_id, sensor_id;
    struct interval interval;
    struct samples samples; /* of the rows just read */
    bool *found;
};

static void
search_samples(struct search *search, utc_seconds received_at)
{
    const struct interval *interval = &search->interval;

    for (size_t i = 0; i < search->samples.count && !*search->found; i++) {
        utc_seconds at = search->samples.at[i].at;
        if (at > received_at)
            at = received_at; /* as domain/gate.h decides */
        *search->found = interval->starts_at <= at && at < interval->expires_at;
    }
    search->samples.count = 0;
}

static enum status
search_message(void *with, const struct journal_rows_out *row, struct fault *fault)
{
    struct search *search = with;
    struct delivery facts;
    const uint8_t *series;
    size_t size;

    (void)fault;
    if (message_decode(&facts, &series, &size, row->message.at, row->message.size)
        && samples_add_series(&search->samples, series, size)) {
        search_samples(search, row->received_at);
        return STATUS_OK;
    }
    journal_index_report_damage(
        search->call,
        &(struct damage){ DAMAGE_MESSAGE, search->organization_id, search->sensor_id, row->id });
    if (search->interval.starts_at <= row->received_at
        && row->received_at < search->interval.expires_at)
        *search->found = true;
    return STATUS_OK;
}

static enum status
find_messages(struct call *call, const struct search *search, int64_t **ids, size_t *count)
{
    struct journal_of_sensor_out *rows;

    if (call->journal_index && !store_is_shared(call->db.store))
        return journal_index_find(call, search->sensor_id, ids, count);
    enum status status =
        journal_of_sensor(&call->db,
                          &(struct journal_of_sensor_in){
                              .organization_id = search->organization_id,
                              .sensor_id = search->sensor_id,
                              .from_id = journal_first_id(search->interval.starts_at),
                          },
                          &rows, count);
    if (status)
        return status;
    *ids = call_new(call, (*count + 1) * sizeof **ids);
    if (!*ids)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < *count; i++)
        (*ids)[i] = rows[i].id;
    return STATUS_OK;
}

static enum status
search_journal(struct call *call, struct search *search)
{
    int64_t *ids;
    size_t count;
    enum status status = find_messages(call, search, &ids, &count);

    for (size_t done = 0; done < count && !status && !*search->found;) {
        struct journal_rows_in in;
        done += IN_LIST_FILL(in.ids, ids + done, count - done);
        status = journal_rows(&call->db, &in, search_message, search);
    }
    return status;
}

static enum status
search_blocks(struct call *call, struct search *search)
{
    struct block_range range = {
        .organization_id = search->organization_id,
        .sensor_id = search->sensor_id,
        .from_day = search->interval.starts_at / UTC_DAY,
        .to_day = (search->interval.expires_at - 1) / UTC_DAY,
        .most = BLOCKS_A_STEP,
    };
    struct block_run run;

    do {
        enum status status = block_read_range(call, &range, &search->samples, &run);
        if (status)
            return status;
        search_samples(search, UTC_NEVER);
        *search->found |= run.damaged > 0;
        range.from_day = run.last_day + 1;
    } while (!*search->found && run.count == BLOCKS_A_STEP);
    return STATUS_OK;
}

/* Searches the rows that compaction has set aside. */
static enum status
search_damaged(struct call *call, struct search *search, enum damage_kind kind, int64_t from,
               int64_t to)
{
    struct damaged_in_out row;
    enum status status = damaged_in(&call->db,
                                    &(struct damaged_in_in){
                                        .organization_id = search->organization_id,
                                        .sensor_id = search->sensor_id,
                                        .kind = damage_kind_words[kind],
                                        .from_place = from,
                                        .to_place = to,
                                    },
                                    &row);

    if (!status)
        *search->found = row.is_there;
    return status;
}

enum status
saved_within(struct call *call, int64_t organization_id, int64_t sensor_id,
             struct interval interval, bool *found)
{
    struct search search = {
        .call = call,
        .organization_id = organization_id,
        .sensor_id = sensor_id,
        .interval = interval,
        .found = found,
    };
    utc_seconds tomorrow = call->now + UTC_DAY;
    utc_seconds received_to = interval.expires_at < tomorrow ? interval.expires_at : tomorrow;

    /* The journal first: a message that is compacted in between is found in its block. */
    *found = false;
    enum status status = search_journal(call, &search);
    if (!status && !*found)
        status = search_blocks(call, &search);
    if (!status && !*found)
        status = search_damaged(call, &search, DAMAGE_MESSAGE, journal_first_id(interval.starts_at),
                                journal_first_id(received_to));
    if (!status && !*found)
        status = search_damaged(call, &search, DAMAGE_BLOCK, interval.starts_at / UTC_DAY,
                                (interval.expires_at - 1) / UTC_DAY + 1);
    samples_clear(&search.samples);
    return status;
}
