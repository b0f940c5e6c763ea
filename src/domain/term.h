/*
 * term.h - the duration of a license, and the local midnight at which it ends.
 *
 *     expires_at = add(next midnight from starts_at on, term)
 *
 * in the organization's time zone. That midnight is starts_at itself if a local day begins then. So
 * a term is never too short, and its last day is fully usable.
 */
#ifndef DOMAIN_TERM_H
#define DOMAIN_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/utc.h"
#include "base/zone.h"

enum term_unit { TERM_DAYS, TERM_WEEKS, TERM_MONTHS, TERM_YEARS, TERM_UNIT_COUNT };

struct term {
    int32_t count; /* 1 or more */
    enum term_unit unit;
};

/* Reads ISO 8601 with one unit: "P2Y", "P18M", "P2W", "P30D"; upper case, no leading zero. From one
 * day to ten years: P3652D, P521W, P120M, P10Y. False leaves *out as it was. */
bool term_parse(struct term *out, const char *text, size_t length);

/* Adds calendar units to a date. A day that does not exist (30 February) becomes the first of the
 * next month. */
day_number term_add(struct term term, day_number day);

/* The end of a license that starts at `starts_at`. */
utc_seconds term_end(struct term term, utc_seconds starts_at, const struct zone *zone);

/* The local day of the last second before `expires_at`. */
day_number term_last_day(utc_seconds expires_at, const struct zone *zone);

/* Local calendar days from today to the last day: 0 on the last day, -1 from `expires_at` on. */
int64_t days_left(utc_seconds expires_at, utc_seconds now, const struct zone *zone);

#endif
