#include "service/journal.h"

#include <string.h>

#include "domain/series.h"
#include "service/message.h"
#include "service/tail.h"
#include "service/transaction.h"
#include "statements.h"
#include "store/store.h"

enum { IN_LIST = 32 };

int64_t
journal_first_id(utc_seconds at)
{
    return at << (JOURNAL_SEQUENCE_BITS + JOURNAL_NODE_BITS);
}

struct reading_rows {
    struct unsealed *out;
    utc_seconds from, to;
};

static enum status
take_row(void *with, const struct journal_rows_out *row, struct fault *fault)
{
    struct reading_rows *reading = with;
    struct samples *samples = &reading->out->samples;
    struct delivery facts;
    const uint8_t *series;
    size_t size, first = samples->count, kept = first;

    if (!message_decode(&facts, &series, &size, row->message.at, row->message.size)
        || !samples_add_series(samples, series, size))
        return fail(fault, STATUS_BROKEN, "", "",
                    "a message in the store's journal cannot be read");
    for (size_t i = first; i < samples->count; i++)
        if (samples->at[i].at >= reading->from && samples->at[i].at < reading->to)
            samples->at[kept++] = samples->at[i];
    samples->count = kept;
    /* Rows come oldest first. */
    reading->out->newest = facts;
    reading->out->newest_received_at = row->received_at;
    return STATUS_OK;
}

enum status
journal_read(struct call *call, const int64_t *ids, size_t count, utc_seconds from, utc_seconds to,
             struct unsealed *out)
{
    struct reading_rows reading = { .out = out, .from = from, .to = to };

    *out = (struct unsealed){ 0 };
    for (size_t done = 0; done < count; done += IN_LIST) {
        struct journal_rows_in in;
        size_t left = count - done;

        for (size_t i = 0; i < IN_LIST; i++)
            in.ids[i] = ids[done + (i < left ? i : left - 1)];
        enum status status =
            journal_rows(call->store, call->arena, &in, take_row, &reading, &call->fault);
        if (status)
            return status;
    }
    out->differing = samples_sort(&out->samples);
    return STATUS_OK;
}

size_t
newest_samples(struct sample *newest, size_t count, const struct sample *more, size_t more_count)
{
    for (size_t i = 0; i < more_count; i++) {
        size_t place = 0;

        while (place < count && newest[place].channel < more[i].channel)
            place++;
        bool there = place < count && newest[place].channel == more[i].channel;
        if (there && newest[place].at >= more[i].at)
            continue;
        if (!there) {
            if (count == SAMPLE_MOST_CHANNELS)
                continue;
            memmove(newest + place + 1, newest + place, (count - place) * sizeof *newest);
            count++;
        }
        newest[place] = more[i];
    }
    return count;
}

struct status_question {
    int64_t organization_id, sensor_id;
    const int64_t *ids;
    size_t count;
    struct sensor *sensor;
};

static enum status
status_body(struct call *call, void *with)
{
    const struct status_question *question = with;
    struct sensor *sensor = question->sensor;
    struct sensor_status_get_out sealed = { 0 };
    struct unsealed unsealed;
    bool found;
    struct sample *newest = arena_new(call->arena, SAMPLE_MOST_CHANNELS * sizeof *newest);
    size_t count = 0;

    if (!newest)
        return fail(&call->fault, STATUS_TOO_LARGE, "", "", "the answer is too large");
    enum status status = sensor_status_get(
        call->store, call->arena,
        &(struct sensor_status_get_in){ .organization_id = question->organization_id,
                                        .sensor_id = question->sensor_id },
        &sealed, &found, &call->fault);
    if (!status && found
        && !series_decode(newest, SAMPLE_MOST_CHANNELS, &count, sealed.latest.at,
                          sealed.latest.size))
        status = fail(&call->fault, STATUS_BROKEN, "", "",
                      "a sensor's status in the store cannot be read");
    if (status)
        return status;

    status = journal_read(call, question->ids, question->count, 0, UTC_NEVER, &unsealed);
    bool newer = unsealed.newest_received_at >= sealed.last_seen_at
                 && unsealed.newest_received_at > 0;
    sensor->last_seen_at = newer ? unsealed.newest_received_at : sealed.last_seen_at;
    sensor->has_reported = newer || found;
    sensor->battery_ok = newer ? unsealed.newest.battery_ok : sealed.battery_ok;
    sensor->signal = newer ? unsealed.newest.signal : found ? sealed.signal : SIGNAL_UNKNOWN;
    sensor->channels = newest;
    sensor->channel_count =
        newest_samples(newest, count, unsealed.samples.at, unsealed.samples.count);
    samples_clear(&unsealed.samples);
    return status;
}

enum status
journal_sensor_status(struct call *call, int64_t organization_id, int64_t sensor_id,
                      struct sensor *sensor)
{
    int64_t *ids;
    struct status_question question = { organization_id, sensor_id, NULL, 0, sensor };
    /* The index first, the store's snapshot after: tail.h. */
    enum status status = tail_find(call, sensor_id, &ids, &question.count);

    question.ids = ids;
    return status ? status : read_transact(call, status_body, &question);
}
