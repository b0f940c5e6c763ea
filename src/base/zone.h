/*
 * zone.h - time zones, read from the system's zone files (TZif, RFC 9636).
 *
 * A local time is answered by the file's transitions and, after the last one,
 * by the rule in its footer, so it holds for every future instant.
 */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/utc.h"

struct zone; /* never changes once made: any thread may read it */

enum {
    ZONE_NAME_SIZE = 65, /* "Europe/Warsaw": at most 64 bytes, and NUL */
    ZONE_FILE_MOST_BYTES = 1 << 18,
    ZONE_MOST_TRANSITIONS = 8192,
};

/* The zone `name` ("Europe/Warsaw") for the life of the process; each is read
 * once. From any thread. *out is untouched on failure.
 *   STATUS_INVALID  "time_zone_unknown", field "time_zone": the directory has
 *                   no usable zone of this name */
enum status zone_get(const struct zone **out, const char *name, struct fault *fault);

/* The same, but the caller owns the zone and calls zone_close(). Files are
 * taken from TZDIR or /usr/share/zoneinfo. A name is parts of letters, digits,
 * '_', '+' and '-' with '/' between, and begins with a capital, as all of the
 * IANA database do: "localtime" or "right/UTC" mean different things on
 * different machines. */
enum status zone_load(struct zone **out, const char *name, struct fault *fault);

/* From the bytes of a file, versions 1 to 4. Files that count leap seconds are
 * refused: utc_seconds does not count them.
 *   STATUS_INVALID  as zone_get */
enum status zone_parse(struct zone **out, const void *bytes, size_t size, struct fault *fault);

void zone_close(struct zone *zone);

/* "Europe/Warsaw"; "" for a zone that came from zone_parse(). */
const char *zone_name(const struct zone *zone);

/* Seconds to add to UTC, east positive. */
int32_t zone_offset(const struct zone *zone, utc_seconds when);

/* The local calendar day that `when` falls on. */
day_number zone_local_day(const struct zone *zone, utc_seconds when);

/* The first instant of the local day. Where clocks skip midnight it is the
 * first one after the gap; where midnight comes twice, the earlier; where the
 * zone has skipped the whole day (Pacific/Apia, 2011-12-30), the first one
 * after it. */
utc_seconds zone_day_start(const struct zone *zone, day_number day);

/* The first instant at which the local clock shows `day` and `seconds_of_day`
 * (0 to 86399) or, in a gap, something later. */
utc_seconds zone_local_to_utc(const struct zone *zone, day_number day, int32_t seconds_of_day);

#endif
