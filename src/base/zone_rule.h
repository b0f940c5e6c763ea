/*
 * zone_rule.h - the rule in the footer of a zone file, for times after its transitions.
 *
 * POSIX TZ text ("CET-1CEST,M3.5.0,M10.5.0/3") with the additions of RFC 9636,
 * section 3.3.1: transition times from -167 to 167 hours. For base/zone*.c only.
 */
#ifndef BASE_ZONE_RULE_H
#define BASE_ZONE_RULE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/utc.h"

enum zone_date_form {
    ZONE_DATE_JULIAN, /* Jn: 1 to 365, without 29 February */
    ZONE_DATE_DAY,    /* n: 0 to 365, with 29 February */
    ZONE_DATE_MONTH,  /* Mm.w.d */
};

struct zone_date {
    enum zone_date_form form;
    int32_t month;   /* of Mm.w.d */
    int32_t week;    /* of Mm.w.d: 1 to 5, 5 the last */
    int32_t day;     /* n; of Mm.w.d 0 (Sunday) to 6 */
    int32_t seconds; /* local time, after midnight of that day */
};

struct zone_rule {
    int32_t standard_offset; /* seconds to add to UTC */
    int32_t summer_offset;   /* standard_offset if there is no summer time */
    bool has_summer;
    struct zone_date summer_start; /* in standard time */
    struct zone_date summer_end;   /* in summer time */
};

/* False, with *out unchanged, for other texts. */
bool zone_rule_parse(struct zone_rule *out, const char *text, size_t length);

int32_t zone_rule_offset(const struct zone_rule *rule, utc_seconds when);

/* The first change after `when`; UTC_NEVER: there is none. */
utc_seconds zone_rule_next(const struct zone_rule *rule, utc_seconds when);

#endif
