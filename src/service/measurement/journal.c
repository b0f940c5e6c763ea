#include "service/measurement/journal.h"

#include <string.h>

#include "domain/gate.h"
#include "service/core/transaction.h"
#include "service/measurement/damage.h"
#include "service/measurement/journal_index.h"
#include "service/measurement/message.h"
#include "store/in_list.h"
#include "store/store.h"

int64_t
journal_first_id(utc_seconds at)
{
    return at << (JOURNAL_SEQUENCE_BITS + JOURNAL_NODE_BITS);
}

struct journal_context {
    const struct call *call;
    const struct journal_query *query;
    size_t at; /* the ids before this index are done */
    struct uncompacted *out;
};

/* Rows come oldest first. A message whose samples were all in time says that the clock is right;
 * one without samples says nothing about it. */
static void
add_signs(struct uncompacted *out, const struct delivery *facts, bool has_samples,
          utc_seconds received_at)
{
    struct sensor_signs *signs = &out->signs;
    uint8_t tamper = delivery_tamper(facts);

    if (facts->clock_offset != 0) {
        signs->clock_wrong_since = signs->clock_wrong_since ? signs->clock_wrong_since
                                                            : received_at;
        signs->clock_offset = facts->clock_offset;
    } else if (has_samples) {
        signs->clock_wrong_since = signs->clock_offset = 0;
        out->clock_was_right = true;
    }
    if (tamper) {
        signs->tamper_at = received_at;
        signs->tamper_signs = tamper;
    }
}

void
sensor_signs_add(struct sensor_signs *signs, const struct uncompacted *uncompacted)
{
    const struct sensor_signs *more = &uncompacted->signs;

    if (uncompacted->clock_was_right)
        signs->clock_wrong_since = signs->clock_offset = 0;
    if (more->clock_wrong_since) {
        signs->clock_wrong_since = signs->clock_wrong_since ? signs->clock_wrong_since
                                                            : more->clock_wrong_since;
        signs->clock_offset = more->clock_offset;
    }
    if (more->tamper_at >= signs->tamper_at && more->tamper_at > 0) {
        signs->tamper_at = more->tamper_at;
        signs->tamper_signs = more->tamper_signs;
    }
}

/* Does the row have samples whose time comes soon? A wrong clock has saved those further ahead. */
static bool
journal_row_is_ahead(const struct call *call, const struct journal_rows_out *row,
                     const struct sample *samples, size_t count)
{
    if (row->received_at + GATE_CLOCK_SLACK < call->now)
        return false;
    for (size_t i = 0; i < count; i++)
        if (samples[i].at > call->now && samples[i].at - call->now <= GATE_CLOCK_SLACK)
            return true;
    return false;
}

/* False: the row cannot be read, and nothing is added. */
static bool
add_message(struct journal_context *context, const struct journal_rows_out *row)
{
    struct samples *samples = &context->out->samples;
    struct delivery facts;
    const uint8_t *series;
    size_t size, first = samples->count, kept = first;

    if (!message_decode(&facts, &series, &size, row->message.at, row->message.size)
        || !samples_add_series(samples, series, size))
        return false;
    if (context->query->stops_ahead
        && journal_row_is_ahead(context->call, row, samples->at + first, samples->count - first)) {
        samples->count = first;
        context->out->stopped = true;
        return true;
    }
    add_signs(context->out, &facts, samples->count > first, row->received_at);
    for (size_t i = first; i < samples->count; i++)
        if (samples->at[i].at >= context->query->from && samples->at[i].at < context->query->to)
            samples->at[kept++] = samples->at[i];
    samples->count = kept;
    context->out->newest = facts;
    context->out->newest_received_at = row->received_at;
    return true;
}

static enum status
journal_take_row(void *with, const struct journal_rows_out *row, struct fault *fault)
{
    struct journal_context *context = with;
    const struct journal_query *query = context->query;

    (void)fault;
    if (context->out->stopped)
        return STATUS_OK;
    while (context->at < query->count && query->ids[context->at] < row->id)
        context->at++;
    bool good = add_message(context, row);
    if (context->out->stopped) {
        context->out->row_count = context->at;
        return STATUS_OK;
    }
    if (!good)
        journal_index_report_damage(
            context->call,
            &(struct damage){ DAMAGE_MESSAGE, query->organization_id, query->sensor_id, row->id });
    if (query->rows && context->at < query->count && query->ids[context->at] == row->id)
        query->rows[context->at] = good ? JOURNAL_ROW_READ : JOURNAL_ROW_BROKEN;
    return STATUS_OK;
}

enum status
journal_read(struct call *call, const struct journal_query *query, struct uncompacted *out)
{
    struct journal_context context = { .call = call, .query = query, .out = out };

    *out = (struct uncompacted){ .row_count = query->count };
    if (query->rows && query->count > 0)
        memset(query->rows, JOURNAL_ROW_MISSING, query->count);
    for (size_t done = 0; done < query->count && !out->stopped;) {
        struct journal_rows_in in;
        done += IN_LIST_FILL(in.ids, query->ids + done, query->count - done);
        enum status status = journal_rows(&call->db, &in, journal_take_row, &context);
        if (status)
            return status;
    }
    if (!query->keeps_repeats)
        out->differing = samples_sort(&out->samples);
    return STATUS_OK;
}

enum status
journal_read_sensor(struct call *call, const struct journal_query *query, struct uncompacted *out)
{
    struct journal_query all = *query;
    int64_t *ids;
    enum status status = journal_index_find(call, query->sensor_id, &ids, &all.count);

    *out = (struct uncompacted){ 0 };
    all.ids = ids;
    return status ? status : journal_read(call, &all, out);
}

struct sensor_signs
compacted_signs(const struct compacted_status *status)
{
    return (struct sensor_signs){
        .clock_wrong_since = status->row.clock_wrong_since,
        .clock_offset = status->row.clock_offset,
        .tamper_at = status->row.tamper_at,
        .tamper_signs = (uint8_t)status->row.tamper_signs,
    };
}

enum status
journal_compacted_status(struct call *call, int64_t organization_id, int64_t sensor_id,
                         struct compacted_status *out)
{
    *out = (struct compacted_status){ .row.signal = SIGNAL_UNKNOWN };
    enum status status =
        sensor_status_get(&call->db, &(struct sensor_status_get_in){ organization_id, sensor_id },
                          &out->row, &out->found);

    if (status || !out->found)
        return status;
    if (latest_decode(&out->latest, out->row.latest.at, out->row.latest.size)) {
        /* Earlier programs kept samples that lie ahead. */
        return latest_remove_ahead(&out->latest, call->now)
                   ? latest_recover(call, organization_id, sensor_id, &out->latest)
                   : STATUS_OK;
    }
    out->damaged = true;
    journal_index_report_damage(call,
                                &(struct damage){ DAMAGE_STATUS, organization_id, sensor_id, 0 });
    return latest_recover(call, organization_id, sensor_id, &out->latest);
}
