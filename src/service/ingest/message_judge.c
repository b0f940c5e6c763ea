#include "service/ingest/message_judge.h"

#include "service/measurement/saved_samples.h"

/* One message, while it is judged. */
struct judging {
    struct call *call;
    const struct covered_sensor *sensor;
    struct message_judgment *out;
    struct sample *admitted;
    utc_seconds saved_end; /* `saved` are samples from around this end of coverage; 0: none */
    struct samples saved;
};

/* The coverage that contains now, from the first good time until now: most samples lie in it. */
static struct interval
judge_usual_times(const struct covered_sensor *sensor, utc_seconds now)
{
    for (size_t i = 0; i < sensor->interval_count && sensor->intervals[i].starts_at <= now; i++) {
        const struct interval *usual = &sensor->intervals[i];
        if (now < usual->expires_at)
            return (struct interval){ usual->starts_at > GATE_FIRST_TIME ? usual->starts_at
                                                                         : GATE_FIRST_TIME,
                                      now + 1 };
    }
    return (struct interval){ 0 };
}

static void
judge_refuse(struct message_judgment *out, enum gate_verdict verdict, int64_t offset)
{
    bool is_first = out->refused[GATE_REFUSE_BAD_TIMESTAMP] == 0;

    out->refused[verdict]++;
    out->refused_count++;
    if (verdict == GATE_REFUSE_BAD_TIMESTAMP && (is_first || offset > out->clock_offset))
        out->clock_offset = offset;
}

static bool
judge_holds(const struct samples *saved, const struct sample *sample)
{
    for (size_t i = 0; i < saved->count; i++)
        if (saved->at[i].channel == sample->channel && saved->at[i].at == sample->at)
            return true;
    return false;
}

/* Was the sample saved before the coverage ended? */
static enum status
judge_repeat(struct judging *judging, const struct sample *sample, bool *is_repeat)
{
    const struct covered_sensor *sensor = judging->sensor;
    utc_seconds now = judging->call->now;
    utc_seconds end = gate_earlier_end(sensor->intervals, sensor->interval_count, sample->at, now);
    enum status status = STATUS_OK;

    *is_repeat = false;
    if (end == 0)
        return STATUS_OK;
    if (judging->saved_end != end) {
        struct saved_samples_query query = {
            .organization_id = sensor->organization->id,
            .sensor_id = sensor->sensor_id,
            .times = { end, end + GATE_CLOCK_SLACK },
            .received_from = end - GATE_CLOCK_SLACK, /* nothing was saved further ahead */
        };
        samples_clear(&judging->saved);
        status = saved_samples_read(judging->call, &query, &judging->saved);
        judging->saved_end = end;
    }
    *is_repeat = !status && judge_holds(&judging->saved, sample);
    return status;
}

static enum status
judge_sample(struct judging *judging, const struct sample *sample)
{
    const struct covered_sensor *sensor = judging->sensor;
    struct message_judgment *out = judging->out;
    utc_seconds now = judging->call->now;
    enum gate_verdict verdict =
        gate_judge(sensor->intervals, sensor->interval_count, sample->at, now);
    bool is_repeat = false;
    enum status status = STATUS_OK;

    if (sample->at > now && sample->at > out->newest_ahead)
        out->newest_ahead = sample->at;
    if (verdict == GATE_REFUSE_EXPIRED)
        status = judge_repeat(judging, sample, &is_repeat);
    if (verdict == GATE_ADMIT || is_repeat)
        judging->admitted[out->admitted_count++] = *sample;
    else
        judge_refuse(out, verdict, sample->at - now);
    return status;
}

/* Judges the samples from `first` on; all earlier ones are admitted. */
static enum status
judge_each(struct judging *judging, const struct delivery *delivery, size_t first)
{
    struct sample *admitted =
        call_new(judging->call, delivery->sample_count * sizeof *judging->admitted);
    enum status status = STATUS_OK;

    if (!admitted)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < first; i++)
        admitted[i] = delivery->samples[i];
    judging->out->admitted = judging->admitted = admitted;
    for (size_t i = first; i < delivery->sample_count && !status; i++)
        status = judge_sample(judging, &delivery->samples[i]);
    samples_clear(&judging->saved);
    return status;
}

enum status
message_judge(struct call *call, const struct covered_sensor *sensor,
              const struct delivery *delivery, struct message_judgment *out)
{
    struct judging judging = { .call = call, .sensor = sensor, .out = out };
    struct interval usual = judge_usual_times(sensor, call->now);
    const struct sample *samples = delivery->samples;
    size_t first = 0;

    while (first < delivery->sample_count && samples[first].at >= usual.starts_at
           && samples[first].at < usual.expires_at)
        first++;
    *out = (struct message_judgment){ .is_covered = usual.expires_at > 0,
                                      .admitted = samples,
                                      .admitted_count = first };
    return first == delivery->sample_count ? STATUS_OK : judge_each(&judging, delivery, first);
}
