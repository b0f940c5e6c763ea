/* moment.h - zones, instants and dates as a table of tests writes them. */
#ifndef SUPPORT_MOMENT_H
#define SUPPORT_MOMENT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utc.h"
#include "base/zone.h"

static inline const struct zone *
zone_of(const char *name)
{
    const struct zone *zone;
    struct fault fault;

    if (zone_get(&zone, name, &fault)) {
        fprintf(stderr, "%s: %s\n", name, fault.reason);
        abort();
    }
    return zone;
}

static inline utc_seconds
at(const char *text)
{
    utc_seconds when;

    if (!utc_parse(&when, text, strlen(text))) {
        fprintf(stderr, "not an instant: %s\n", text);
        abort();
    }
    return when;
}

static inline day_number
on(const char *text)
{
    day_number day;

    if (!date_parse(&day, text, strlen(text))) {
        fprintf(stderr, "not a date: %s\n", text);
        abort();
    }
    return day;
}

/* As text, for check_text(): good until the fourth call after it. */
static inline const char *
shown(utc_seconds when)
{
    static char texts[4][UTC_TEXT_SIZE];
    static int next;
    char *text = texts[next++ % 4];

    utc_format(text, when);
    return text;
}

static inline const char *
shown_day(day_number day)
{
    static char texts[4][DATE_TEXT_SIZE];
    static int next;
    char *text = texts[next++ % 4];

    date_format(text, day);
    return text;
}

#endif
