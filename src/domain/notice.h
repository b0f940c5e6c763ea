/*
 * notice.h - the notices that a license ends, their days and their readers (rule 7).
 *
 * A license has two notices: one a calendar month before its last day, and one on the last day.
 * Each is due at the organization's notice time.
 */
#ifndef DOMAIN_NOTICE_H
#define DOMAIN_NOTICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/utc.h"
#include "base/zone.h"

enum notice_kind { NOTICE_MONTH_BEFORE, NOTICE_LAST_DAY, NOTICE_KIND_COUNT };

/* "expires_in_one_month", "expires_today". */
extern const char *const notice_kind_words[NOTICE_KIND_COUNT];

/* A day that does not exist in the month before becomes the last day of that month: a month before
 * 31 March is 28 or 29 February. */
day_number notice_month_before(day_number last_day);

/* The day on which a license with this last day owes the notice. */
day_number notice_day(enum notice_kind kind, day_number last_day);

/* A range of days; empty if last < first. */
struct notice_days {
    day_number first, last;
};

/* The last days of the licenses that owe the notice on one of the days `due`: none for 29 January
 * 2027, four for 28 February 2027. */
struct notice_days notice_last_days(enum notice_kind kind, struct notice_days due);

/* "08:00" as seconds of the day; false leaves *seconds as it was. */
bool notice_time_parse(int32_t *seconds, const char *text);

/* When the notices of a day are due. If the clocks skip that time, at the first instant after it.
 */
utc_seconds notice_due_at(day_number day, int32_t notice_time, const struct zone *zone);

/* The days whose notices are due by now, after the day `through`, which is done. Several after an
 * outage. */
struct notice_days notice_days_due(day_number through, utc_seconds now, int32_t notice_time,
                                   const struct zone *zone);

struct notice_license {
    utc_seconds starts_at, expires_at;
    utc_seconds assigned_at; /* long after its start if renewals were applied late */
};

/* Is this notice due for the license, and can it still be sent? The notice a month before: only on
 * a day after its first day, and until it expires. Both: only from the day of its assignment on. */
bool notice_is_owed(enum notice_kind kind, const struct notice_license *license, utc_seconds now,
                    const struct zone *zone);

/* What happens, or has happened, when the license ends. */
enum notice_next { NOTICE_STOPS, NOTICE_POOL, NOTICE_QUEUE, NOTICE_NEXT_COUNT };

/* "stops", "pool", "queue". */
extern const char *const notice_next_words[NOTICE_NEXT_COUNT];

struct notice_facts {
    bool followed;         /* another license starts at its end; */
    bool followed_by_pool; /* auto renewal took it from the pool */
    bool ended;
    bool auto_renewal;
    bool pool_serves; /* the pool will have a license for the sensor (horizon.h) */
};
enum notice_next notice_next(const struct notice_facts *facts);

/* Does a member get the notice? Some members want only sensors that stop. */
bool notice_is_wanted(bool only_what_stops, enum notice_next next);

/* The order of a list: stopping sensors first, then by end, then by serial. */
struct notice_rank {
    enum notice_next next;
    utc_seconds expires_at;
    uint64_t serial; /* domain/serial.h */
};
bool notice_goes_before(const struct notice_rank *a, const struct notice_rank *b);

#endif
