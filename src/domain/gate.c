#include "domain/gate.h"

const char *const gate_verdict_words[] = {
    [GATE_ADMIT] = "admitted",
    [GATE_REFUSE_UNLICENSED] = "unlicensed",
    [GATE_REFUSE_EXPIRED] = "expired",
    [GATE_REFUSE_BAD_TIMESTAMP] = "bad_timestamp",
    [GATE_REFUSE_UNKNOWN_SENSOR] = "unknown_sensor",
    [GATE_REFUSE_BAD_TOKEN] = "bad_token",
};
_Static_assert(sizeof gate_verdict_words / sizeof gate_verdict_words[0] == GATE_VERDICT_COUNT,
               "a verdict has no word");

enum gate_verdict
gate_judge(const struct interval *intervals, size_t count, utc_seconds at, utc_seconds now)
{
    if (at > now && at - now > GATE_CLOCK_SLACK)
        return GATE_REFUSE_BAD_TIMESTAMP;
    if (count == 0)
        return GATE_REFUSE_UNLICENSED;
    return coverage_contains(intervals, count, at < now ? at : now) ? GATE_ADMIT
                                                                    : GATE_REFUSE_EXPIRED;
}
