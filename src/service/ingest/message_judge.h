/* message_judge.h - passes the samples of one message through the gate. */
#ifndef SERVICE_INGEST_MESSAGE_JUDGE_H
#define SERVICE_INGEST_MESSAGE_JUDGE_H

#include "domain/gate.h"
#include "domain/measurement.h"
#include "service/core/call.h"
#include "service/coverage/coverage_table.h"

struct message_judgment {
    bool is_covered; /* the sensor, now */
    struct sample *admitted;
    size_t admitted_count;
    uint32_t refused[GATE_VERDICT_COUNT]; /* samples, by the reason */
    int64_t clock_offset; /* seconds that the newest sample that was refused for its time is ahead
                             of now; negative: behind it; 0: there is none */
};

/* Judges at call->now. out->admitted lives in the arena. STATUS_TOO_LARGE: it is full. */
enum status message_judge(struct call *call, const struct covered_sensor *sensor,
                          const struct delivery *delivery, struct message_judgment *out);

/* The samples that were refused. */
uint32_t message_refused(const struct message_judgment *judgment);

#endif
