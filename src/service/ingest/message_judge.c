#include "service/ingest/message_judge.h"

static void
judge_refuse(struct message_judgment *out, enum gate_verdict verdict, int64_t offset)
{
    bool is_first = out->refused[GATE_REFUSE_BAD_TIMESTAMP] == 0;

    out->refused[verdict]++;
    if (verdict == GATE_REFUSE_BAD_TIMESTAMP && (is_first || offset > out->clock_offset))
        out->clock_offset = offset;
}

enum status
message_judge(struct call *call, const struct covered_sensor *sensor,
              const struct delivery *delivery, struct message_judgment *out)
{
    *out = (struct message_judgment){
        .is_covered = coverage_contains(sensor->intervals, sensor->interval_count, call->now),
        .admitted = call_new(call, (delivery->sample_count + 1) * sizeof *out->admitted),
    };
    if (!out->admitted)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < delivery->sample_count; i++) {
        const struct sample *sample = &delivery->samples[i];
        enum gate_verdict verdict =
            gate_judge(sensor->intervals, sensor->interval_count, sample->at, call->now);
        if (verdict == GATE_ADMIT)
            out->admitted[out->admitted_count++] = *sample;
        else
            judge_refuse(out, verdict, sample->at - call->now);
    }
    return STATUS_OK;
}

uint32_t
message_refused(const struct message_judgment *judgment)
{
    uint32_t refused = 0;

    for (size_t verdict = 0; verdict < GATE_VERDICT_COUNT; verdict++)
        refused += judgment->refused[verdict];
    return refused;
}
