#include "domain/gate.h"
#include "support/check.h"

#define DAY     UTC_DAY
#define YEAR_15 GATE_FIRST_TIME
#define T       (YEAR_15 + 1000 * DAY)

/* Two licenses with a gap between them, days after T. */
static const struct interval two[] = { { T + 10 * DAY, T + 20 * DAY },
                                       { T + 30 * DAY, T + 40 * DAY } };
/* One since before 2015. */
static const struct interval always[] = { { 0, T } };

TEST(gate_judges_each_row)
{
    static const struct {
        const char *row;
        const struct interval *intervals;
        size_t count;
        utc_seconds at, now;
        enum gate_verdict want;
    } rows[] = {
        { "measured and arrived under a license", two, 2, T + 12 * DAY, T + 12 * DAY, GATE_ADMIT },
        { "first second", two, 2, T + 10 * DAY, T + 10 * DAY, GATE_ADMIT },
        { "a second before the first license", two, 2, T + 10 * DAY - 1, T + 12 * DAY,
          GATE_REFUSE_BEFORE_FIRST_LICENSE },
        { "the same in the gap", two, 2, T + 10 * DAY - 1, T + 25 * DAY,
          GATE_REFUSE_BEFORE_FIRST_LICENSE },
        { "the same before the license has begun", two, 2, T + 9 * DAY, T + 9 * DAY,
          GATE_REFUSE_UNLICENSED },
        { "last second", two, 2, T + 20 * DAY - 1, T + 20 * DAY - 1, GATE_ADMIT },
        { "first second after the end", two, 2, T + 20 * DAY, T + 20 * DAY, GATE_REFUSE_EXPIRED },
        { "arrives after the end", two, 2, T + 20 * DAY - 1, T + 25 * DAY, GATE_ADMIT },
        { "arrives after a renewal", two, 2, T + 15 * DAY, T + 35 * DAY, GATE_ADMIT },
        { "measured in the gap, arrives after a renewal", two, 2, T + 25 * DAY, T + 35 * DAY,
          GATE_REFUSE_EXPIRED },
        { "clock ahead, covered now", two, 2, T + 20 * DAY + 60, T + 20 * DAY - 60, GATE_ADMIT },
        { "clock ahead, not covered now", two, 2, T + 30 * DAY + 60, T + 30 * DAY - 60,
          GATE_REFUSE_EXPIRED },
        { "300 s ahead", two, 2, T + 12 * DAY + 300, T + 12 * DAY, GATE_ADMIT },
        { "301 s ahead", two, 2, T + 12 * DAY + 301, T + 12 * DAY, GATE_REFUSE_BAD_TIMESTAMP },
        { "a day ahead", two, 2, T + 13 * DAY, T + 12 * DAY, GATE_REFUSE_BAD_TIMESTAMP },
        { "far ahead", two, 2, UTC_NEVER, T + 12 * DAY, GATE_REFUSE_BAD_TIMESTAMP },
        { "far behind", two, 2, INT64_MIN, T + 12 * DAY, GATE_REFUSE_BAD_TIMESTAMP },
        { "1970", two, 2, 1234, T + 12 * DAY, GATE_REFUSE_BAD_TIMESTAMP },
        { "2014-12-31T23:59:59Z, though licensed", always, 1, YEAR_15 - 1, T - 1,
          GATE_REFUSE_BAD_TIMESTAMP },
        { "2015-01-01T00:00:00Z", always, 1, YEAR_15, T - 1, GATE_ADMIT },
        { "no license ever", NULL, 0, T, T, GATE_REFUSE_UNLICENSED },
        { "no license ever, and a wrong clock", NULL, 0, T + 301, T, GATE_REFUSE_BAD_TIMESTAMP },
        { "no license ever, and 1970", NULL, 0, 5, T, GATE_REFUSE_BAD_TIMESTAMP },
    };

    check_int(YEAR_15, civil_to_days((struct civil_date){ 2015, 1, 1 }) * DAY);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check_row(rows[i].row);
        check_int(gate_judge(rows[i].intervals, rows[i].count, rows[i].at, rows[i].now),
                  rows[i].want);
    }
}

TEST(gate_knows_when_a_sample_may_have_been_admitted_ahead_of_the_clock)
{
    utc_seconds end = T + 20 * DAY;

    check_int(gate_earlier_end(two, 2, end - 1, end + 60), 0); /* covered */
    check_int(gate_earlier_end(two, 2, end, end + 60), end);
    check_int(gate_earlier_end(two, 2, end + 299, end + 600), end);
    check_int(gate_earlier_end(two, 2, end + 300, end + 600),
              0); /* 301 s ahead of the last second */
    check_int(gate_earlier_end(two, 2, end + 299, end + 600 * DAY), end);
    check_int(gate_earlier_end(two, 2, end + 60, end - 60), 0); /* it has not ended */
    check_int(gate_earlier_end(two, 2, UTC_NEVER, end), 0);
    check_int(gate_earlier_end(two, 2, INT64_MIN, end), 0);
    check_int(gate_earlier_end(NULL, 0, end, end), 0);
}

TEST(gate_verdicts_have_words)
{
    check_text(gate_verdict_words[GATE_ADMIT], "admitted");
    check_text(gate_verdict_words[GATE_REFUSE_UNLICENSED], "unlicensed");
    check_text(gate_verdict_words[GATE_REFUSE_BEFORE_FIRST_LICENSE], "before_first_license");
    check_text(gate_verdict_words[GATE_REFUSE_EXPIRED], "expired");
    check_text(gate_verdict_words[GATE_REFUSE_BAD_TIMESTAMP], "bad_timestamp");
    check_text(gate_verdict_words[GATE_REFUSE_UNKNOWN_SENSOR], "unknown_sensor");
    check_text(gate_verdict_words[GATE_REFUSE_BAD_TOKEN], "bad_token");
}
