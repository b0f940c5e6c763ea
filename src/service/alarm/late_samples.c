/* late_samples.c - compares a batch's late samples with those that are stored. */
#include <string.h>

#include "service/alarm/alarm_batch.h"
#include "service/measurement/saved_samples.h"

enum { NARROW_MOST_DAYS = 2 };

void
alarm_batch_samples(const struct alarm_batch *batch, const struct watched_sensor *sensor,
                    struct samples *out)
{
    const struct alarm_message *messages = batch->messages;
    size_t count = 0, end;

    for (uint32_t number = sensor->message; number; number = messages[number - 1].previous)
        count += messages[number - 1].count;
    samples_reserve(out, count);
    out->count += count;
    end = out->count;
    for (uint32_t number = sensor->message; number; number = messages[number - 1].previous) {
        const struct alarm_message *message = &messages[number - 1];
        end -= message->count; /* from the last to the first */
        if (message->count > 0)
            memcpy(out->at + end, message->samples, message->count * sizeof *message->samples);
    }
}

void
late_samples_reset(struct late_samples *late)
{
    for (size_t i = 0; i <= SAMPLE_MOST_CHANNELS; i++) {
        late->first[i] = UTC_NEVER;
        late->last[i] = 0;
    }
}

void
late_samples_add(struct late_samples *late, const struct sample *sample)
{
    if (sample->at < late->first[sample->channel])
        late->first[sample->channel] = sample->at;
    if (sample->at > late->last[sample->channel])
        late->last[sample->channel] = sample->at;
}

/* Both are sorted by (channel, at). *at: where the search continues. */
static bool
is_stored(const struct samples *stored, const struct sample *sample, size_t *at)
{
    while (*at < stored->count
           && (stored->at[*at].channel < sample->channel
               || (stored->at[*at].channel == sample->channel && stored->at[*at].at < sample->at)))
        (*at)++;
    return *at < stored->count && stored->at[*at].channel == sample->channel
           && stored->at[*at].at == sample->at;
}

static void
late_samples_remove_stored(struct late_samples *late, const struct samples *stored,
                           const struct samples *batch)
{
    struct late_samples was = *late;
    size_t at = 0;

    late_samples_reset(late);
    for (size_t i = 0; i < batch->count; i++) {
        const struct sample *sample = &batch->at[i];
        if (sample->at >= was.first[sample->channel] && sample->at <= was.last[sample->channel]
            && !is_stored(stored, sample, &at))
            late_samples_add(late, sample);
    }
}

enum status
late_samples_narrow(struct call *call, const struct alarm_batch *batch, struct late_samples *late)
{
    struct samples stored = { 0 }, of_batch = { 0 };
    utc_seconds from = UTC_NEVER, to = 0;

    for (size_t i = 1; i <= SAMPLE_MOST_CHANNELS; i++) {
        from = late->first[i] < from ? late->first[i] : from;
        to = late->last[i] > to ? late->last[i] : to;
    }
    if (late->settles || from > to || to - from > NARROW_MOST_DAYS * UTC_DAY)
        return STATUS_OK;
    enum status status = saved_samples_read(call,
                                            &(struct saved_samples_query){
                                                .organization_id = late->sensor->organization->id,
                                                .sensor_id = late->sensor->id,
                                                .times = { from, to + 1 },
                                            },
                                            &stored);
    if (!status) {
        alarm_batch_samples(batch, late->sensor, &of_batch);
        samples_sort(&of_batch);
        late_samples_remove_stored(late, &stored, &of_batch);
    }
    samples_clear(&stored);
    samples_clear(&of_batch);
    return status;
}
