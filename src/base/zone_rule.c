#include "base/zone_rule.h"

/* The calendar with its weekdays repeats after 400 years (20,871 weeks): every instant has an equal
 * one in the years 1970 to 2369. */
#define ERA_SECONDS (INT64_C(146097) * UTC_DAY)

struct cursor {
    const char *at;
    const char *end;
};

static bool
skip(struct cursor *text, char c)
{
    if (text->at == text->end || *text->at != c)
        return false;
    text->at++;
    return true;
}

static bool
zone_rule_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
zone_rule_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
read_number(struct cursor *text, int32_t *out, int32_t min, int32_t max)
{
    const char *start = text->at;
    int32_t number = 0;

    while (text->at < text->end && zone_rule_is_digit(*text->at) && number <= max)
        number = number * 10 + (*text->at++ - '0');
    *out = number;
    return text->at > start && number >= min && number <= max;
}

/* "CET", or "<+0330>" for names with other characters. At least 3 characters. */
static bool
skip_name(struct cursor *text)
{
    bool quoted = skip(text, '<');
    const char *start = text->at;

    while (
        text->at < text->end
        && (zone_rule_is_letter(*text->at)
            || (quoted && (zone_rule_is_digit(*text->at) || *text->at == '+' || *text->at == '-'))))
        text->at++;
    return text->at - start >= 3 && (!quoted || skip(text, '>'));
}

/* [+-]hh[:mm[:ss]] in seconds. */
static bool
zone_rule_read_time(struct cursor *text, int32_t *out)
{
    int32_t hours, minutes = 0, seconds = 0;
    bool negative = skip(text, '-');

    if (!negative)
        skip(text, '+');
    if (!read_number(text, &hours, 0, 167))
        return false;
    if (skip(text, ':')) {
        if (!read_number(text, &minutes, 0, 59))
            return false;
        if (skip(text, ':') && !read_number(text, &seconds, 0, 59))
            return false;
    }
    int32_t total = hours * 3600 + minutes * 60 + seconds;
    *out = negative ? -total : total;
    return true;
}

static bool
read_day(struct cursor *text, struct zone_date *out)
{
    if (skip(text, 'J')) {
        out->form = ZONE_DATE_JULIAN;
        return read_number(text, &out->day, 1, 365);
    }
    if (skip(text, 'M')) {
        out->form = ZONE_DATE_MONTH;
        return read_number(text, &out->month, 1, 12) && skip(text, '.')
               && read_number(text, &out->week, 1, 5) && skip(text, '.')
               && read_number(text, &out->day, 0, 6);
    }
    out->form = ZONE_DATE_DAY;
    return read_number(text, &out->day, 0, 365);
}

/* ",date[/time]"; the default time is 02:00:00. */
static bool
read_date(struct cursor *text, struct zone_date *out)
{
    out->seconds = 2 * 3600;
    if (!skip(text, ',') || !read_day(text, out))
        return false;
    return !skip(text, '/') || zone_rule_read_time(text, &out->seconds);
}

bool
zone_rule_parse(struct zone_rule *out, const char *text, size_t length)
{
    struct cursor cursor = { text, text + length };
    struct zone_rule rule = { 0 };
    int32_t west; /* the text counts offsets to the west */

    if (!skip_name(&cursor) || !zone_rule_read_time(&cursor, &west))
        return false;
    rule.standard_offset = -west;
    rule.summer_offset = -west;
    rule.has_summer = cursor.at < cursor.end;
    if (rule.has_summer) {
        if (!skip_name(&cursor))
            return false;
        rule.summer_offset = rule.standard_offset + 3600;
        if (cursor.at < cursor.end && *cursor.at != ',') {
            if (!zone_rule_read_time(&cursor, &west))
                return false;
            rule.summer_offset = -west;
        }
        if (!read_date(&cursor, &rule.summer_start) || !read_date(&cursor, &rule.summer_end))
            return false;
    }
    if (cursor.at != cursor.end)
        return false;
    *out = rule;
    return true;
}

static day_number
day_in_year(const struct zone_date *date, int32_t year)
{
    if (date->form != ZONE_DATE_MONTH) {
        day_number first = civil_to_days((struct civil_date){ year, 1, 1 });
        bool past_leap_day = date->day >= 60 && civil_month_length(year, 2) == 29;
        return date->form == ZONE_DATE_DAY ? first + date->day
                                           : first + date->day - 1 + past_leap_day;
    }
    day_number first = civil_to_days((struct civil_date){ year, date->month, 1 });
    int32_t weekday = (int32_t)(((first + 4) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
    int32_t ahead = (date->day - weekday + 7) % 7 + (date->week - 1) * 7;

    if (ahead >= civil_month_length(year, date->month))
        ahead -= 7; /* the fifth one is the last one */
    return first + ahead;
}

static utc_seconds
summer_start(const struct zone_rule *rule, int32_t year)
{
    return day_in_year(&rule->summer_start, year) * UTC_DAY + rule->summer_start.seconds
           - rule->standard_offset;
}

static utc_seconds
summer_end(const struct zone_rule *rule, int32_t year)
{
    return day_in_year(&rule->summer_end, year) * UTC_DAY + rule->summer_end.seconds
           - rule->summer_offset;
}

static utc_seconds
alike(utc_seconds when)
{
    return (when % ERA_SECONDS + ERA_SECONDS) % ERA_SECONDS;
}

int32_t
zone_rule_offset(const struct zone_rule *rule, utc_seconds when)
{
    if (!rule->has_summer)
        return rule->standard_offset;

    utc_seconds like = alike(when), latest = INT64_MIN;
    int32_t year = civil_from_days(like / UTC_DAY).year;
    bool summer = false;

    /* A time of day and an offset, each up to a week, can move a change into a neighboring year:
     * the change of last year may still come. */
    for (int32_t y = year - 2; y <= year + 1; y++) {
        utc_seconds end = summer_end(rule, y), start = summer_start(rule, y);
        if (end <= like && end > latest) {
            latest = end;
            summer = false;
        }
        /* Summer that starts when it ends lasts all year (RFC 9636, section 3.3.1). */
        if (start <= like && start >= latest) {
            latest = start;
            summer = true;
        }
    }
    return summer ? rule->summer_offset : rule->standard_offset;
}

utc_seconds
zone_rule_next(const struct zone_rule *rule, utc_seconds when)
{
    if (!rule->has_summer || when > UTC_NEVER - ERA_SECONDS)
        return UTC_NEVER;

    utc_seconds like = alike(when), next = UTC_NEVER;
    int32_t year = civil_from_days(like / UTC_DAY).year;

    for (int32_t y = year - 1; y <= year + 2; y++) {
        utc_seconds end = summer_end(rule, y), start = summer_start(rule, y);
        if (start > like && start < next)
            next = start;
        if (end > like && end < next)
            next = end;
    }
    return when + (next - like);
}
