/* message_judge.h - passes the samples of one message through the gate. */
#ifndef SERVICE_INGEST_MESSAGE_JUDGE_H
#define SERVICE_INGEST_MESSAGE_JUDGE_H

#include "domain/gate.h"
#include "domain/measurement.h"
#include "service/core/call.h"
#include "service/coverage/coverage_table.h"

struct message_judgment {
    bool is_covered; /* the sensor, now */
    const struct sample *admitted;
    size_t admitted_count;
    uint32_t refused[GATE_VERDICT_COUNT]; /* samples, by the reason */
    uint32_t refused_count;               /* samples, for any reason */
    utc_seconds newest_ahead; /* the newest sample that is ahead of now; 0: there is none */
    int64_t clock_offset; /* seconds that the newest sample that was refused for its time is ahead
                             of now; negative: behind it; 0: there is none */
};

/* Judges at call->now. out->admitted points to the samples of the delivery or into the arena.
 * Admits a repeat of a sample that was ahead of the clock when it was saved, even if the coverage
 * has ended since then. Reads the store only for samples that may be such repeats.
 *   STATUS_TOO_LARGE  the arena is full
 *   others            as the store */
enum status message_judge(struct call *call, const struct covered_sensor *sensor,
                          const struct delivery *delivery, struct message_judgment *out);

#endif
