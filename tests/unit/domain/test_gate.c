#include "domain/gate.h"
#include "support/check.h"

#define DAY UTC_DAY

static const struct interval two[] = { { 10 * DAY, 20 * DAY }, { 30 * DAY, 40 * DAY } };

TEST(gate_judges_each_row)
{
    static const struct {
        const char *row;
        utc_seconds at, now;
        enum gate_verdict want;
    } rows[] = {
        { "measured and arrived under a license", 12 * DAY, 12 * DAY, GATE_ADMIT },
        { "first second", 10 * DAY, 10 * DAY, GATE_ADMIT },
        { "a second too early", 10 * DAY - 1, 12 * DAY, GATE_REFUSE_EXPIRED },
        { "last second", 20 * DAY - 1, 20 * DAY - 1, GATE_ADMIT },
        { "first second after the end", 20 * DAY, 20 * DAY, GATE_REFUSE_EXPIRED },
        { "arrives after the end", 20 * DAY - 1, 25 * DAY, GATE_ADMIT },
        { "arrives after a renewal", 15 * DAY, 35 * DAY, GATE_ADMIT },
        { "measured in the gap, arrives after a renewal", 25 * DAY, 35 * DAY, GATE_REFUSE_EXPIRED },
        { "clock ahead, covered now", 20 * DAY + 60, 20 * DAY - 60, GATE_ADMIT },
        { "clock ahead, not covered now", 30 * DAY + 60, 30 * DAY - 60, GATE_REFUSE_EXPIRED },
        { "24 h ahead", 13 * DAY, 12 * DAY, GATE_ADMIT },
        { "24 h and a second ahead", 13 * DAY + 1, 12 * DAY, GATE_REFUSE_BAD_TIMESTAMP },
        { "far ahead", UTC_NEVER, 12 * DAY, GATE_REFUSE_BAD_TIMESTAMP },
        { "far behind", INT64_MIN, 12 * DAY, GATE_REFUSE_EXPIRED },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check_row(rows[i].row);
        check_int(gate_judge(two, 2, rows[i].at, rows[i].now), rows[i].want);
    }
}

TEST(gate_refuses_sensors_that_never_had_a_license)
{
    check_int(gate_judge(NULL, 0, 5, 5), GATE_REFUSE_UNLICENSED);
    check_int(gate_judge(NULL, 0, 5 + DAY + 1, 5), GATE_REFUSE_BAD_TIMESTAMP);
}

TEST(gate_verdicts_have_words)
{
    check_text(gate_verdict_words[GATE_ADMIT], "admitted");
    check_text(gate_verdict_words[GATE_REFUSE_UNLICENSED], "unlicensed");
    check_text(gate_verdict_words[GATE_REFUSE_EXPIRED], "expired");
    check_text(gate_verdict_words[GATE_REFUSE_BAD_TIMESTAMP], "bad_timestamp");
    check_text(gate_verdict_words[GATE_REFUSE_UNKNOWN_SENSOR], "unknown_sensor");
    check_text(gate_verdict_words[GATE_REFUSE_BAD_TOKEN], "bad_token");
}
