#include "service/measurement/journal.h"

#include <string.h>

#include "service/core/transaction.h"
#include "service/measurement/damage_log.h"
#include "service/measurement/journal_index.h"
#include "service/measurement/message.h"
#include "store/store.h"

enum { IN_LIST = 32 };

int64_t
journal_first_id(utc_seconds at)
{
    return at << (JOURNAL_SEQUENCE_BITS + JOURNAL_NODE_BITS);
}

struct reading_rows {
    const struct call *call;
    const struct journal_query *query;
    size_t at; /* ids before this one have been looked for */
    struct uncompacted *out;
};

/* False: the row cannot be read, and nothing is added. */
static bool
add_message(struct reading_rows *reading, const struct journal_rows_out *row)
{
    struct samples *samples = &reading->out->samples;
    struct delivery facts;
    const uint8_t *series;
    size_t size, first = samples->count, kept = first;

    if (!message_decode(&facts, &series, &size, row->message.at, row->message.size)
        || !samples_add_series(samples, series, size))
        return false;
    for (size_t i = first; i < samples->count; i++)
        if (samples->at[i].at >= reading->query->from && samples->at[i].at < reading->query->to)
            samples->at[kept++] = samples->at[i];
    samples->count = kept;
    /* Rows come oldest first. */
    reading->out->newest = facts;
    reading->out->newest_received_at = row->received_at;
    return true;
}

static enum status
journal_take_row(void *with, const struct journal_rows_out *row, struct fault *fault)
{
    struct reading_rows *reading = with;
    const struct journal_query *query = reading->query;
    bool good = add_message(reading, row);

    (void)fault;
    if (!good)
        damage_log_tell(
            journal_index_damage_log(reading->call->journal_index),
            &(struct damage){ DAMAGE_MESSAGE, query->organization_id, query->sensor_id, row->id });
    while (reading->at < query->count && query->ids[reading->at] < row->id)
        reading->at++;
    if (query->rows && reading->at < query->count && query->ids[reading->at] == row->id)
        query->rows[reading->at] = good ? JOURNAL_ROW_READ : JOURNAL_ROW_BROKEN;
    return STATUS_OK;
}

enum status
journal_read(struct call *call, const struct journal_query *query, struct uncompacted *out)
{
    struct reading_rows reading = { .call = call, .query = query, .out = out };

    *out = (struct uncompacted){ 0 };
    if (query->rows && query->count > 0)
        memset(query->rows, JOURNAL_ROW_MISSING, query->count);
    for (size_t done = 0; done < query->count; done += IN_LIST) {
        struct journal_rows_in in;
        size_t left = query->count - done;

        for (size_t i = 0; i < IN_LIST; i++)
            in.ids[i] = query->ids[done + (i < left ? i : left - 1)];
        enum status status = journal_rows(&call->db, &in, journal_take_row, &reading);
        if (status)
            return status;
    }
    out->differing = samples_sort(&out->samples);
    return STATUS_OK;
}

enum status
journal_compacted_status(struct call *call, int64_t organization_id, int64_t sensor_id,
                         struct compacted_status *out)
{
    *out = (struct compacted_status){ .row.signal = SIGNAL_UNKNOWN };
    enum status status =
        sensor_status_get(&call->db, &(struct sensor_status_get_in){ organization_id, sensor_id },
                          &out->row, &out->found);

    if (status || !out->found
        || latest_decode(&out->latest, out->row.latest.at, out->row.latest.size))
        return status;
    out->damaged = true;
    damage_log_tell(journal_index_damage_log(call->journal_index),
                    &(struct damage){ DAMAGE_STATUS, organization_id, sensor_id, 0 });
    return latest_recover(call, organization_id, sensor_id, &out->latest);
}
