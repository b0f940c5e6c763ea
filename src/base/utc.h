/*
 * utc.h - the unit of time: whole seconds since 1970-01-01T00:00:00Z without leap seconds, and the
 * civil calendar.
 *
 * Rules never read the clock; they take `now`. Only utc_now() reads the wall clock: service/ and
 * main/ call it once a call.
 */
#ifndef BASE_UTC_H
#define BASE_UTC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int64_t utc_seconds;
typedef int64_t day_number; /* days since 1970-01-01, of a civil date */

#define UTC_NEVER INT64_MAX
#define UTC_DAY   INT64_C(86400)

/* A date of the proleptic Gregorian calendar. */
struct civil_date {
    int32_t year;
    int32_t month; /* 1 to 12 */
    int32_t day;   /* 1 to 31 */
};

enum {
    UTC_TEXT_SIZE = 21,   /* "2026-11-24T13:05:00Z" and NUL */
    DATE_TEXT_SIZE = 11,  /* "2026-11-24" and NUL */
    DATE_WORDS_SIZE = 24, /* "24 November 2026" and NUL, rounded up */
};

/* The wall clock, rounded down. */
utc_seconds utc_now(void);
/* Does the kernel say that no time service keeps the wall clock right? adjtimex(2). False if it
 * does not say, as in some sandboxes. */
bool utc_is_unsynchronized(void);
/* Nanoseconds of a clock that never goes back, for waits and timings. */
int64_t monotonic_nanoseconds(void);

/* `when` + `seconds` (0 or more), at most UTC_NEVER: a broken row may hold any number. */
utc_seconds utc_after(utc_seconds when, int64_t seconds);

day_number civil_to_days(struct civil_date date);
struct civil_date civil_from_days(day_number days);
int civil_month_length(int32_t year, int32_t month); /* days, 28 to 31 */

/* RFC 3339 in UTC with whole seconds, years 0001 to 9999. Parsing accepts RFC 3339, section 5.6,
 * with offsets, lower case, and fractions, which it cuts. False, with *out unchanged, for other
 * texts. */
void utc_format(char out[UTC_TEXT_SIZE], utc_seconds when);
bool utc_parse(utc_seconds *out, const char *text, size_t length);

/* "2026-11-24". False: there is no such date. */
void date_format(char out[DATE_TEXT_SIZE], day_number day);
bool date_parse(day_number *out, const char *text, size_t length);

/* "24 November 2026", for people. */
void date_write_out(char out[DATE_WORDS_SIZE], day_number day);

#endif
