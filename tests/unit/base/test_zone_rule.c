#include "base/zone_rule.h"
#include "support/check.h"
#include "support/moment.h"

TEST(zone_rule_changes_when_it_says)
{
    static const struct {
        const char *rule, *when;
        int32_t want;
    } rows[] = {
        { "UTC0", "2026-01-01T00:00:00Z", 0 },
        { "IST-5:30", "2026-01-01T00:00:00Z", 19800 },
        { "<+0330>-3:30", "2026-01-01T00:00:00Z", 12600 },
        { "LMT0:01:15", "2026-01-01T00:00:00Z", -75 },
        { "CET-1CEST,M3.5.0,M10.5.0/3", "2026-03-29T00:59:59Z", 3600 },
        { "CET-1CEST,M3.5.0,M10.5.0/3", "2026-03-29T01:00:00Z", 7200 },
        { "CET-1CEST,M3.5.0,M10.5.0/3", "2026-10-25T00:59:59Z", 7200 },
        { "CET-1CEST,M3.5.0,M10.5.0/3", "2026-10-25T01:00:00Z", 3600 },
        /* southern: the summer crosses the year */
        { "AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-12-31T23:59:59Z", 39600 },
        { "AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-04-04T15:59:59Z", 39600 },
        { "AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-04-04T16:00:00Z", 36000 },
        /* half an hour */
        { "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2026-01-01T00:00:00Z", 39600 },
        /* the summer is the plain time, the winter is behind it */
        { "IST-1GMT0,M10.5.0,M3.5.0/1", "2026-07-01T00:00:00Z", 3600 },
        { "IST-1GMT0,M10.5.0,M3.5.0/1", "2026-12-01T00:00:00Z", 0 },
        /* before midnight of its day: on Saturday, 23:00 at -2 */
        { "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T00:59:59Z", -7200 },
        { "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T01:00:00Z", -3600 },
        /* two days after its day: Thursday 26 March 2026 + 50 h */
        { "EET-2EEST,M3.4.4/50,M10.4.4/50", "2026-03-27T23:59:59Z", 7200 },
        { "EET-2EEST,M3.4.4/50,M10.4.4/50", "2026-03-28T00:00:00Z", 10800 },
        /* J60 is 1 March in every year; 59 is 29 February in a leap year */
        { "AAA0BBB,J60/0,J300/0", "2028-02-29T23:59:59Z", 0 },
        { "AAA0BBB,J60/0,J300/0", "2028-03-01T00:00:00Z", 3600 },
        { "AAA0BBB,J60/0,J300/0", "2027-03-01T00:00:00Z", 3600 },
        { "AAA0BBB,59/0,300/0", "2028-02-28T23:59:59Z", 0 },
        { "AAA0BBB,59/0,300/0", "2028-02-29T00:00:00Z", 3600 },
        { "AAA0BBB,59/0,300/0", "2027-02-28T23:59:59Z", 0 },
        { "AAA0BBB,59/0,300/0", "2027-03-01T00:00:00Z", 3600 },
        /* the farthest that a time may go, over the end of the year */
        { "AAA0BBB,J360/167,J365/167", "2027-01-02T00:00:00Z", 3600 },
        { "AAA0BBB,J360/167,J365/167", "2027-01-06T21:59:59Z", 3600 },
        { "AAA0BBB,J360/167,J365/167", "2027-01-06T22:00:00Z", 0 },
        { "AAA0BBB,J1/-167,J6/-167", "2026-12-26T00:00:00Z", 3600 },
        /* summer all year (RFC 9636, section 3.3.1) */
        { "XXX3EDT4,0/0,J365/23", "2027-01-01T02:59:59Z", -14400 },
        { "XXX3EDT4,0/0,J365/23", "2027-01-01T03:00:00Z", -14400 },
        { "XXX3EDT4,0/0,J365/23", "2028-07-01T00:00:00Z", -14400 },
        { "XXX3EDT4,0/0,J365/23", "2028-12-31T23:59:59Z", -14400 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct zone_rule rule;

        check_row(rows[i].rule);
        check(zone_rule_parse(&rule, rows[i].rule, strlen(rows[i].rule)));
        check_int(zone_rule_offset(&rule, at(rows[i].when)), rows[i].want);
        check_int(zone_rule_offset(&rule, at(rows[i].when) + 146097 * UTC_DAY), rows[i].want);
        check_int(zone_rule_offset(&rule, at(rows[i].when) - 146097 * UTC_DAY), rows[i].want);
    }
}

TEST(zone_rule_names_the_next_change)
{
    const char *text = "CET-1CEST,M3.5.0,M10.5.0/3";
    struct zone_rule rule;

    check(zone_rule_parse(&rule, text, strlen(text)));
    check_text(shown(zone_rule_next(&rule, at("2026-01-01T00:00:00Z"))), "2026-03-29T01:00:00Z");
    check_text(shown(zone_rule_next(&rule, at("2026-03-29T00:59:59Z"))), "2026-03-29T01:00:00Z");
    check_text(shown(zone_rule_next(&rule, at("2026-03-29T01:00:00Z"))), "2026-10-25T01:00:00Z");
    check_text(shown(zone_rule_next(&rule, at("2026-12-31T00:00:00Z"))), "2027-03-28T01:00:00Z");
    check_text(shown(zone_rule_next(&rule, at("1969-12-31T00:00:00Z"))), "1970-03-29T01:00:00Z");
    check_int(zone_rule_next(&rule, UTC_NEVER - 5), UTC_NEVER);
    check(zone_rule_parse(&rule, "UTC0", 4));
    check_int(zone_rule_next(&rule, 0), UTC_NEVER);
}

TEST(zone_rule_refuses_every_other_text)
{
    static const char *const rows[] = {
        "",
        "UTC",
        "UT0",
        "0",
        "U1C0",
        "<+3>0",
        "<+03",
        "<+03>",
        "<a_b>0",
        "UTC168",
        "UTC0:60",
        "UTC0:00:60",
        "UTC0 ",
        "UTC0\n",
        "CET-1CEST",
        "CET-1CEST,M3.5.0",
        "CET-1CEST,M3.5.0,",
        "CET-1CEST,M0.5.0,M10.5.0",
        "CET-1CEST,M13.5.0,M10.5.0",
        "CET-1CEST,M3.0.0,M10.5.0",
        "CET-1CEST,M3.6.0,M10.5.0",
        "CET-1CEST,M3.5.7,M10.5.0",
        "CET-1CEST,M3.5,M10.5.0",
        "CET-1CEST,J0,J365",
        "CET-1CEST,J1,J366",
        "CET-1CEST,0,366",
        "CET-1CEST,M3.5.0/168,M10.5.0",
        "CET-1CEST,M3.5.0/,M10.5.0",
        "CET-1CEST,M3.5.0,M10.5.0/3x",
        "CET-1CEST,M3.5.0,M10.5.0,M10.5.0",
        "CET--1",
        "CET+-1",
        "CET-1CE,M3.5.0,M10.5.0",
        "CET99999999999999999999",
        "CET-1CEST,99999999999,1",
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct zone_rule rule = { .standard_offset = 7 };

        check_row(rows[i]);
        check(!zone_rule_parse(&rule, rows[i], strlen(rows[i])));
        check_int(rule.standard_offset, 7);
    }
}
