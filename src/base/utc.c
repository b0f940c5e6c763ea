#include "base/utc.h"

#include <stdio.h>
#include <sys/timex.h>
#include <time.h>

/* The calendar repeats after 400 years. Years begin on 1 March, so that a leap day is the last day.
 */
enum { DAYS_IN_ERA = 146097, DAYS_IN_CENTURY = 36524, DAYS_IN_FOUR_YEARS = 1461 };
#define EPOCH_FROM_ERA INT64_C(719468) /* days from 0000-03-01 to 1970-01-01 */

#define UTC_FIRST INT64_C(-62135596800) /* 0001-01-01T00:00:00Z */
#define UTC_LAST  INT64_C(253402300799) /* 9999-12-31T23:59:59Z */

utc_seconds
utc_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec;
}

utc_seconds
utc_after(utc_seconds when, int64_t seconds)
{
    return when > UTC_NEVER - seconds ? UTC_NEVER : when + seconds;
}

bool
utc_is_unsynchronized(void)
{
    struct timex kernel = { .modes = 0 };
    int state = adjtimex(&kernel);

    return state == TIME_ERROR || (state != -1 && (kernel.status & STA_UNSYNC));
}

int64_t
monotonic_nanoseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static int64_t
floor_divide(int64_t number, int64_t by)
{
    return number / by - (number % by < 0);
}

int
civil_month_length(int32_t year, int32_t month)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return month == 2 && leap ? 29 : lengths[month - 1];
}

day_number
civil_to_days(struct civil_date date)
{
    int64_t month_from_march = date.month > 2 ? date.month - 3 : date.month + 9;
    int64_t year = (int64_t)date.year - (date.month <= 2);
    int64_t era = floor_divide(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;

    return era * DAYS_IN_ERA + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year
           - EPOCH_FROM_ERA;
}

struct civil_date
civil_from_days(day_number days)
{
    int64_t from_era = days + EPOCH_FROM_ERA;
    int64_t era = floor_divide(from_era, DAYS_IN_ERA);
    int64_t day = from_era - era * DAYS_IN_ERA;

    /* Without leap days every year has 365 days. */
    int64_t year =
        (day - day / (DAYS_IN_FOUR_YEARS - 1) + day / DAYS_IN_CENTURY - day / (DAYS_IN_ERA - 1))
        / 365;
    int64_t day_of_year = day - (year * 365 + year / 4 - year / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;

    return (struct civil_date){
        .year = (int32_t)(era * 400 + year + (month <= 2)),
        .month = (int32_t)month,
        .day = (int32_t)(day_of_year - (153 * month_from_march + 2) / 5 + 1),
    };
}

static void
put_digits(char *out, int32_t number, int digits)
{
    for (int i = digits - 1; i >= 0; i--, number /= 10)
        out[i] = (char)('0' + number % 10);
}

static utc_seconds
clamp(utc_seconds when)
{
    return when < UTC_FIRST ? UTC_FIRST : when > UTC_LAST ? UTC_LAST : when;
}

void
date_format(char out[DATE_TEXT_SIZE], day_number day)
{
    day_number shown = day < UTC_FIRST / UTC_DAY  ? UTC_FIRST / UTC_DAY
                       : day > UTC_LAST / UTC_DAY ? UTC_LAST / UTC_DAY
                                                  : day;
    struct civil_date date = civil_from_days(shown);

    put_digits(out, date.year, 4);
    out[4] = '-';
    put_digits(out + 5, date.month, 2);
    out[7] = '-';
    put_digits(out + 8, date.day, 2);
    out[10] = '\0';
}

void
utc_format(char out[UTC_TEXT_SIZE], utc_seconds when)
{
    utc_seconds shown = clamp(when);
    day_number day = floor_divide(shown, UTC_DAY);
    int32_t second = (int32_t)(shown - day * UTC_DAY);

    date_format(out, day);
    out[10] = 'T';
    put_digits(out + 11, second / 3600, 2);
    out[13] = ':';
    put_digits(out + 14, second / 60 % 60, 2);
    out[16] = ':';
    put_digits(out + 17, second % 60, 2);
    out[19] = 'Z';
    out[20] = '\0';
}

/* Reads exactly `digits` digits, a number from `min` to `max`. */
static bool
get_digits(int32_t *out, const char *text, int digits, int32_t min, int32_t max)
{
    int32_t number = 0;

    for (int i = 0; i < digits; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        number = number * 10 + (text[i] - '0');
    }
    *out = number;
    return number >= min && number <= max;
}

void
date_write_out(char out[DATE_WORDS_SIZE], day_number day)
{
    static const char *const months[] = { "January",   "February", "March",    "April",
                                          "May",       "June",     "July",     "August",
                                          "September", "October",  "November", "December" };
    struct civil_date date = civil_from_days(day);

    snprintf(out, DATE_WORDS_SIZE, "%d %s %d", (int)date.day, months[date.month - 1],
             (int)date.year);
}

bool
date_parse(day_number *out, const char *text, size_t length)
{
    struct civil_date date;

    if (length != DATE_TEXT_SIZE - 1 || text[4] != '-' || text[7] != '-')
        return false;
    if (!get_digits(&date.year, text, 4, 1, 9999) || !get_digits(&date.month, text + 5, 2, 1, 12)
        || !get_digits(&date.day, text + 8, 2, 1, civil_month_length(date.year, date.month)))
        return false;
    *out = civil_to_days(date);
    return true;
}

/* "Z", "+01:00" or "-00:30": seconds east of UTC. */
static bool
get_offset(int32_t *out, const char *text, size_t length)
{
    int32_t hours, minutes;

    if (length == 1 && (text[0] == 'Z' || text[0] == 'z')) {
        *out = 0;
        return true;
    }
    if (length != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':')
        return false;
    if (!get_digits(&hours, text + 1, 2, 0, 23) || !get_digits(&minutes, text + 4, 2, 0, 59))
        return false;
    *out = (hours * 3600 + minutes * 60) * (text[0] == '-' ? -1 : 1);
    return true;
}

/* The start of the offset, after the seconds and an optional fraction. */
static size_t
end_of_seconds(const char *text, size_t length)
{
    size_t at = 19;

    if (text[at] != '.')
        return at;
    for (at++; at < length && text[at] >= '0' && text[at] <= '9'; at++)
        continue;
    return at > 20 ? at : length; /* a point without digits is an error */
}

bool
utc_parse(utc_seconds *out, const char *text, size_t length)
{
    day_number day;
    int32_t hour, minute, second, offset;

    if (length < UTC_TEXT_SIZE - 1 || (text[10] != 'T' && text[10] != 't') || text[13] != ':'
        || text[16] != ':')
        return false;
    if (!date_parse(&day, text, DATE_TEXT_SIZE - 1) || !get_digits(&hour, text + 11, 2, 0, 23)
        || !get_digits(&minute, text + 14, 2, 0, 59) || !get_digits(&second, text + 17, 2, 0, 60))
        return false;

    size_t zone_at = end_of_seconds(text, length);
    if (!get_offset(&offset, text + zone_at, length - zone_at))
        return false;

    utc_seconds when = day * UTC_DAY + hour * 3600 + minute * 60 + second - offset;
    if (when != clamp(when))
        return false;
    /* A leap second is the last second of a UTC day; it counts as the first of the next day. */
    if (second == 60 && when % UTC_DAY != 0)
        return false;
    *out = when;
    return true;
}
