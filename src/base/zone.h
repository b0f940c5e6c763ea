/*
 * zone.h - time zones, read from the system's zone files (TZif, RFC 9636).
 *
 * Transitions of the file and, after the last one, the rule in its footer give the local time of
 * every instant.
 */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/utc.h"

struct zone; /* constant once made: any thread may read it */

enum {
    ZONE_NAME_SIZE = 65, /* "Europe/Warsaw": at most 64 bytes, and NUL */
    ZONE_FILE_MOST_BYTES = 1 << 18,
    ZONE_MOST_TRANSITIONS = 8192,
};

/* The zone `name` ("Europe/Warsaw"), kept for the life of the process. A file that has changed on
 * disk is read again within about a second; a zone whose file is gone stays in use. Any thread may
 * call it. *out is unchanged on failure.
 *   STATUS_INVALID  "time_zone_unknown", field "time_zone": the directory has no usable zone of
 * this name */
enum status zone_get(const struct zone **out, const char *name, struct fault *fault);

/* The same, or UTC with *missing: the zone existed once and is gone. The next call looks for it
 * again. `missing` may be NULL. */
const struct zone *zone_get_or_utc(const char *name, bool *missing);

/* The same as zone_get(), but the caller owns the zone and calls zone_close(). It reads files of
 * TZDIR or /usr/share/zoneinfo. A name has parts of letters, digits, '_', '+' and '-', separated by
 * '/', and begins with a capital, as names of the IANA database do: "localtime" or "right/UTC"
 * depend on the machine. */
enum status zone_load(struct zone **out, const char *name, struct fault *fault);

/* Parses the bytes of a file, versions 1 to 4. It refuses files with leap seconds, which
 * utc_seconds does not count.
 *   STATUS_INVALID  as zone_get() */
enum status zone_parse(struct zone **out, const void *bytes, size_t size, struct fault *fault);

void zone_close(struct zone *zone);

/* "Europe/Warsaw"; "" for a zone of zone_parse(). */
const char *zone_name(const struct zone *zone);

/* Seconds to add to UTC, east positive. */
int32_t zone_offset(const struct zone *zone, utc_seconds when);

/* The local calendar day of `when`. */
day_number zone_local_day(const struct zone *zone, utc_seconds when);

/* The first instant of the local day: after a gap at midnight, or the earlier of two midnights. If
 * the zone skipped the day (Pacific/Apia, 2011-12-30), the first instant after it. */
utc_seconds zone_day_start(const struct zone *zone, day_number day);

/* The first instant at which the local clock shows `day` and `seconds_of_day` (0 to 86399) or, in a
 * gap, a later time. */
utc_seconds zone_local_to_utc(const struct zone *zone, day_number day, int32_t seconds_of_day);

#endif
