#include "domain/gate.h"

const char *const gate_verdict_words[] = {
    [GATE_ADMIT] = "admitted",
    [GATE_REFUSE_UNLICENSED] = "unlicensed",
    [GATE_REFUSE_BEFORE_FIRST_LICENSE] = "before_first_license",
    [GATE_REFUSE_EXPIRED] = "expired",
    [GATE_REFUSE_BAD_TIMESTAMP] = "bad_timestamp",
    [GATE_REFUSE_UNKNOWN_SENSOR] = "unknown_sensor",
    [GATE_REFUSE_BAD_TOKEN] = "bad_token",
};
_Static_assert(sizeof gate_verdict_words / sizeof gate_verdict_words[0] == GATE_VERDICT_COUNT,
               "a verdict has no word");

bool
gate_time_is_good(utc_seconds at, utc_seconds now)
{
    return at >= GATE_FIRST_TIME && (at <= now || at - now <= GATE_CLOCK_SLACK);
}

enum gate_verdict
gate_judge(const struct interval *intervals, size_t count, utc_seconds at, utc_seconds now)
{
    utc_seconds judged = at < now ? at : now;

    if (!gate_time_is_good(at, now))
        return GATE_REFUSE_BAD_TIMESTAMP;
    if (coverage_contains(intervals, count, judged))
        return GATE_ADMIT;
    if (count == 0 || intervals[0].starts_at > now)
        return GATE_REFUSE_UNLICENSED;
    return judged < intervals[0].starts_at ? GATE_REFUSE_BEFORE_FIRST_LICENSE : GATE_REFUSE_EXPIRED;
}

utc_seconds
gate_earlier_end(const struct interval *intervals, size_t count, utc_seconds at, utc_seconds now)
{
    for (size_t i = 0; i < count && intervals[i].starts_at < at; i++) {
        utc_seconds end = intervals[i].expires_at;
        if (end <= at && end <= now && at - end < GATE_CLOCK_SLACK)
            return end;
    }
    return 0;
}
