/* late_samples.c - the samples of a batch beside those that are stored. */
#include <string.h>

#include "service/alarm/alarm_replay.h"
#include "service/measurement/block.h"
#include "service/measurement/journal.h"
#include "service/measurement/journal_index.h"
#include "service/measurement/samples.h"
#include "statements.h"
#include "store/store.h"

enum { NARROW_MOST_DAYS = 2 };

void
alarm_taken_add(const struct alarm_batch *batch, const struct watched_sensor *sensor,
                struct samples *out)
{
    size_t count = 0, end;

    for (uint32_t number = sensor->taken; number; number = batch->taken[number - 1].before)
        count += batch->taken[number - 1].count;
    samples_reserve(out, count);
    out->count += count;
    end = out->count;
    for (uint32_t number = sensor->taken; number; number = batch->taken[number - 1].before) {
        const struct alarm_taken *taken = &batch->taken[number - 1];
        end -= taken->count; /* from the last to the first */
        if (taken->count > 0)
            memcpy(out->at + end, taken->samples, taken->count * sizeof *taken->samples);
    }
}

struct late_context {
    const struct call *call;
    const struct watched_sensor *sensor;
    struct samples *out;
};

static enum status
late_samples_take_block(void *with, const struct blocks_from_out *row, struct fault *fault)
{
    const struct late_context *context = with;
    const struct watched_sensor *sensor = context->sensor;

    (void)fault;
    block_add(context->call,
              &(struct block_place){ sensor->organization->id, sensor->id, row->day }, context->out,
              row->samples);
    return STATUS_OK;
}

static enum status
read_stored(struct call *call, const struct watched_sensor *sensor, utc_seconds from,
            utc_seconds to, struct samples *out)
{
    struct uncompacted uncompacted = { 0 };
    struct late_context context = { call, sensor, out };
    int64_t *ids;
    size_t count;
    enum status status = journal_index_find(call, sensor->id, &ids, &count);

    /* The journal first: what another process compacts in between is found in its block. */
    if (!status && count > 0)
        status = journal_read(call,
                              &(struct journal_query){ .organization_id = sensor->organization->id,
                                                       .sensor_id = sensor->id,
                                                       .ids = ids,
                                                       .count = count,
                                                       .from = from,
                                                       .to = to + 1 },
                              &uncompacted);
    if (!status)
        status = blocks_from(&call->db,
                             &(struct blocks_from_in){
                                 .organization_id = sensor->organization->id,
                                 .sensor_id = sensor->id,
                                 .from_day = from / UTC_DAY,
                                 .to_day = to / UTC_DAY,
                                 .most = NARROW_MOST_DAYS + 1,
                             },
                             late_samples_take_block, &context);
    samples_sort(out);
    samples_merge(out, uncompacted.samples.at, uncompacted.samples.count);
    samples_clear(&uncompacted.samples);
    return status;
}

/* Both sorted by (channel, at). */
static bool
stands_in(const struct samples *stored, const struct sample *sample, size_t *at)
{
    while (*at < stored->count
           && (stored->at[*at].channel < sample->channel
               || (stored->at[*at].channel == sample->channel && stored->at[*at].at < sample->at)))
        (*at)++;
    return *at < stored->count && stored->at[*at].channel == sample->channel
           && stored->at[*at].at == sample->at;
}

static void
narrow(struct alarm_late *late, const struct samples *stored, const struct samples *taken)
{
    struct alarm_late was = *late;
    size_t at = 0;

    for (size_t i = 0; i <= SAMPLE_MOST_CHANNELS; i++) {
        late->first[i] = UTC_NEVER;
        late->last[i] = 0;
    }
    for (size_t i = 0; i < taken->count; i++) {
        const struct sample *sample = &taken->at[i];
        uint8_t channel = sample->channel;
        if (sample->at < was.first[channel] || sample->at > was.last[channel]
            || stands_in(stored, sample, &at))
            continue;
        if (sample->at < late->first[channel])
            late->first[channel] = sample->at;
        if (sample->at > late->last[channel])
            late->last[channel] = sample->at;
    }
}

enum status
alarm_late_narrow(struct call *call, const struct alarm_batch *batch, struct alarm_late *late)
{
    struct samples stored = { 0 }, taken = { 0 };
    utc_seconds from = UTC_NEVER, to = 0;

    for (size_t i = 1; i <= SAMPLE_MOST_CHANNELS; i++) {
        from = late->first[i] < from ? late->first[i] : from;
        to = late->last[i] > to ? late->last[i] : to;
    }
    if (from > to || to - from > NARROW_MOST_DAYS * UTC_DAY)
        return STATUS_OK;
    enum status status = read_stored(call, late->sensor, from, to, &stored);
    if (!status) {
        alarm_taken_add(batch, late->sensor, &taken);
        samples_sort(&taken);
        narrow(late, &stored, &taken);
    }
    samples_clear(&stored);
    samples_clear(&taken);
    return status;
}
