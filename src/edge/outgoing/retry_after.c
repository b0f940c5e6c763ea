#include "edge/outgoing/retry_after.h"

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

/* The field whose digits a letter of a form stands for; NULL: none. */
static int *
retry_after_number(struct date_fields *out, char letter)
{
    switch (letter) {
    case 'D':
        return &out->day;
    case 'Y':
        return &out->year;
    case 'h':
        return &out->hour;
    case 'm':
        return &out->minute;
    case 's':
        return &out->second;
    default:
        return NULL;
    }
}

static bool
retry_after_is_letter(char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

/* Reads one byte of a date by the letter of its form. */
static bool
retry_after_take(struct date_fields *out, char letter, char byte)
{
    int *number = retry_after_number(out, letter);
    size_t length = strlen(out->month);

    if (number && byte >= '0' && byte <= '9')
        *number = 10 * *number + (byte - '0');
    else if (letter == 'N' && retry_after_is_letter(byte) && length < sizeof out->month - 1)
        out->month[length] = byte;
    else if (letter == 'w')
        return retry_after_is_letter(byte);
    else
        return !number && letter != 'N' && letter == byte;
    return true;
}

/* Each letter of a form stands for a digit (D, Y, h, m, s) or a letter (N: of the month; w: any). A
 * star stands for letters, an underscore for a space or the first digit of the day. */
static bool
retry_after_fields(struct date_fields *out, const char *text, const char *form)
{
    *out = (struct date_fields){ .month = "" };
    if (*form == '*') {
        while (retry_after_is_letter(*text))
            text++;
        form++;
    }
    for (; *form; form++, text++) {
        char letter = *form == '_' && *text != ' ' ? 'D' : *form == '_' ? ' ' : *form;
        if (!retry_after_take(out, letter, *text))
            return false;
    }
    return *text == '\0';
}

/* RFC 9110, section 5.6.7: a date of today, and two old forms. */
static bool
retry_after_read_fields(struct date_fields *out, const char *text, utc_seconds now)
{
    if (retry_after_fields(out, text, "www, DD NNN YYYY hh:mm:ss GMT")
        || retry_after_fields(out, text, "www NNN _D hh:mm:ss YYYY"))
        return true;
    if (!retry_after_fields(out, text, "*, DD-NNN-YY hh:mm:ss GMT"))
        return false;
    out->year = retry_after_year(out->year, now);
    return true;
}

static utc_seconds
retry_after_date(const char *text, utc_seconds now)
{
    struct date_fields read;

    if (!retry_after_read_fields(&read, text, now))
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
