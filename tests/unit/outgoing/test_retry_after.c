#include "edge/outgoing/retry_after.h"

#include "support/check.h"

enum { HOUR = 3600 };

static const utc_seconds now = INT64_C(1792846800); /* 2026-10-24T13:00:00Z */

TEST(retry_after_says_seconds_or_a_date)
{
    static const struct {
        const char *text;
        utc_seconds from_now;
    } rows[] = {
        { "0", 0 },
        { "1", 1 },
        { "120", 120 },
        { "0120", 120 },
        { "31536000", 31536000 },
        { "999999999999", 999999999999 },
        { "Sat, 24 Oct 2026 14:00:00 GMT", HOUR },
        { "Saturday, 24-Oct-26 14:00:00 GMT", HOUR },
        { "Sat Oct 24 14:00:00 2026", HOUR },
        { "Sun Oct 25 03:00:00 2026", 14 * HOUR },
        { "Thu Jan  1 00:00:00 2099", INT64_C(4070908800) - 1792846800 },
        { "Sat, 24 Oct 2026 12:00:00 GMT", 0 }, /* it is over */
        { "Sunday, 06-Nov-94 08:49:37 GMT", 0 },
        { "Sun, 06 Nov 1994 08:49:37 GMT", 0 },
        { "Sat, 24 Oct 2026 13:59:60 GMT", HOUR }, /* a leap second */
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_int(retry_after_read(rows[i].text, now) - now, rows[i].from_now);
    check_int(retry_after_read("1000000000000", now), UTC_NEVER);
    check_int(retry_after_read("99999999999999999999999999999999", now), UTC_NEVER);
}

TEST(retry_after_that_is_no_time_says_nothing)
{
    static const char *const rows[] = {
        "",
        "soon",
        "-5",
        "+5",
        "1.5",
        "120s",
        "120, 60",
        "1e3",
        "0x10",
        "2026-10-24T14:00:00Z",
        "Sat, 24 Oct 2026 14:00:00",
        "Sat, 24 Oct 2026 14:00:00 CET",
        "Sat, 24 Oct 2026 14:00:00 GMT+1",
        "Sat, 24 Okt 2026 14:00:00 GMT",
        "Sat, 24 anF 2026 14:00:00 GMT",
        "Sat, 32 Oct 2026 14:00:00 GMT",
        "Sat, 00 Oct 2026 14:00:00 GMT",
        "Sun, 29 Feb 2026 14:00:00 GMT",
        "Sat, 24 Oct 2026 24:00:00 GMT",
        "Sat, 24 Oct 2026 14:60:00 GMT",
        "Sat, 24 Oct 2026 14:00:61 GMT",
        "Sat, 24 Oct 2026 -1:00:00 GMT",
        "Sat, 24 Oct -999 14:00:00 GMT",
        "24 Oct 2026 14:00:00 GMT",
        "Sat, 2 Oct 2026 14:00:00 GMT",
        "Sat, 24 October 2026 14:00:00 GMT",
        "Sat, 24 Oct 2026 14:00:00 GMT ",
        "Sat, +4 Oct 2026 14:00:00 GMT",
        "Sat, ",
        ", 24-Oct-2026 14:00:00 GMT",
        "Sat Oct 244 14:00:00 2026",
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_int(retry_after_read(rows[i], now), 0);
}
