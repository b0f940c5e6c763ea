#include "edge/outgoing/retry_after.h"

#include <stdio.h>
#include <string.h>

enum { MOST_DIGITS = 12 }; /* of seconds that are counted */

/* The fields of a date. Each form gives them in its own order. */
struct date_fields {
    char month[4];
    int year, day, hour, minute, second;
};

static bool
retry_after_counts(const char *text)
{
    return *text && text[strspn(text, "0123456789")] == '\0';
}

static utc_seconds
retry_after_seconds(const char *text, utc_seconds now)
{
    int64_t seconds = 0;

    if (strlen(text) > MOST_DIGITS)
        return UTC_NEVER;
    for (; *text; text++)
        seconds = 10 * seconds + (*text - '0');
    return now + seconds;
}

/* 1 to 12; 0: no such month. */
static int
retry_after_month(const char *name)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const char *at = strlen(name) == 3 ? strstr(names, name) : NULL;

    return at && (at - names) % 3 == 0 ? (int)((at - names) / 3) + 1 : 0;
}

/* Two digits mean the year that is at most 50 years ahead (RFC 9110, section 5.6.7). */
static int
retry_after_year(int year, utc_seconds now)
{
    int this_year = (int)civil_from_days(now / UTC_DAY).year;
    int full = this_year - this_year % 100 + year;

    return full > this_year + 50 ? full - 100 : full;
}

static bool
retry_after_fields(struct date_fields *out, const char *text, utc_seconds now)
{
    int end = 0;
    size_t length = strlen(text);

    if (sscanf(text, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n", &out->day, out->month,
               &out->year, &out->hour, &out->minute, &out->second, &end)
            == 6
        && (size_t)end == length)
        return true; /* Sun, 06 Nov 1994 08:49:37 GMT */
    end = 0;
    if (sscanf(text, "%*9[A-Za-z], %2d-%3[A-Za-z]-%2d %2d:%2d:%2d GMT%n", &out->day, out->month,
               &out->year, &out->hour, &out->minute, &out->second, &end)
            == 6
        && (size_t)end == length) { /* Sunday, 06-Nov-94 08:49:37 GMT */
        out->year = retry_after_year(out->year, now);
        return true;
    }
    end = 0;
    return sscanf(text, "%*3[A-Za-z] %3[A-Za-z] %2d %2d:%2d:%2d %4d%n", out->month, &out->day,
                  &out->hour, &out->minute, &out->second, &out->year, &end)
               == 6
           && (size_t)end == length; /* Sun Nov  6 08:49:37 1994 */
}

static utc_seconds
retry_after_date(const char *text, utc_seconds now)
{
    struct date_fields read = { .month = "" };

    if (!retry_after_fields(&read, text, now))
        return 0;
    struct civil_date date = { read.year, retry_after_month(read.month), read.day };
    if (date.month == 0 || date.year < 1 || date.day < 1
        || date.day > civil_month_length(date.year, date.month) || read.hour < 0 || read.hour > 23
        || read.minute < 0 || read.minute > 59 || read.second < 0 || read.second > 60)
        return 0;
    utc_seconds at = civil_to_days(date) * UTC_DAY + read.hour * 3600 + read.minute * 60
                     + read.second;
    return at > now ? at : now;
}

utc_seconds
retry_after_read(const char *text, utc_seconds now)
{
    return retry_after_counts(text) ? retry_after_seconds(text, now) : retry_after_date(text, now);
}
