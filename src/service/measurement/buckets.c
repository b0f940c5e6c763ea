#include "service/measurement/buckets.h"

#include "domain/channel.h"

static void
bucket_sum_widen(struct bucket_sum *sum, double value)
{
    bool is_first = sum->count == 0 && sum->held_seconds == 0;

    if (is_first || value < sum->min)
        sum->min = value;
    if (is_first || value > sum->max)
        sum->max = value;
}

/* Counts the state that holds, until `to`. */
static void
buckets_count_held(struct buckets *buckets, size_t channel, utc_seconds to)
{
    struct held_state *held = &buckets->held[channel];
    struct bucket_sum *sum = &buckets->sums[channel];
    utc_seconds end = to < held->until ? to : held->until;

    if (end <= held->from)
        return;
    if (sum->type != held->type)
        *sum = (struct bucket_sum){ .type = held->type };
    bucket_sum_widen(sum, held->is_set);
    sum->held_seconds += end - held->from;
    sum->set_seconds += held->is_set ? end - held->from : 0;
    held->from = end;
}

static double
bucket_sum_mean(const struct bucket_sum *sum)
{
    return sum->held_seconds > 0 ? (double)sum->set_seconds / (double)sum->held_seconds
                                 : sum->sum / (double)sum->count;
}

/* Gives the filled buckets away. */
static void
buckets_flush(struct buckets *buckets)
{
    for (size_t channel = 1; channel <= SAMPLE_MOST_CHANNELS; channel++) {
        const struct bucket_sum *sum = &buckets->sums[channel];
        if (!buckets->is_full && (sum->count > 0 || sum->held_seconds > 0))
            buckets->is_full = !buckets->take(buckets->with, &(struct bucket){
                                                                 .channel = (uint8_t)channel,
                                                                 .type = sum->type,
                                                                 .at = buckets->at,
                                                                 .min = sum->min,
                                                                 .mean = bucket_sum_mean(sum),
                                                                 .max = sum->max,
                                                                 .count = sum->count,
                                                             });
        buckets->sums[channel] = (struct bucket_sum){ 0 };
    }
}

static bool
buckets_hold_any(const struct buckets *buckets)
{
    for (size_t channel = 1; channel <= SAMPLE_MOST_CHANNELS; channel++)
        if (buckets->held[channel].from < buckets->held[channel].until)
            return true;
    return false;
}

/* Fills the buckets until `to`. Skips buckets in which nothing holds. */
static void
buckets_advance(struct buckets *buckets, utc_seconds to)
{
    while (!buckets->is_full && to - buckets->at >= buckets->resolution) {
        for (size_t channel = 1; channel <= SAMPLE_MOST_CHANNELS; channel++)
            buckets_count_held(buckets, channel, buckets->at + buckets->resolution);
        buckets_flush(buckets);
        buckets->at = buckets_hold_any(buckets) ? buckets->at + buckets->resolution
                                                : to - to % buckets->resolution;
    }
    for (size_t channel = 1; channel <= SAMPLE_MOST_CHANNELS && !buckets->is_full; channel++)
        buckets_count_held(buckets, channel, to);
}

/* The state of the sample holds from `from` on. */
static void
buckets_hold(struct buckets *buckets, const struct sample *sample, utc_seconds from)
{
    const struct hold_limits *limits = &buckets->limits;
    utc_seconds until = 0;

    if (sample->kind == SAMPLE_STATE)
        until = coverage_until(limits->coverage, limits->coverage_count, sample->at);
    if (until > limits->until)
        until = limits->until;
    buckets->held[sample->channel] =
        (struct held_state){ from, until > from ? until : from, sample->type, sample->raw != 0 };
}

static bool
buckets_want(const struct buckets *buckets, const struct sample *sample)
{
    return buckets->channel == 0 || buckets->channel == sample->channel;
}

void
buckets_begin(struct buckets *buckets, utc_seconds from, const struct sample *before, size_t count)
{
    buckets->at = from - from % buckets->resolution;
    for (size_t i = 0; i < count; i++)
        if (buckets_want(buckets, &before[i]))
            buckets_hold(buckets, &before[i], from);
}

void
buckets_add(struct buckets *buckets, const struct sample *sample)
{
    struct bucket_sum *sum = &buckets->sums[sample->channel];

    if (!buckets_want(buckets, sample))
        return;
    buckets_advance(buckets, sample->at);
    buckets_hold(buckets, sample, sample->at);
    if (sample->kind == SAMPLE_ERROR)
        return;
    if (sum->type != sample->type)
        *sum = (struct bucket_sum){ .type = sample->type };
    double value = sample->kind == SAMPLE_STATE ? (double)(sample->raw != 0)
                                                : channel_reading(sample->type, sample->raw).value;
    bucket_sum_widen(sum, value);
    sum->sum += value;
    sum->count++;
}

void
buckets_end(struct buckets *buckets, utc_seconds to)
{
    utc_seconds end = to < buckets->limits.until ? to : buckets->limits.until;

    if (end > buckets->at)
        buckets_advance(buckets, end);
    buckets_flush(buckets);
}
