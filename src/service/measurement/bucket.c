#include "service/measurement/bucket.h"

#include "domain/channel.h"

void
bucket_add(struct bucket *bucket, const struct sample *sample)
{
    if (sample->kind == SAMPLE_ERROR)
        return;
    double value = sample->kind == SAMPLE_STATE ? (double)sample->raw
                                                : channel_reading(sample->type, sample->raw).value;
    if (bucket->count == 0 || value < bucket->min)
        bucket->min = value;
    if (bucket->count == 0 || value > bucket->max)
        bucket->max = value;
    bucket->sum += value;
    bucket->count++;
    bucket->type = sample->type;
}

bool
bucket_total(int64_t *out, const struct sample *sample, const struct sample *instant, size_t count)
{
    uint16_t minor = channel_type(sample->type)->minor;

    if (!minor || sample->kind != SAMPLE_VALUE)
        return false;
    for (size_t i = 0; i < count; i++)
        if (instant[i].type == minor && instant[i].kind == SAMPLE_VALUE
            && channel_reading(minor, instant[i].raw).meta == sample->channel - 1)
            return channel_total(out, sample->type, sample->raw, instant[i].raw);
    return false;
}
