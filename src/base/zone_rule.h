/*
 * zone_rule.h - the rule in a zone file's footer: local time for ever after.
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
    ZONE_DATE_JULIAN, /* Jn: 1 to 365, 29 February never counted */
    ZONE_DATE_DAY,    /* n: 0 to 365, it is counted */
    ZONE_DATE_MONTH,  /* Mm.w.d */
};

struct zone_date {
    enum zone_date_form form;
    int32_t month;   /* of Mm.w.d */
    int32_t week;    /* of Mm.w.d: 1 to 5, 5 the last */
    int32_t day;     /* n; of Mm.w.d 0 (Sunday) to 6 */
    int32_t seconds; /* of local time, after that day's midnight */
};

struct zone_rule {
    int32_t standard_offset; /* seconds to add to UTC */
    int32_t summer_offset;   /* as standard_offset when there is no summer time */
    bool has_summer;
    struct zone_date summer_start; /* in standard time */
    struct zone_date summer_end;   /* in summer time */
};

/* False, with *out untouched, for a text that is no such rule. */
bool zone_rule_parse(struct zone_rule *out, const char *text, size_t length);

int32_t zone_rule_offset(const struct zone_rule *rule, utc_seconds when);

/* The first change after `when`; UTC_NEVER when there is none. */
utc_seconds zone_rule_next(const struct zone_rule *rule, utc_seconds when);

#endif
